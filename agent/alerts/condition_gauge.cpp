// Conditions on the value of a gauge. They fire for each series separately.
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/gauge_tests.h"
#include "agent/alerts/reachable.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

std::optional<Condition> build_bound(ConditionContext& context, bool lower) {
  const std::optional<double> limit = read_limit(context.reader, context.key);
  if (!limit) {
    return std::nullopt;
  }
  Condition condition = about_metric(context);
  check_reachable(context.reader, context.key, *limit, lower, *context.desc);
  condition.expr = context.metric.to_string() + (lower ? " < " : " > ") + number_text(*limit);
  condition.threshold = *limit;
  condition.threshold_is_lower = lower;
  condition.text = std::string(lower ? "is below " : "is above ") + limit_text(*limit, condition.value_unit);
  const bool flag = condition.value_unit == Unit::kNone && (*limit == 0 || *limit == 1);
  condition.measured = flag ? "" : measured_text(limit_text(*limit, condition.value_unit));
  condition.tests = bound_tests(context, *limit, lower);
  return condition;
}

}  // namespace

std::optional<Condition> build_above(ConditionContext& context) { return build_bound(context, false); }
std::optional<Condition> build_below(ConditionContext& context) { return build_bound(context, true); }

std::optional<Condition> build_outside(ConditionContext& context) {
  const std::optional<std::vector<double>> limits = context.reader.numbers(context.key);
  if (!limits || limits->size() != 2 || !((*limits)[0] < (*limits)[1])) {
    if (limits) {
      context.reader.error(context.key,
                           "'outside' is not a range; expected two numbers in ascending order, [0.6, 0.8]");
    }
    return std::nullopt;
  }
  const double low = (*limits)[0];
  const double high = (*limits)[1];
  Condition condition = about_metric(context);
  check_side(context.reader, context.key, low, true, *context.desc);
  check_side(context.reader, context.key, high, false, *context.desc);
  const std::string selector = context.metric.to_string();
  condition.expr = selector + " < " + number_text(low) + "\nor\n" + selector + " > " + number_text(high);
  const std::string range = limit_text(low, condition.value_unit) + " to " + limit_text(high, condition.value_unit);
  condition.text = "is outside " + range;
  condition.measured = "$value (expected " + range + ")";
  condition.tests = outside_tests(context, low, high);
  return condition;
}

std::optional<Condition> build_age_above(ConditionContext& context) {
  const std::optional<Duration> age = context.reader.duration(context.key);
  if (!age) {
    return std::nullopt;
  }
  Condition condition = about_metric(context);
  if (condition.value_unit != Unit::kTimestamp) {
    context.reader.error("metric", "'" + context.metric.metric +
                                       "' is not a timestamp; 'age_above' expects a metric whose name ends in "
                                       "_timestamp_seconds");
    return std::nullopt;
  }
  check_age(context.reader, context.key, *age, *context.desc);
  condition.value_unit = Unit::kSeconds;
  condition.expr = "time() - " + context.metric.to_string() + " > " + number_text(to_seconds(*age));
  condition.text = "is older than " + format_duration(*age);
  condition.measured = measured_text(format_duration(*age));
  condition.tests = age_tests(context, *age);
  return condition;
}

std::optional<Condition> build_absent(ConditionContext& context) {
  if (!context.reader.boolean(context.key).value_or(false)) {
    context.reader.error(context.key, "'absent' is not true; expected true, or another condition");
    return std::nullopt;
  }
  Condition condition = about_metric(context);
  condition.value_unit = Unit::kNone;
  condition.expr = "absent(" + context.metric.to_string() + ")";
  condition.text = "is not exported";
  if (context.hold < 2 * context.catalog.settings.scrape_interval) {
    context.reader.error("for", "an alert on absence fires at each scrape that fails; expected a 'for' of at least " +
                                    format_duration(2 * context.catalog.settings.scrape_interval));
  }
  condition.tests = absence_tests(context);
  return condition;
}

}  // namespace leeway
