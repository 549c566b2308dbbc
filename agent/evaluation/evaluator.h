// Evaluates PromQL over the samples of a replay, as Prometheus 2.42 would over what it had scraped, recording rules
// included. Used by the preview of dashboards. What it does not know is an error that says so, never a wrong value.
// Single-threaded.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/expected.h"
#include "agent/evaluation/sample_store.h"
#include "agent/evaluation/step_history.h"
#include "agent/evaluation/values.h"
#include "agent/metrics/rule.h"
#include "agent/promql/promql_node.h"

namespace leeway::evaluation {

// The series of alerts, as Prometheus writes them at each evaluation.
inline constexpr const char* kAlerts = "ALERTS";
inline constexpr const char* kAlertsForState = "ALERTS_FOR_STATE";

struct RuleOptions {
  Time evaluation_interval = 60 * kSecond;  // of recording rules, and of subqueries without a step
};

class Evaluator {
 public:
  // `samples`, which are complete, and `sets` outlive the evaluator. A rule that cannot be evaluated is an error of the
  // expressions that read it.
  Evaluator(const SampleStore& samples, LabelSets& sets, std::span<const RecordingRule> rules, RuleOptions options);

  // The tree of an expression, typed; valid as long as the evaluator. Errors: as promql::parse() and check_types().
  Expected<const promql::Node*> prepare(std::string_view text);
  // An instant vector, a scalar or a string. `node` is a tree of prepare().
  Expected<Value> evaluate(const promql::Node& node, Time at);
  // As a rule evaluates it: a scalar is a series without labels.
  Expected<InstantVector> evaluate_rule(std::string_view expr, Time at);

  // When rules are evaluated, from the first sample to the last: at multiples of the interval since the epoch.
  std::size_t rule_evaluations() const { return samples_.empty() ? 0 : evaluations_until(samples_.end()); }
  Time rule_time(std::size_t evaluation) const { return rule_start() + static_cast<Time>(evaluation) * rule_interval_; }
  // The series of the name at an evaluation, which something else computes, and which selectors find from now on. Valid
  // until that of another name or evaluation is asked for.
  InstantVector& recorded(std::string_view name, std::size_t evaluation);

 private:
  struct Rule {
    std::string name{};
    const RecordingRule* rule = nullptr;                   // null: its values are all there
    std::vector<std::unique_ptr<InstantVector>> values{};  // by evaluation, once they were needed
    std::unordered_map<Labels, Labels> labelled{};         // with the name and the labels of the rule, by those without
    bool evaluating = false;
  };

  // What a selector selects, whatever the time.
  struct Selected {
    std::vector<std::size_t> series;  // of the samples
    std::vector<Rule*> rules;         // whose names match
    std::unordered_map<Labels, bool> matched{};

    bool admits(const Selector& selector, Labels labels);
  };
  Expected<InstantVector> evaluate_vector(const promql::Node& node, Time at);
  Expected<Value> evaluate_call(const promql::Node& node, Time at);
  Expected<Value> evaluate_unary(const promql::Node& node, Time at);
  Expected<Value> evaluate_binary(const promql::Node& node, Time at);
  Expected<Value> evaluate_aggregation(const promql::Node& node, Time at);
  Expected<Value> evaluate_absent(const promql::Node& node, Time at);
  Expected<Value> evaluate_over_range(const promql::Node& node, Time at);

  Expected<InstantVector> select(const promql::Node& node, Time at);
  Expected<RangeVector> range_of(const promql::Node& node, Time at);
  Expected<RangeVector> select_range(const promql::Node& node, Time end);
  RangeVector select_samples(const Selected& what, Time start, Time end) const;
  Expected<InstantVector> select_recorded(const promql::Node& node, Selected& what, std::size_t evaluation);
  StepHistory& history_of(const promql::Node& node);
  Expected<RangeVector> subquery(const promql::Node& node, Time end);
  Time rule_start() const;
  // How many there are up to `time`.
  std::size_t evaluations_until(Time time) const;
  Expected<const InstantVector*> value_of_rule(Rule& rule, std::size_t evaluation);
  Expected<InstantVector> compute_rule(Rule& rule, Time at);

  Selected& selected(const promql::Node& node);

  const SampleStore& samples_;
  LabelSets& sets_;
  Time rule_interval_;
  Time subquery_step_;
  std::vector<Rule> rules_;
  std::unordered_map<std::string, std::unique_ptr<promql::Node>> trees_;  // by text
  std::unordered_map<const promql::Node*, Selected> selected_;
  std::unordered_map<const promql::Node*, StepHistory> histories_;  // of subqueries and ranges
};

}  // namespace leeway::evaluation
