// Conditions on the value of a gauge. They fire for each series by itself.
#include <algorithm>
#include <cmath>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

Condition base(const ConditionContext& context) {
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  return condition;
}

// A signal of one gauge whose value is the level.
std::optional<Signal> gauge_signal(const ConditionContext& context, double limit, bool lower) {
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return std::nullopt;
  }
  Signal signal;
  signal.series = {{series_text(context.metric.metric, *labels), false}};
  signal.drive = [](double level) { return std::vector<double>{level}; };
  signal.within = within(limit, lower);
  signal.healthy = signal.within;
  signal.beyond = beyond(limit, lower);
  signal.firing = *labels;
  return signal;
}

void add_tests(const ConditionContext& context, const std::optional<Signal>& signal, Duration range,
               Condition& condition) {
  if (signal) {
    for (AlertTest& test : tests_of(context, *signal, range)) {
      condition.tests.push_back(std::move(test));
    }
  }
}

// `above` and `below`, of the table that the reader holds: exactly one of them.
struct Bound {
  double limit = 0;
  bool lower = false;
};
std::optional<Bound> read_bound(TableReader& reader, Unit unit) {
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
  check_reachable(reader, key, *limit, !above, unit);
  return Bound{*limit, !above};
}

// A step that divides the time between runs, so that each run is looked at where the input has a sample.
SignalTiming run_timing(const ConditionContext& context, Duration every, std::int64_t runs) {
  SignalTiming timing = timing_of(context, every * runs);
  const std::int64_t milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(every).count();
  constexpr std::int64_t kMostTries = 60;
  const std::int64_t least = every > timing.step ? (every + timing.step - Duration(1)) / timing.step : 1;
  timing.step = every;
  for (std::int64_t parts = least; parts < least + kMostTries; ++parts) {
    if (milliseconds % parts == 0) {
      timing.step = every / parts;
      break;
    }
  }
  return timing;
}

// All runs beyond the limit but one: quiet.
void add_broken_run_tests(const Signal& signal, const SignalTiming& timing, Duration every, std::int64_t runs,
                          Condition& condition) {
  const Duration step = timing.step;
  const int steps = static_cast<int>(every / step);
  for (std::int64_t broken = 0; broken < runs; ++broken) {
    SampleText text;
    text.hold(signal.beyond, 1);
    for (std::int64_t run = 0; run < runs; ++run) {
      text.hold(run == broken ? signal.within : signal.beyond, steps);
    }
    AlertTest test;
    test.name = "quiet where run " + std::to_string(broken + 1) + " of " + std::to_string(runs) + " was fine";
    test.evaluation_interval = step;
    test.interval = step;
    test.input = {{signal.series[0].series, text.text()}};
    test.expectations = {{step * steps * static_cast<int>(runs), {}, ""}};
    condition.tests.push_back(std::move(test));
  }
}

std::optional<Condition> build_bound(ConditionContext& context, bool lower) {
  const std::optional<double> limit = read_limit(context.reader, context.key);
  if (!limit) {
    return std::nullopt;
  }
  Condition condition = base(context);
  check_reachable(context.reader, context.key, *limit, lower, condition.value_unit);
  condition.expr = context.metric.to_string() + (lower ? " < " : " > ") + number_text(*limit);
  condition.threshold = *limit;
  condition.threshold_is_lower = lower;
  condition.text = std::string(lower ? "is below " : "is above ") + limit_text(*limit, condition.value_unit);
  add_tests(context, gauge_signal(context, *limit, lower), {}, condition);
  return condition;
}

}  // namespace

std::optional<Condition> build_above(ConditionContext& context) { return build_bound(context, false); }
std::optional<Condition> build_below(ConditionContext& context) { return build_bound(context, true); }

std::optional<Condition> build_outside(ConditionContext& context) {
  const std::optional<std::vector<double>> limits = context.reader.numbers(context.key);
  if (!limits || limits->size() != 2 || !((*limits)[0] < (*limits)[1])) {
    if (limits) {
      context.reader.error(context.key, "'outside' is no range; expected two numbers in ascending order, [0.6, 0.8]");
    }
    return std::nullopt;
  }
  const double low = (*limits)[0];
  const double high = (*limits)[1];
  Condition condition = base(context);
  // A range of shares may well begin at 0 or end at 1.
  if (low != 0) {
    check_reachable(context.reader, context.key, low, true, condition.value_unit);
  }
  if (high != 1) {
    check_reachable(context.reader, context.key, high, false, condition.value_unit);
  }
  const std::string selector = context.metric.to_string();
  condition.expr = selector + " < " + number_text(low) + "\nor\n" + selector + " > " + number_text(high);
  condition.text =
      "is outside " + limit_text(low, condition.value_unit) + " to " + limit_text(high, condition.value_unit);
  for (const bool lower : {true, false}) {
    std::optional<Signal> signal = gauge_signal(context, lower ? low : high, lower);
    if (signal) {
      // A narrow range has no room for 5 % of its limits.
      const double inside =
          lower ? std::min(signal->within, (low + high) / 2) : std::max(signal->within, (low + high) / 2);
      signal->within = signal->healthy = without_noise(inside);
    }
    add_tests(context, signal, {}, condition);
  }
  return condition;
}

std::optional<Condition> build_consecutive(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  Condition condition = base(context);
  constexpr std::int64_t kMostRuns = 31;
  const std::int64_t runs = reader->integer("runs", 2, kMostRuns).value_or(3);
  const Duration every = read_window(*reader, "every", std::chrono::hours(24), context);
  const std::optional<Bound> bound = read_bound(*reader, condition.value_unit);
  reader->finish();
  if (!bound) {
    return std::nullopt;
  }
  const std::string comparison = (bound->lower ? " < " : " > ") + number_text(bound->limit);
  condition.expr = context.metric.to_string() + comparison;
  for (std::int64_t run = 1; run < runs; ++run) {
    condition.expr += "\nand\n" + context.metric.to_string() + " offset " + format_duration(every * run) + comparison;
  }
  condition.range = every * (runs - 1);
  condition.text = std::string("was ") + (bound->lower ? "below " : "above ") +
                   limit_text(bound->limit, condition.value_unit) + " in " + std::to_string(runs) +
                   " runs in a row, one every " + format_duration(every);
  std::optional<Signal> signal = gauge_signal(context, bound->limit, bound->lower);
  if (signal) {
    // An evaluation after the oldest run that counts, at the earliest.
    signal->settle = condition.range + every;
    signal->strong = signal->beyond;
    const SignalTiming timing = run_timing(context, every, runs);
    signal->strong_steps = static_cast<int>(condition.range / timing.step) + 1;
    condition.tests = signal_tests(*signal, timing);
    add_broken_run_tests(*signal, timing, every, runs, condition);
  }
  return condition;
}

std::optional<Condition> build_predict(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  Condition condition = base(context);
  const std::optional<Bound> bound = read_bound(*reader, condition.value_unit);
  const Duration ahead = reader->duration("within").value_or(std::chrono::hours(4));
  const Duration window = read_window(*reader, "window", std::chrono::hours(1), context);
  reader->finish();
  if (!bound) {
    return std::nullopt;
  }
  condition.expr = "predict_linear(" + context.metric.to_string() + window_text(window) + ", " +
                   number_text(to_seconds(ahead)) + ")" + (bound->lower ? " < " : " > ") + number_text(bound->limit);
  condition.range = window;
  condition.text = std::string("will be ") + (bound->lower ? "below " : "above ") +
                   limit_text(bound->limit, condition.value_unit) + " in " + format_duration(ahead) + " if the last " +
                   format_duration(window) + " goes on";
  std::optional<Signal> signal = gauge_signal(context, bound->limit, bound->lower);
  if (signal) {
    // A steady value predicts itself.
    signal->settle = window;
    signal->shortest_range = window;
    signal->value_is_level = false;
    // A jump so high that the line through its first samples is steep enough.
    constexpr double kJump = 10;
    signal->strong = bound->limit + kJump * std::max(std::abs(bound->limit), 1.0) * (bound->lower ? -1 : 1);
    signal->strong_steps = 1;
  }
  add_tests(context, signal, window, condition);
  if (signal) {
    // From half of the limit away, a line that passes the limit at three quarters of the time ahead, and one that does
    // not reach it.
    const double start = bound->limit == 0 ? (bound->lower ? 1 : -1)
                                           : bound->limit - std::abs(bound->limit) * (bound->lower ? -0.5 : 0.5);
    const Duration step = timing_of(context, window).step;
    const int steps = static_cast<int>(window / step) + 3;
    const double seconds = to_seconds(ahead) + to_seconds(step) * steps;
    for (const bool reaches : {true, false}) {
      const double slope = (bound->limit - start) / seconds * (reaches ? 1.2 : 0.7);
      AlertTest test;
      test.name = reaches ? "fires on the way to the limit" : "quiet where the way there is longer";
      test.evaluation_interval = step;
      test.interval = step / 4;
      test.input = {{signal->series[0].series,
                     SampleText().hold(start, 1).ramp(slope * to_seconds(test.interval), steps * 4).text()}};
      const bool at_once = context.hold <= step * 2;
      test.state_only = true;
      if (!reaches || at_once) {
        test.expectations = {
            {step * steps, reaches ? std::vector<FiringAlert>{{signal->firing, 0}} : std::vector<FiringAlert>{}, ""}};
        condition.tests.push_back(std::move(test));
      }
    }
  }
  return condition;
}

std::optional<Condition> build_age_above(ConditionContext& context) {
  const std::optional<Duration> age = context.reader.duration(context.key);
  if (!age) {
    return std::nullopt;
  }
  Condition condition = base(context);
  if (condition.value_unit != Unit::kTimestamp) {
    context.reader.error("metric", "'" + context.metric.metric +
                                       "' is no time stamp; 'age_above' expects a metric whose name ends in "
                                       "_timestamp_seconds");
    return std::nullopt;
  }
  condition.value_unit = Unit::kSeconds;
  condition.expr = "time() - " + context.metric.to_string() + " > " + number_text(to_seconds(*age));
  condition.text = "is older than " + format_duration(*age);
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (labels) {
    // Time begins at 0, so a time stamp of 0 is as old as the test; it is renewed at the end.
    const Duration step = timing_of(context, *age).step;
    const int hold = static_cast<int>((context.hold + step - Duration(1)) / step);
    const int keep = static_cast<int>((context.keep_firing_for + step - Duration(1)) / step);
    const int first = static_cast<int>(*age / step) + 1 + hold;
    AlertTest test;
    test.name = "fires once the time stamp is too old, resolves when it is renewed";
    test.evaluation_interval = step;
    test.interval = step;
    test.input = {{series_text(context.metric.metric, *labels),
                   SampleText().hold(0, first + 3).hold(to_seconds(step * (first + 3)), keep + 5).text()}};
    test.expectations = {{step * (first - 1), {}, ""},
                         {step * first, {{*labels, to_seconds(step * first)}}, ""},
                         {step * (first + keep + 4), {}, ""}};
    condition.tests.push_back(std::move(test));
  }
  return condition;
}

std::optional<Condition> build_absent(ConditionContext& context) {
  if (!context.reader.boolean(context.key).value_or(false)) {
    context.reader.error(context.key, "'absent' is not true; expected true, or another condition");
    return std::nullopt;
  }
  Condition condition = base(context);
  condition.value_unit = Unit::kNone;
  condition.expr = "absent(" + context.metric.to_string() + ")";
  condition.text = "is not exported";
  if (context.hold < 2 * context.catalog.settings.scrape_interval) {
    context.reader.error("for", "an alert on absence fires at each scrape that fails; expected a 'for' of at least " +
                                    format_duration(2 * context.catalog.settings.scrape_interval));
  }
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (labels) {
    const Duration step = timing_of(context, {}).step;
    const int hold = static_cast<int>((context.hold + step - Duration(1)) / step);
    RuleLabels kept;
    for (const LabelMatcher& matcher : context.metric.matchers) {
      if (matcher.op == "=") {
        kept.emplace_back(matcher.label, matcher.value);
      }
    }
    AlertTest test;
    test.name = "fires when the last series is gone";
    test.evaluation_interval = step;
    test.interval = step;
    test.input = {{series_text(context.metric.metric, *labels), SampleText().hold(1, 11).stale().text()}};
    test.expectations = {{step * 10, {}, ""}, {step * (10 + hold), {}, ""}, {step * (11 + hold), {{kept, 1}}, ""}};
    condition.tests.push_back(std::move(test));
  }
  return condition;
}

}  // namespace leeway
