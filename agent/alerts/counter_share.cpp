#include "agent/alerts/counter_share.h"

#include <algorithm>
#include <vector>

#include "agent/alerts/births.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

std::string sum_of(const std::string& increases, std::vector<std::string> summed, const RuleSettings& settings) {
  summed.insert(summed.end(), settings.fleet_labels.begin(), settings.fleet_labels.end());
  std::string labels;
  for (const std::string& name : summed) {
    labels += (labels.empty() ? "" : ", ") + name;
  }
  return "sum without (" + labels + ") (" + increases + ")";
}

// The failures may all be in the first scrape that has their series.
std::string failures(const CounterShare& share) {
  const Expected<Selector> failed = parse_selector(share.failed);
  return "\n" + increase_with_births(*failed, share.window, false) + "\n";
}

Signal share_signal(const CounterShare& share, Duration step) {
  Signal signal;
  signal.series = {{share.failed_series, true}, {share.rest_series, true}};
  // Enough for `least`, and so that shares of a thousandth are whole numbers.
  const double rate = std::max(1000.0, static_cast<double>(share.least) * 4 / to_seconds(share.window));
  signal.drive = [rate](double level) { return std::vector<double>{level * rate, (1 - level) * rate}; };
  signal.within = without_noise(share.limit * 0.95);
  signal.beyond = without_noise(share.limit * 1.05);
  signal.settle = share.window;
  signal.shortest_range = share.window;
  const StrongLevel strong = strong_level(share.limit, share.window, step);
  signal.strong = strong.level;
  signal.strong_steps = strong.steps;
  signal.firing = share.firing;
  return signal;
}

// All of the events fail: slightly fewer than `least`, then slightly more.
std::vector<AlertTest> few_events_tests(const CounterShare& share, const SignalTiming& timing) {
  constexpr int kSamples = 4;  // in a step
  const int steps = steps_of(share.window + timing.hold, timing.step) + 3;
  const auto failing = [&](std::string name, double events) {
    AlertTest test = named_test(std::move(name), timing.step, timing.step / kSamples);
    const double a_sample = events * to_seconds(test.interval) / to_seconds(share.window);
    test.input = {{share.failed_series, SampleText().hold(0, 1).ramp(a_sample, steps * kSamples).text()},
                  {share.rest_series, SampleText().hold(0, steps * kSamples + 1).text()}};
    test.expectations = {{timing.step * 2, {}, ""}};
    return test;
  };
  const auto least = static_cast<double>(share.least);
  AlertTest few = failing("too few events: quiet, though all of them failed", least * 0.95);
  few.expectations.push_back({timing.step * steps, {}, ""});
  AlertTest all = failing("fires where all of them failed, and none did not", least * 1.05);
  all.expectations.push_back({timing.step * steps, {{share.firing, 1}}, ""});
  return {few, all};
}

// All failures are in the first value of their series.
AlertTest birth_test(const CounterShare& share, const SignalTiming& timing) {
  constexpr int kSamples = 4;  // in a step
  constexpr int kBefore = 3;   // steps
  const int last = kBefore + 1 + steps_of(timing.hold, timing.step);
  AlertTest test = named_test("failures with which their series begins count", timing.step, timing.step / kSamples);
  test.state_only = true;
  test.input = {{share.failed_series, SampleText()
                                          .gap(kBefore * kSamples + 1)
                                          .hold(static_cast<double>(share.least), (last - kBefore) * kSamples)
                                          .text()},
                {share.rest_series, SampleText().hold(0, last * kSamples + 1).text()},
                {series_text(kScraped, {{"instance", "a"}, {"job", "leeway"}}),
                 SampleText().hold(1, last * kSamples + 1).text()}};
  test.expectations = {{timing.step * (last - 1), {}, ""}, {timing.step * last, {{share.firing, 1}}, ""}};
  return test;
}

}  // namespace

void use_share(const CounterShare& share, const RuleSettings& settings, AlertRule& alert) {
  const std::string failed = sum_of(failures(share), share.summed, settings);
  const std::string rest = "increase(" + share.rest + "[" + format_duration(share.window) + "])";
  const std::string all = failed + " + " + sum_of(rest, share.rest_summed, settings);
  alert.expr = failed + "\n/\n(" + all + " > 0)\n> " + number_text(share.limit) + "\nand\n" + all +
               " >= " + std::to_string(share.least);
  alert.value_unit = Unit::kRatio;
  alert.range = share.window * 2;
  SignalTiming timing;
  timing.step = test_step(settings.evaluation_interval, share.window + alert.hold);
  timing.hold = alert.hold;
  alert.tests = signal_tests(share_signal(share, timing.step), timing);
  for (AlertTest& test : few_events_tests(share, timing)) {
    alert.tests.push_back(std::move(test));
  }
  alert.tests.push_back(birth_test(share, timing));
}

}  // namespace leeway
