// The typed conditions of [[alert]]: each is a key whose value says when the alert fires, and becomes PromQL that is
// right by construction, with its rule tests. One row each in condition.cpp.
//
//   above, below = number           outside = [a, b]                                   a gauge
//   increase_above = { limit, window }                                                 a counter
//   ratio_above = { of, to, limit, window, min_count }                                 counters or gauges
//   quantile = { q, above, window, min_count }                                         a histogram
//   share_between = { from, to, above, window, min_count }                             a histogram
//   times_above_usual = { factor, window, usual, floor, min_history }                  a counter or gauge
//   drop_from_usual = { share, window, usual, floor, min_history }                     a counter or gauge
//   predict = { above or below, within, window }                                       a gauge
//   age_above = "24h"               changed = "1h"         absent = true
//   consecutive = { runs, every, above or below }                                      a gauge, set once a run
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/metrics/catalog.h"
#include "agent/promql/selector.h"

namespace leeway {

struct ConditionContext {
  TableReader& reader;  // of the [[alert]]
  std::string_view key;
  const Catalog& catalog;
  Selector metric;
  const MetricDesc* desc;       // of the metric; external ones too
  std::vector<std::string> by;  // labels of the metric that aggregations keep
  Duration hold{};
  Duration keep_firing_for{};
};

struct Condition {
  std::string expr;
  std::vector<std::string> metrics;
  Unit value_unit = Unit::kNone;
  Duration range{};
  std::optional<double> threshold;  // of the metric's own value (or quantile), for panels
  bool threshold_is_lower = false;
  std::string measured;  // for the summary: AlertRule::measured
  std::string subject;   // its subject where that is not the alert's metric
  std::string text;      // what is true while it fires, after the metric's name: "is above 150ms"
  std::string advice{};  // AlertRule::advice
  std::vector<AlertTest> tests;
};

struct ConditionKind {
  std::string_view key;
  bool counter, gauge, histogram;  // the metric types it accepts
  std::optional<Condition> (*build)(ConditionContext& context);
};

std::span<const ConditionKind> condition_kinds();

// The builders, by metric type.
std::optional<Condition> build_above(ConditionContext& context);
std::optional<Condition> build_below(ConditionContext& context);
std::optional<Condition> build_outside(ConditionContext& context);
std::optional<Condition> build_consecutive(ConditionContext& context);
std::optional<Condition> build_predict(ConditionContext& context);
std::optional<Condition> build_age_above(ConditionContext& context);
std::optional<Condition> build_changed(ConditionContext& context);
std::optional<Condition> build_absent(ConditionContext& context);
std::optional<Condition> build_increase_above(ConditionContext& context);
std::optional<Condition> build_ratio_above(ConditionContext& context);
std::optional<Condition> build_times_above_usual(ConditionContext& context);
std::optional<Condition> build_drop_from_usual(ConditionContext& context);
std::optional<Condition> build_quantile(ConditionContext& context);
std::optional<Condition> build_share_between(ConditionContext& context);

}  // namespace leeway
