// Conditions on events within a window: increases and shares. Summed over a fleet.
#include "agent/alerts/alert_keys.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/rate_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

// A selector by the key, of a metric that exists and is of a suitable kind; where the key is absent, the alert's own.
std::optional<Selector> read_selector(TableReader& reader, std::string_view key, const ConditionContext& context,
                                      const MetricDesc*& desc) {
  const std::optional<std::string> text = reader.string(key);
  if (!text) {
    desc = context.desc;
    return context.metric;
  }
  Expected<Selector> selector = parse_selector(*text);
  if (!selector) {
    reader.error(key, "'" + std::string(key) + "': " + selector.error().message);
    return std::nullopt;
  }
  desc = context.catalog.find_metric(selector->metric);
  if (desc == nullptr || desc->type == MetricType::kHistogram) {
    reader.error(key, desc == nullptr ? "no metric is named '" + selector->metric + "'"
                                      : "'" + selector->metric + "' is a histogram; expected a counter or gauge");
    return std::nullopt;
  }
  check_labels(reader, key, *selector, *desc, context.catalog);
  return *selector;
}

// Of a counter, summed.
std::string increase_of(const ConditionContext& context, const Selector& selector, const MetricDesc& desc,
                        Duration window) {
  return summed(context, desc, increase_text(context, selector, desc, window));
}

Condition increase_condition(const ConditionContext& context, const Increase& increase) {
  Condition condition = about_metric(context);
  condition.expr =
      increase_of(context, context.metric, *context.desc, increase.window) + " > " + number_text(increase.limit);
  condition.range = range_with_births(*context.desc, increase.window);
  condition.advice = birth_advice(context, *context.desc);
  condition.text = "grew by more than " + limit_text(increase.limit, condition.value_unit) + " within " +
                   format_duration(increase.window);
  condition.measured = "$value within " + format_duration(increase.window) + " (limit " +
                       limit_text(increase.limit, condition.value_unit) + ")";
  return condition;
}

// No value after an error.
std::optional<Ratio> read_ratio(TableReader& reader, const ConditionContext& context) {
  if (!reader.has("of")) {
    reader.missing("of", "a selector for what is counted, such as 'http_requests_total{status=~\"5..\"}'");
  }
  const MetricDesc* of_desc = nullptr;
  const MetricDesc* to_desc = nullptr;
  const std::optional<Selector> of = read_selector(reader, "of", context, of_desc);
  const std::optional<Selector> to = read_selector(reader, "to", context, to_desc);
  const std::optional<double> limit = read_limit(reader, "limit");
  const Duration window = read_window(reader, "window", std::chrono::minutes(5), context);
  const bool counters = of && to && is_counter(*of_desc) && is_counter(*to_desc);
  LeastEvents least;
  if (counters) {
    least = read_least_events(reader, limit.value_or(0));
  } else {
    least.all = reader.integer("min_count", 0, kMostEvents).value_or(0);
  }
  reader.report_unused_keys();
  if (!of || !to || !limit) {
    return std::nullopt;
  }
  if (is_counter(*of_desc) != is_counter(*to_desc)) {
    reader.error("of", "'of' and 'to' are of different types; expected two counters or two gauges");
    return std::nullopt;
  }
  if (*limit < 0 || (of->metric == to->metric && *limit >= 1)) {
    reader.error("limit", "'limit' is " + number_text(*limit) + "; expected a share between 0 and 1");
  }
  return Ratio{*of, *of_desc, *to, *to_desc, *limit, window, least};
}

Condition ratio_condition(const ConditionContext& context, const Ratio& ratio) {
  const auto sum_of = [&](const Selector& selector, const MetricDesc& desc) {
    return ratio.counters()
               ? increase_of(context, selector, desc, ratio.window)
               : summed(context, desc, "avg_over_time(" + selector.to_string() + window_text(ratio.window) + ")");
  };
  const std::string total = sum_of(ratio.to, ratio.to_desc);
  Condition condition;
  condition.metrics = {ratio.of.metric};
  if (ratio.to.metric != ratio.of.metric) {
    condition.metrics.push_back(ratio.to.metric);
  }
  condition.value_unit = Unit::kRatio;
  const std::string part = sum_of(ratio.of, ratio.of_desc);
  condition.expr = part + "\n/\n(" + total + " > 0)\n> " + number_text(ratio.limit) +
                   and_at_least(total, ratio.least.all) +
                   and_at_least(part, ratio.least.needs_bad(ratio.limit) ? ratio.least.bad : 0);
  condition.range = ratio.of_desc.begins_late || ratio.to_desc.begins_late ? ratio.window * 2 : ratio.window;
  condition.advice = birth_advice(context, ratio.of_desc);
  condition.subject = ratio.of.to_string();
  condition.text =
      "makes up more than " + limit_text(ratio.limit, Unit::kRatio) + " within " + format_duration(ratio.window);
  condition.measured = measured_text(limit_text(ratio.limit, Unit::kRatio));
  return condition;
}

}  // namespace

std::optional<Condition> build_increase_above(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<double> limit = read_limit(*reader, "limit");
  const Duration window = read_window(*reader, "window", std::chrono::hours(1), context);
  reader->report_unused_keys();
  if (!limit) {
    return std::nullopt;
  }
  if (*limit < 0) {
    reader->error("limit", "'limit' is negative; a counter never falls, so the alert would always fire");
  }
  const Increase increase{*limit, window};
  Condition condition = increase_condition(context, increase);
  condition.tests = increase_tests(context, increase);
  return condition;
}

std::optional<Condition> build_ratio_above(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<Ratio> ratio = read_ratio(*reader, context);
  if (!ratio) {
    return std::nullopt;
  }
  Condition condition = ratio_condition(context, *ratio);
  condition.tests = ratio_tests(context, *ratio);
  return condition;
}

}  // namespace leeway
