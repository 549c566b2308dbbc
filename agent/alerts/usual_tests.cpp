#include "agent/alerts/usual_tests.h"

#include <algorithm>
#include <cmath>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/number_text.h"

namespace leeway {
namespace {

// Samples of a step: Prometheus sees one for 5 minutes.
int samples_in(Duration step) {
  constexpr int kLeast = 4;
  return std::max(kLeast, steps_of(step, std::chrono::minutes(4)));
}

// Tests of one series at the usual level for the usual period and then, from evaluation 0 on, at another level.
class UsualTests {
 public:
  UsualTests(const ConditionContext& context, const Usual& usual, RuleLabels labels)
      : counter_(is_counter(*context.desc)),
        window_(usual.window),
        step_(std::min(timing_of(context, usual.usual).step, usual.window)),
        samples_(samples_in(step_)),
        history_(steps_of(usual.usual, step_)),
        hold_(steps_of(context.hold, step_)),
        series_(series_text(context.metric.metric, labels)),
        firing_(without_labels(std::move(labels), summed_labels(context, *context.desc))) {}

  int hold() const { return hold_; }
  // Evaluations after which the window holds no earlier samples.
  int full() const { return steps_of(window_, step_); }
  // And `for` has passed.
  int settled() const { return full() + hold_ + 2; }
  double windows(int steps) const { return to_seconds(step_) * steps / to_seconds(window_); }
  double steps(double windows) const { return windows / this->windows(1); }

  // `before` and `after` are amounts per window.
  void start(std::string name, double before, double after, int steps) {
    test_ = named_test(std::move(name), step_, step_ / samples_);
    test_.state_only = true;
    SampleText text;
    if (counter_) {
      const double share = 1 / (this->steps(1) * samples_);
      text.hold(0, 1).ramp(before * share, history_ * samples_).ramp(after * share, steps * samples_);
    } else {
      text.hold(before, history_ * samples_ + 1).hold(after, steps * samples_);
    }
    test_.input = {{series_, text.text()}};
  }
  void expect(int step, bool fires) {
    std::vector<FiringAlert> firing;
    if (fires) {
      firing.push_back({firing_, 0});
    }
    test_.expectations.push_back({step_ * (history_ + step), std::move(firing), ""});
  }
  void add_to(std::vector<AlertTest>& added) { added.push_back(std::move(test_)); }

 private:
  bool counter_;
  Duration window_;
  Duration step_;
  int samples_;  // per evaluation
  int history_;
  int hold_;
  std::string series_;
  RuleLabels firing_;
  AlertTest test_;
};

// A level that stays unusual for long becomes the usual: tests avoid that time and the time shortly before it.
constexpr double kStillUnusual = 0.9;

// The amount per window which, after `since` windows of it, is `ratio` times the usual: the mean over `all` windows.
double level_for(double ratio, double base, double since, double all) {
  return ratio * base * (all - since) / (all - ratio * since);
}

// Quiet where the ratio stays 5 % within the factor, even when the window is full; fires where it is still 5 % beyond
// after `for`.
void add_level_tests(UsualTests& tests, double all, double factor, bool lower, double base,
                     std::vector<AlertTest>& added) {
  const int end = tests.settled();
  const double when_full = tests.windows(tests.full());
  tests.start("quiet 5 % within the factor", base, level_for(within(factor, lower), base, when_full, all), end);
  tests.expect(0, false);
  tests.expect(tests.full() + tests.hold(), false);
  tests.expect(end, false);
  tests.add_to(added);
  const double ratio = beyond(factor, lower);
  const double since = tests.windows(end);
  if (since < kStillUnusual * all / std::max(ratio, 1.0)) {
    tests.start("fires 5 % beyond the factor", base, level_for(ratio, base, since, all), end);
    tests.expect(0, false);
    tests.expect(end, true);
    tests.add_to(added);
  }
}

// From the usual directly to `level` times the usual: fires at the evaluation after `crossed` windows, and `for`.
void add_sudden_test(UsualTests& tests, double lasts, double base, double level, double crossed,
                     std::vector<AlertTest>& added) {
  const double at = tests.steps(crossed);
  const double fraction = at - std::floor(at);
  constexpr double kTell = 0.1;  // of a step: more than the effect of a range's first sample
  const int fires = static_cast<int>(at) + 1 + tests.hold();
  const bool clear = crossed < 1 ? (fraction > kTell || at < kTell) && fraction < 1 - kTell : false;
  if (!clear || tests.windows(fires + 1) > kStillUnusual * lasts) {
    return;
  }
  tests.start("fires in time, not one evaluation before", base, base * level, fires + 1);
  tests.expect(fires - 1, false);
  tests.expect(fires, true);
  tests.add_to(added);
}

// Far beyond the factor, but a small amount: `floor` keeps it quiet, and a little more does not. The floor of a drop
// applies to the usual amount, of which the drop is a part.
void add_floor_tests(UsualTests& tests, double all, double lasts, double floor, bool drop,
                     std::vector<AlertTest>& added) {
  const int end = tests.settled();
  const double since = tests.windows(end);
  if (floor <= 0 || since > kStillUnusual * lasts) {
    return;
  }
  const double little = floor * (drop ? 0.98 : 0.95);
  tests.start("too little to matter: quiet", drop ? little : 0, drop ? 0 : little, end);
  tests.expect(tests.full() + tests.hold(), false);
  tests.expect(end, false);
  tests.add_to(added);
  const double enough = floor * 1.05;
  tests.start("just enough to matter: fires", drop ? enough * all / (all - since) : 0, drop ? 0 : enough, end);
  tests.expect(end, true);
  tests.add_to(added);
}

// A new series, evaluated each step: unusual all the time, it fires once there is the least history, not before. Above
// the usual it grows so fast that each window is most of all that was; below, it falls to nothing.
void add_history_test(const ConditionContext& context, const Usual& usual, const RuleLabels& labels, double factor,
                      bool drop, std::vector<AlertTest>& added) {
  constexpr double kMoved = 0.1;    // the test tells a history shorter by this share
  constexpr double kBeyond = 1.2;   // of the factor
  constexpr double kLargest = 1e9;  // growth in all
  const Duration step = usual.step;
  const double window = to_seconds(usual.window) / to_seconds(step);  // in steps
  const int ready = usual.least_points() - 1;                         // the first point is at 0
  const int hold = steps_of(context.hold, step);
  const int unusual = static_cast<int>(std::ceil(kMoved * ready + window)) + 2;
  const double needed = kBeyond * factor * window / ((1 - kMoved) * ready);  // share of all that is in the window
  const double growth = drop ? 0 : std::pow(1 / (1 - needed), 1 / window);   // in a step
  if (unusual >= ready || (!drop && (needed > 0.9 || std::pow(growth, unusual + hold) > kLargest))) {
    return;
  }
  const int samples = samples_in(step);
  const double most = std::max(1000.0, usual.floor * 20);  // in a window
  AlertTest test = named_test("fires once there is enough history, not before", step, step / samples);
  test.state_only = true;
  SampleText text;
  double level = drop ? most : most / 1000;
  const auto during = [&](double amount) {
    if (is_counter(*context.desc)) {
      text.ramp(without_noise(amount / window / samples), samples);
    } else {
      text.hold(without_noise(amount), samples);
    }
  };
  text.hold(is_counter(*context.desc) ? 0 : level, 1);
  for (int i = 0; i < ready + hold + 1; ++i) {
    if (i == ready - unusual) {
      level = drop ? 0 : most;
    } else if (i > ready - unusual) {
      level *= growth;
    }
    during(level);
  }
  test.input = {{series_text(context.metric.metric, labels), text.text()}};
  const int fires = ready + hold;
  test.expectations = {{step * (ready - 1), {}, ""},
                       {step * (fires - 1), {}, ""},
                       {step * fires, {{without_labels(labels, summed_labels(context, *context.desc)), 0}}, ""}};
  added.push_back(std::move(test));
}

}  // namespace

std::vector<AlertTest> times_above_usual_tests(const ConditionContext& context, const Usual& usual, double factor) {
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return {};
  }
  const double most = usual.windows();
  const double base = std::max(1000.0, usual.floor);
  const double level = 1000 * factor;
  UsualTests tests(context, usual, *labels);
  std::vector<AlertTest> added;
  add_level_tests(tests, most, factor, false, base, added);
  add_floor_tests(tests, most, most / factor, usual.floor, false, added);
  // A part of the window at the new level is enough: d windows where d * level is the excess over factor * usual.
  const double crossed = (factor - 1) / ((level - 1) * (1 - factor / most));
  add_sudden_test(tests, most / factor, base, level, crossed, added);
  add_history_test(context, usual, *labels, factor, false, added);
  return added;
}

std::vector<AlertTest> drop_from_usual_tests(const ConditionContext& context, const Usual& usual, double share) {
  const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc);
  if (!labels) {
    return {};
  }
  const double all = usual.windows();
  const double kept = without_noise(1 - share);
  // Far above the floor, which the usual falls towards.
  const double base = std::max(1000.0, usual.floor * 20);
  UsualTests tests(context, usual, *labels);
  std::vector<AlertTest> added;
  add_level_tests(tests, all, kept, true, base, added);
  add_floor_tests(tests, all, all, usual.floor, true, added);
  add_sudden_test(tests, all, base, 0, share / (1 - kept / all), added);
  add_history_test(context, usual, *labels, kept, true, added);
  return added;
}

}  // namespace leeway
