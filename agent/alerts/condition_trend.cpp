// Conditions on the course of a gauge: values of several runs, and its linear prediction. They fire for each series
// separately.
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/reachable.h"
#include "agent/alerts/trend_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

// `above` or `below` in the reader's table: exactly one of them.
std::optional<Bound> read_bound(TableReader& reader, const MetricDesc& desc) {
  const bool above = reader.has("above");
  if (above == reader.has("below")) {
    reader.error("above", above ? "both 'above' and 'below' are given; expected one of them"
                                : "when does it fire? expected 'above' or 'below' with a number");
    return std::nullopt;
  }
  const std::string_view key = above ? "above" : "below";
  const std::optional<double> limit = read_limit(reader, key);
  if (!limit) {
    return std::nullopt;
  }
  check_reachable(reader, key, *limit, !above, desc);
  return Bound{*limit, !above};
}

std::string comparison_with(const Bound& bound) { return (bound.lower ? " < " : " > ") + number_text(bound.limit); }

// "below 5%".
std::string side_text(const Bound& bound, Unit unit) {
  return (bound.lower ? "below " : "above ") + limit_text(bound.limit, unit);
}

Condition run_condition(const ConditionContext& context, const Runs& runs) {
  Condition condition = about_metric(context);
  const std::string comparison = comparison_with(runs.bound);
  condition.expr = context.metric.to_string() + comparison;
  for (std::int64_t run = 1; run < runs.count; ++run) {
    condition.expr +=
        "\nand\n" + context.metric.to_string() + " offset " + format_duration(runs.every * run) + comparison;
  }
  condition.range = runs.every * (runs.count - 1);
  condition.text = "was " + side_text(runs.bound, condition.value_unit) + " in " + std::to_string(runs.count) +
                   " runs in a row, one every " + format_duration(runs.every);
  return condition;
}

Condition prediction_condition(const ConditionContext& context, const Prediction& prediction) {
  Condition condition = about_metric(context);
  condition.expr = "predict_linear(" + context.metric.to_string() + window_text(prediction.window) + ", " +
                   number_text(to_seconds(prediction.ahead)) + ")" + comparison_with(prediction.bound);
  condition.range = prediction.window;
  condition.text = "will be " + side_text(prediction.bound, condition.value_unit) + " in " +
                   format_duration(prediction.ahead) + " if the trend of the last " +
                   format_duration(prediction.window) + " continues";
  return condition;
}

}  // namespace

std::optional<Condition> build_consecutive(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  constexpr std::int64_t kMostRuns = 31;
  const std::int64_t count = reader->integer("runs", 2, kMostRuns, 3);
  const Duration every = read_window(*reader, "every", std::chrono::hours(24), context);
  const std::optional<Bound> bound = read_bound(*reader, *context.desc);
  reader->report_unused_keys();
  if (!bound) {
    return std::nullopt;
  }
  const Runs runs{*bound, count, every};
  Condition condition = run_condition(context, runs);
  condition.tests = run_tests(context, runs);
  return condition;
}

std::optional<Condition> build_predict(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<Bound> bound = read_bound(*reader, *context.desc);
  const Duration ahead = reader->duration("within", std::chrono::hours(4));
  const Duration window = read_window(*reader, "window", std::chrono::hours(1), context);
  reader->report_unused_keys();
  if (!bound) {
    return std::nullopt;
  }
  const Prediction prediction{*bound, ahead, window};
  Condition condition = prediction_condition(context, prediction);
  condition.tests = prediction_tests(context, prediction);
  return condition;
}

}  // namespace leeway
