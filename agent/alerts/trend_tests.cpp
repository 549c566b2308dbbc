#include "agent/alerts/trend_tests.h"

#include <algorithm>
#include <cmath>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/gauge_tests.h"
#include "agent/alerts/sample_text.h"

namespace leeway {
namespace {

// A step that divides the time between runs, so that each run is read where the input has a sample.
SignalTiming run_timing(const ConditionContext& context, const Runs& runs) {
  SignalTiming timing = timing_of(context, runs.every * runs.count);
  const std::int64_t milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(runs.every).count();
  constexpr std::int64_t kMostTries = 60;
  const std::int64_t least = runs.every > timing.step ? (runs.every + timing.step - Duration(1)) / timing.step : 1;
  timing.step = runs.every;
  for (std::int64_t parts = least; parts < least + kMostTries; ++parts) {
    if (milliseconds % parts == 0) {
      timing.step = runs.every / parts;
      break;
    }
  }
  return timing;
}

// All runs beyond the limit except number `broken`, from 0: quiet.
AlertTest broken_run_test(const Signal& signal, Duration step, const Runs& runs, std::int64_t broken) {
  const int steps = static_cast<int>(runs.every / step);
  SampleText text;
  text.hold(signal.beyond, 1);
  for (std::int64_t run = 0; run < runs.count; ++run) {
    text.hold(run == broken ? signal.within : signal.beyond, steps);
  }
  AlertTest test = named_test(
      "quiet if run " + std::to_string(broken + 1) + " of " + std::to_string(runs.count) + " was fine", step, step);
  test.input = {{signal.series[0].series, text.text()}};
  test.expectations = {{step * steps * static_cast<int>(runs.count), {}, ""}};
  return test;
}

// From half of the limit away, a line that passes the limit at three quarters of the time ahead, or one that does not
// reach it.
AlertTest way_test(const Signal& signal, Duration step, const Prediction& prediction, bool reaches) {
  const Bound& bound = prediction.bound;
  const double start =
      bound.limit == 0 ? (bound.lower ? 1 : -1) : bound.limit - std::abs(bound.limit) * (bound.lower ? -0.5 : 0.5);
  const int steps = static_cast<int>(prediction.window / step) + 3;
  const double seconds = to_seconds(prediction.ahead) + to_seconds(step) * steps;
  const double slope = (bound.limit - start) / seconds * (reaches ? 1.2 : 0.7);
  AlertTest test =
      named_test(reaches ? "fires on the way to the limit" : "quiet if the limit is further away", step, step / 4);
  test.input = {
      {signal.series[0].series, SampleText().hold(start, 1).ramp(slope * to_seconds(test.interval), steps * 4).text()}};
  test.state_only = true;
  test.expectations = {
      {step * steps, reaches ? std::vector<FiringAlert>{{signal.firing, 0}} : std::vector<FiringAlert>{}, ""}};
  return test;
}

}  // namespace

std::vector<AlertTest> run_tests(const ConditionContext& context, const Runs& runs) {
  std::optional<Signal> signal = gauge_signal(context, runs.bound.limit, runs.bound.lower);
  if (!signal) {
    return {};
  }
  const Duration range = runs.every * (runs.count - 1);
  // At least one evaluation after the oldest run that counts.
  signal->settle = range + runs.every;
  signal->strong = signal->beyond;
  const SignalTiming timing = run_timing(context, runs);
  signal->strong_steps = static_cast<int>(range / timing.step) + 1;
  std::vector<AlertTest> tests = signal_tests(*signal, timing);
  for (std::int64_t broken = 0; broken < runs.count; ++broken) {
    tests.push_back(broken_run_test(*signal, timing.step, runs, broken));
  }
  return tests;
}

std::vector<AlertTest> prediction_tests(const ConditionContext& context, const Prediction& prediction) {
  const Bound& bound = prediction.bound;
  std::optional<Signal> signal = gauge_signal(context, bound.limit, bound.lower);
  if (!signal) {
    return {};
  }
  // A steady value predicts itself.
  signal->settle = prediction.window;
  signal->shortest_range = prediction.window;
  signal->value_is_level = false;
  // A jump so high that the line through its first samples is steep enough.
  constexpr double kJump = 10;
  signal->strong = bound.limit + kJump * std::max(std::abs(bound.limit), 1.0) * (bound.lower ? -1 : 1);
  signal->strong_steps = 1;
  std::vector<AlertTest> tests = tests_of(context, *signal, prediction.window);
  const Duration step = timing_of(context, prediction.window).step;
  if (context.hold <= step * 2) {
    tests.push_back(way_test(*signal, step, prediction, true));
  }
  tests.push_back(way_test(*signal, step, prediction, false));
  return tests;
}

}  // namespace leeway
