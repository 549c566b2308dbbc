#include "agent/alerts/signal_tests.h"

#include <algorithm>
#include <array>

#include "agent/alerts/sample_text.h"

namespace leeway {
namespace {

constexpr int kSlack = 3;  // steps that a phase lasts longer than necessary
constexpr int kSamplesPerRange = 4;

// The input of a signal, phase by phase.
class SignalTimeline {
 public:
  SignalTimeline(const Signal& signal, const SignalTiming& timing) : signal_(signal), step_(timing.step) {
    const Duration finest = signal.shortest_range == Duration{} ? step_ : std::min(step_, signal.shortest_range);
    samples_per_step_ = signal.shortest_range == Duration{} ? 1 : steps_of(step_, finest / kSamplesPerRange);
    texts_.resize(signal.series.size());
  }

  SignalTimeline& during(int steps, double level) {
    const std::vector<double> values = signal_.drive(level);
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (now_ == 0) {
        texts_[i].hold(signal_.series[i].counter ? 0 : values[i], 1);
      }
      const int samples = steps * samples_per_step_;
      if (signal_.series[i].counter) {
        texts_[i].ramp(values[i] * to_seconds(step_) / samples_per_step_, samples);
      } else {
        texts_[i].hold(values[i], samples);
      }
    }
    now_ += steps;
    return *this;
  }
  SignalTimeline& quiet(int at) {
    expectations_.push_back({step_ * at, {}, ""});
    return *this;
  }
  SignalTimeline& fires(int at, double value) {
    expectations_.push_back({step_ * at, {{signal_.firing, value}}, ""});
    return *this;
  }
  int now() const { return now_; }

  AlertTest test(std::string name, bool state_only) const {
    AlertTest test = named_test(std::move(name), step_, step_ / samples_per_step_);
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      test.input.push_back({signal_.series[i].series, texts_[i].text()});
    }
    test.expectations = expectations_;
    test.state_only = state_only;
    test.value_is_computed = signal_.shortest_range > Duration{};
    return test;
  }

 private:
  const Signal& signal_;
  Duration step_;
  int samples_per_step_ = 1;
  int now_ = 0;
  std::vector<SampleText> texts_;
  std::vector<AlertExpectation> expectations_;
};

}  // namespace

AlertTest named_test(std::string name, Duration step, Duration interval) {
  AlertTest test;
  test.name = std::move(name);
  test.evaluation_interval = step;
  test.interval = interval;
  return test;
}

int steps_of(Duration duration, Duration step) { return static_cast<int>((duration + step - Duration(1)) / step); }

Duration test_step(Duration evaluation_interval, Duration range) {
  using std::chrono::hours;
  using std::chrono::minutes;
  constexpr int kMostSteps = 200;
  const std::array<Duration, 6> steps = {evaluation_interval, minutes(1), minutes(5), minutes(30), hours(1), hours(6)};
  for (const Duration step : steps) {
    if (step >= evaluation_interval && range / kMostSteps <= step) {
      return step;
    }
  }
  return hours(24);
}

SignalTiming timing_of(const AlertRule& alert, Duration evaluation_interval) {
  return {test_step(evaluation_interval, alert.hold), alert.hold, {}};
}

StrongLevel strong_level(double threshold, Duration window, Duration step) {
  const double steps = to_seconds(window) / to_seconds(step);
  if (steps < 1) {
    constexpr double kClearly = 1.25;  // at the first evaluation, all of the window is at the level
    return {threshold * kClearly, 1};
  }
  const int whole = static_cast<int>(steps / 2);
  return {threshold * steps / (whole + 0.5), whole + 1};
}

std::vector<AlertTest> signal_tests(const Signal& signal, const SignalTiming& timing) {
  const int settle = steps_of(signal.settle, timing.step);
  const int hold = steps_of(timing.hold, timing.step);
  const int keep = steps_of(timing.keep_firing_for, timing.step);
  SignalTimeline line(signal, timing);
  line.during(settle + hold + kSlack, signal.within).quiet(line.now());
  const int onset = line.now();
  line.during(settle + hold + kSlack, signal.beyond);
  if (settle == 0) {
    line.quiet(onset + hold).fires(onset + 1 + hold, signal.beyond);
  }
  line.fires(line.now(), signal.beyond);
  line.during(settle + keep + kSlack, signal.healthy).quiet(line.now());
  std::vector<AlertTest> tests = {
      line.test("quiet 5 % within the threshold, fires 5 % beyond it, resolves", !signal.value_is_level)};
  if (signal.strong) {
    SignalTimeline sudden(signal, timing);
    sudden.during(settle + 1, signal.healthy);
    const int first = sudden.now() + signal.strong_steps + hold;
    sudden.during(signal.strong_steps + hold + 1, *signal.strong).quiet(first - 1).fires(first, 0);
    tests.push_back(sudden.test("fires in time, not one evaluation before", true));
  }
  return tests;
}

}  // namespace leeway
