#include "agent/alerts/gauge_tests.h"

#include <algorithm>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/number_text.h"

namespace leeway {

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

std::vector<AlertTest> bound_tests(const ConditionContext& context, double limit, bool lower) {
  const std::optional<Signal> signal = gauge_signal(context, limit, lower);
  return signal ? tests_of(context, *signal, {}) : std::vector<AlertTest>();
}

std::vector<AlertTest> outside_tests(const ConditionContext& context, double low, double high) {
  std::vector<AlertTest> tests;
  for (const bool lower : {true, false}) {
    std::optional<Signal> signal = gauge_signal(context, lower ? low : high, lower);
    if (!signal) {
      return {};
    }
    // A narrow range may be smaller than 5 % of its limits.
    const double inside =
        lower ? std::min(signal->within, (low + high) / 2) : std::max(signal->within, (low + high) / 2);
    signal->within = signal->healthy = without_noise(inside);
    for (AlertTest& test : tests_of(context, *signal, {})) {
      tests.push_back(std::move(test));
    }
  }
  return tests;
}

std::vector<AlertTest> age_tests(const ConditionContext& context, Duration age) {
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return {};
  }
  // Time begins at 0, so a time stamp of 0 is as old as the test; from then on it is renewed all the time.
  const Duration step = timing_of(context, age).step;
  const int hold = steps_of(context.hold, step);
  const int keep = steps_of(context.keep_firing_for, step);
  const int first = static_cast<int>(age / step) + 1 + hold;
  AlertTest test = named_test("fires once the timestamp is too old, resolves when it is renewed", step, step);
  test.input = {{series_text(context.metric.metric, *labels), SampleText()
                                                                  .hold(0, first + 3)
                                                                  .hold(to_seconds(step * (first + 3)), 1)
                                                                  .ramp(to_seconds(step), keep + 4)
                                                                  .text()}};
  test.expectations = {{step * (first - 1), {}, ""},
                       {step * first, {{*labels, to_seconds(step * first)}}, ""},
                       {step * (first + keep + 4), {}, ""}};
  return {test};
}

std::vector<AlertTest> absence_tests(const ConditionContext& context) {
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return {};
  }
  const Duration step = timing_of(context, {}).step;
  const int hold = steps_of(context.hold, step);
  RuleLabels kept;
  for (const LabelMatcher& matcher : context.metric.matchers) {
    if (matcher.op == "=") {
      kept.emplace_back(matcher.label, matcher.value);
    }
  }
  AlertTest test = named_test("fires when the last series is gone", step, step);
  test.input = {{series_text(context.metric.metric, *labels), SampleText().hold(1, 11).stale().text()}};
  test.expectations = {{step * 10, {}, ""}, {step * (10 + hold), {}, ""}, {step * (11 + hold), {{kept, 1}}, ""}};
  return {test};
}

}  // namespace leeway
