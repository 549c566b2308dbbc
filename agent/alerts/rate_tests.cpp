#include "agent/alerts/rate_tests.h"

#include <algorithm>
#include <cmath>

#include "agent/alerts/birth_tests.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"

namespace leeway {
namespace {

Signal increase_signal(const ConditionContext& context, const Increase& increase, const RuleLabels& labels,
                       Duration step) {
  Signal signal;
  signal.series = {{series_text(context.metric.metric, labels), true}};
  const double seconds = to_seconds(increase.window);
  signal.drive = [seconds](double level) { return std::vector<double>{level / seconds}; };
  signal.within = increase.limit == 0 ? 0 : within(increase.limit, false);
  signal.beyond = increase.limit == 0 ? 2 : beyond(increase.limit, false);
  signal.settle = increase.window;
  signal.shortest_range = increase.window;
  if (increase.limit > 0) {
    const StrongLevel strong = strong_level(increase.limit, increase.window, step);
    signal.strong = strong.level;
    signal.strong_steps = strong.steps;
  } else {
    signal.strong = 60;
    signal.strong_steps = 1;
  }
  signal.firing = without_labels(labels, summed_labels(context, *context.desc));
  return signal;
}

struct SeriesPair {
  RuleLabels of;
  RuleLabels rest;        // of the denominator's other series
  bool of_counts_in_all;  // a part of the denominator too
};

std::optional<SeriesPair> example_pair(const Selector& of, const MetricDesc& of_desc, const Selector& to,
                                       const MetricDesc& to_desc) {
  const std::optional<RuleLabels> part = example_labels(of, of_desc);
  if (!part) {
    return std::nullopt;
  }
  if (of.metric == to.metric && matches(to, *part)) {
    const std::optional<RuleLabels> rest = example_outside(to, of, of_desc);
    return rest ? std::optional(SeriesPair{*part, *rest, true}) : std::nullopt;
  }
  const std::optional<RuleLabels> rest = example_labels(to, to_desc);
  return rest && !(of.metric == to.metric && matches(of, *rest)) ? std::optional(SeriesPair{*part, *rest, false})
                                                                 : std::nullopt;
}

// Events within the window: enough for any least number, and so that shares of a thousandth are whole numbers.
double plenty(const Ratio& ratio) {
  const auto bad = static_cast<double>(ratio.least.bad);
  const double of_bad = ratio.limit > 0 ? bad / ratio.limit : bad;
  return std::max(1000.0, 4 * std::max(static_cast<double>(ratio.least.all), of_bad));
}

Signal ratio_signal(const ConditionContext& context, const Ratio& ratio, const SeriesPair& pair, Duration step) {
  Signal signal;
  signal.series = {{series_text(ratio.of.metric, pair.of), ratio.counters()},
                   {series_text(ratio.to.metric, pair.rest), ratio.counters()}};
  const double rate = std::max(1000.0, plenty(ratio) / to_seconds(ratio.window));
  const bool shared = pair.of_counts_in_all;
  signal.drive = [rate, shared](double level) {
    return std::vector<double>{level * rate, shared ? (1 - level) * rate : rate};
  };
  signal.within = ratio.limit == 0 ? 0 : within(ratio.limit, false);
  signal.beyond = shared ? std::min(beyond(ratio.limit, false), (ratio.limit + 1) / 2) : beyond(ratio.limit, false);
  signal.settle = ratio.window;
  signal.shortest_range = ratio.window;
  if (ratio.limit > 0) {
    const StrongLevel strong = strong_level(ratio.limit, ratio.window, step);
    if (strong.level < 1 || !shared) {
      signal.strong = strong.level;
      signal.strong_steps = strong.steps;
    }
  }
  // Each side loses the labels of its own metric; a label lost on one side only would stay on the other.
  signal.firing = without_labels(pair.of, summed_labels(context, ratio.of_desc));
  return signal;
}

// Bad events that are more than the limit allows: fires, or is quiet because they are too few.
AlertTest few_events(const ConditionContext& context, const Ratio& ratio, const Signal& signal, bool shared,
                     const EventCase& events) {
  const Duration step = timing_of(context, ratio.window).step;
  const char* const name = events.fires
                               ? (events.of_bad ? "just enough bad events: fires" : "just enough events: fires")
                           : events.of_bad ? "too few bad events: quiet, though their share is too large"
                                           : "too few events: quiet, though all of them count";
  AlertTest test = named_test(name, step, step / 4);
  const int steps = static_cast<int>((ratio.window + context.hold) / step) + 3;
  const auto ramp = [&](double a_window) {
    const double a_sample = a_window * to_seconds(test.interval) / to_seconds(ratio.window);
    return SampleText().hold(0, 1).ramp(a_sample, steps * 4).text();
  };
  test.input = {{signal.series[0].series, ramp(events.bad)}};
  if (const double rest = shared ? events.all - events.bad : events.all; rest > 0) {
    test.input.push_back({signal.series[1].series, ramp(rest)});
  }
  test.state_only = events.fires;
  test.expectations = {{step * steps, {}, ""}};
  if (events.fires) {
    test.expectations = {{step * steps, {{signal.firing, 1}}, ""}};
  } else {
    test.expectations.insert(test.expectations.begin(), {step * 2, {}, ""});
  }
  return test;
}

// The first event of a series that begins, next to others of a target that is scraped all the time: they alone pass the
// limit.
void add_ratio_birth(const ConditionContext& context, const Ratio& ratio, const Signal& signal, const SeriesPair& pair,
                     std::vector<AlertTest>& tests) {
  constexpr int kSamples = 4;  // in a step
  const SignalTiming timing = timing_of(context, ratio.window);
  const int window = steps_of(ratio.window, timing.step);
  const int hold = steps_of(timing.hold, timing.step);
  if (hold + 1 >= window) {
    return;  // it is over before `for` has passed
  }
  const double others = plenty(ratio);
  const double clear = pair.of_counts_in_all ? (ratio.limit + 1) / 2 : ratio.limit * 1.2 + 0.01;
  const double born = std::ceil(others * (pair.of_counts_in_all ? clear / (1 - clear) : clear));
  const int first = window + 2;  // the last step without the series
  const int last = first + 1 + hold;
  AlertTest test = named_test("the first events of a new series count", timing.step, timing.step / kSamples);
  test.state_only = true;
  test.input = {
      {signal.series[0].series, SampleText().gap(first * kSamples + 1).hold(born, (last - first) * kSamples).text()},
      {signal.series[1].series, SampleText().hold(0, 1).ramp(others / window / kSamples, last * kSamples).text()},
      {scraped_series(context, ratio.of_desc, pair.of), SampleText().hold(1, last * kSamples + 1).text()}};
  test.expectations = {{timing.step * (first + hold), {}, ""}, {timing.step * last, {{signal.firing, clear}}, ""}};
  tests.push_back(std::move(test));
}

}  // namespace

std::vector<AlertTest> increase_tests(const ConditionContext& context, const Increase& increase) {
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return {};
  }
  const Duration step = timing_of(context, increase.window).step;
  const Signal signal = increase_signal(context, increase, *labels, step);
  std::vector<AlertTest> tests = tests_of(context, signal, increase.window);
  if (increase.limit >= 1) {
    AlertTest one = named_test("one event in a quiet service: no alert", step, step);
    one.input = {{signal.series[0].series, SampleText().hold(0, 5).hold(1, 15).text()}};
    one.expectations = {{step * 6, {}, ""}, {step * 15, {}, ""}};
    tests.push_back(std::move(one));
  }
  if (context.desc->begins_late) {
    const double value = increase.limit == 0 ? 1 : std::ceil(increase.limit * 1.05);
    const std::vector<AlertTest> births = birth_tests(context, {scraped_series(context, *context.desc, *labels),
                                                                {{signal.series[0].series, value}},
                                                                signal.firing,
                                                                value,
                                                                false,
                                                                increase.window});
    tests.insert(tests.end(), births.begin(), births.end());
  }
  return tests;
}

std::vector<AlertTest> ratio_tests(const ConditionContext& context, const Ratio& ratio) {
  const std::optional<SeriesPair> pair = example_pair(ratio.of, ratio.of_desc, ratio.to, ratio.to_desc);
  if (!pair || without_labels(pair->of, summed_labels(context, ratio.of_desc)) !=
                   without_labels(pair->rest, summed_labels(context, ratio.to_desc))) {
    return {};
  }
  const Duration step = timing_of(context, ratio.window).step;
  const Signal signal = ratio_signal(context, ratio, *pair, step);
  std::vector<AlertTest> tests = tests_of(context, signal, ratio.window);
  if (ratio.counters()) {
    for (const EventCase& events : cases_around(ratio.least, ratio.limit)) {
      tests.push_back(few_events(context, ratio, signal, pair->of_counts_in_all, events));
    }
  }
  if (ratio.counters() && ratio.of_desc.begins_late) {
    add_ratio_birth(context, ratio, signal, *pair, tests);
  }
  return tests;
}

}  // namespace leeway
