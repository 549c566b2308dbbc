#include "agent/alerts/birth_tests.h"

#include <algorithm>
#include <iterator>

#include "agent/alerts/births.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"

namespace leeway {
namespace {

constexpr int kBirthSamples = 4;  // in a step

AlertTest test_of_birth(const Birth& birth, const SignalTiming& timing, int window, int hold) {
  const int keep = steps_of(timing.keep_firing_for, timing.step);
  const int first = 3;  // the last step without the series
  const int last = first + window + keep + hold + 4;
  AlertTest test = named_test("the first event of a new series counts", timing.step, timing.step / kBirthSamples);
  for (const auto& [series, value] : birth.series) {
    test.input.push_back(
        {series, SampleText().gap(first * kBirthSamples + 1).hold(value, (last - first) * kBirthSamples).text()});
  }
  test.input.push_back({birth.scraped, SampleText().hold(1, last * kBirthSamples + 1).text()});
  test.expectations = {{timing.step * (first + hold), {}, ""}};
  if (hold + 1 < window) {
    test.expectations.push_back({timing.step * (first + 1 + hold), {{birth.firing, birth.value}}, ""});
  }
  test.expectations.push_back({timing.step * last, {}, ""});
  test.state_only = birth.state_only;
  return test;
}

// The agent is scraped for the first time, and again after a gap longer than the window.
AlertTest test_of_start(const Birth& birth, const SignalTiming& timing, int window, int hold) {
  AlertTest test = named_test("what a series had at the first scrape, or after a gap, does not count", timing.step,
                              timing.step / kBirthSamples);
  const int there = window + hold + 3;
  const int gap = 2 * window + 1;
  const auto text = [&](double value) {
    return SampleText()
        .hold(value, there * kBirthSamples)
        .gap(gap * kBirthSamples)
        .hold(value, there * kBirthSamples)
        .text();
  };
  for (const auto& [series, value] : birth.series) {
    test.input.push_back({series, text(value * 10)});
  }
  test.input.push_back({birth.scraped, text(1)});
  for (const int at : {1, 1 + hold, there - 1, there + gap + 1, there + gap + 1 + hold, 2 * there + gap - 1}) {
    test.expectations.push_back({timing.step * at, {}, ""});
  }
  std::sort(test.expectations.begin(), test.expectations.end(),
            [](const AlertExpectation& a, const AlertExpectation& b) { return a.at < b.at; });
  return test;
}

}  // namespace

std::string scraped_series(const ConditionContext& context, const MetricDesc& desc, const RuleLabels& labels) {
  RuleLabels target;
  std::copy_if(labels.begin(), labels.end(), std::back_inserter(target),
               [](const auto& label) { return label.first == "job" || label.first == "instance"; });
  return series_text(is_external(context, desc) ? kUp : kScraped, target);
}

std::vector<AlertTest> birth_tests(const ConditionContext& context, const Birth& birth) {
  const SignalTiming timing = timing_of(context, birth.window);
  const int window = steps_of(birth.window, timing.step);
  const int hold = steps_of(timing.hold, timing.step);
  return {test_of_birth(birth, timing, window, hold), test_of_start(birth, timing, window, hold)};
}

}  // namespace leeway
