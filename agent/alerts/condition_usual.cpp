// Comparisons of a window with the usual, the mean of a much longer time that ends with it. Summed over a fleet.
#include <algorithm>
#include <cmath>

#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

struct Usual {
  Duration window{};
  Duration usual{};
  double floor = 0;
};

std::optional<Usual> read_usual(TableReader& reader, const ConditionContext& context) {
  Usual usual;
  usual.window = read_window(reader, "window", std::chrono::hours(1), context);
  usual.usual = read_window(reader, "usual", std::chrono::hours(24 * 7), context);
  usual.floor = reader.number("floor").value_or(0);
  constexpr int kLeastWindows = 4;
  if (usual.usual < kLeastWindows * usual.window) {
    reader.error("usual", "'usual' is " + format_duration(usual.usual) + "; expected at least " +
                              std::to_string(kLeastWindows) + " windows of " + format_duration(usual.window) +
                              ", or the unusual would be most of the usual");
    return std::nullopt;
  }
  return usual;
}

// PromQL for what the metric usually did in a window.
std::string usual_amount(const ConditionContext& context, const Usual& usual) {
  const std::string whole = amount_within(context, usual.usual);
  return is_counter(*context.desc)
             ? whole + " / " + number_text(without_noise(to_seconds(usual.usual) / to_seconds(usual.window)))
             : whole;
}

int ceil_steps(Duration duration, Duration step) { return static_cast<int>((duration + step - Duration(1)) / step); }

// Tests of one series that does the usual for the usual time and then, from evaluation 0 on, something else.
class UsualTests {
 public:
  UsualTests(const ConditionContext& context, const Usual& usual, RuleLabels labels)
      : counter_(is_counter(*context.desc)),
        window_(usual.window),
        step_(std::min(timing_of(context, usual.usual).step, usual.window)),
        history_(ceil_steps(usual.usual, step_)),
        hold_(ceil_steps(context.hold, step_)),
        series_(series_text(context.metric.metric, labels)),
        firing_(without_labels(std::move(labels), summed_labels(context, *context.desc))) {}

  int hold() const { return hold_; }
  // Evaluations after which the window holds nothing of before.
  int full() const { return ceil_steps(window_, step_); }
  // And `for` is over.
  int settled() const { return full() + hold_ + 2; }
  double windows(int steps) const { return to_seconds(step_) * steps / to_seconds(window_); }
  double steps(double windows) const { return windows / this->windows(1); }

  // `before` and `after` are amounts a window.
  void start(std::string name, double before, double after, int steps) {
    test_ = {};
    test_.name = std::move(name);
    test_.evaluation_interval = step_;
    test_.interval = step_ / kSamples;
    test_.state_only = true;
    SampleText text;
    if (counter_) {
      const double share = 1 / (this->steps(1) * kSamples);
      text.hold(0, 1).ramp(before * share, history_ * kSamples).ramp(after * share, steps * kSamples);
    } else {
      text.hold(before, history_ * kSamples + 1).hold(after, steps * kSamples);
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
  void finish(Condition& condition) { condition.tests.push_back(std::move(test_)); }

 private:
  static constexpr int kSamples = 4;  // an evaluation

  bool counter_;
  Duration window_;
  Duration step_;
  int history_;
  int hold_;
  std::string series_;
  RuleLabels firing_;
  AlertTest test_;
};

// What is unusual for long becomes the usual: tests leave that time alone, and what follows soon before it.
constexpr double kStillUnusual = 0.9;

// The amount a window which, after `since` windows of it, is `ratio` times the usual: the mean over `all` windows.
double level_for(double ratio, double base, double since, double all) {
  return ratio * base * (all - since) / (all - ratio * since);
}

// Quiet where the ratio comes to within 5 % of the factor, which it does when the window is full; fires where it still
// is 5 % beyond after `for`.
void add_level_tests(UsualTests& tests, double all, double factor, bool lower, double base, Condition& condition) {
  const int end = tests.settled();
  const double when_full = tests.windows(tests.full());
  tests.start("quiet 5 % within the factor", base, level_for(within(factor, lower), base, when_full, all), end);
  tests.expect(0, false);
  tests.expect(tests.full() + tests.hold(), false);
  tests.expect(end, false);
  tests.finish(condition);
  const double ratio = beyond(factor, lower);
  const double since = tests.windows(end);
  if (since < kStillUnusual * all / std::max(ratio, 1.0)) {
    tests.start("fires 5 % beyond the factor", base, level_for(ratio, base, since, all), end);
    tests.expect(0, false);
    tests.expect(end, true);
    tests.finish(condition);
  }
}

// From the usual to `level` times it at once: fires at the evaluation after `crossed` windows, and `for`.
void add_sudden_test(UsualTests& tests, double lasts, double base, double level, double crossed, Condition& condition) {
  const double at = tests.steps(crossed);
  const double fraction = at - std::floor(at);
  constexpr double kTell = 0.1;  // of a step: more than what a range's first sample makes out
  const int fires = static_cast<int>(at) + 1 + tests.hold();
  const bool clear = crossed < 1 ? (fraction > kTell || at < kTell) && fraction < 1 - kTell : false;
  if (!clear || tests.windows(fires + 1) > kStillUnusual * lasts) {
    return;
  }
  tests.start("fires in time, not one evaluation before", base, base * level, fires + 1);
  tests.expect(fires - 1, false);
  tests.expect(fires, true);
  tests.finish(condition);
}

// Far beyond the factor, but of little: `floor` keeps it quiet, and a little more does not. The floor of a drop is
// about the usual amount, of which what fell is a part.
void add_floor_tests(UsualTests& tests, double all, double lasts, double floor, bool drop, Condition& condition) {
  const int end = tests.settled();
  const double since = tests.windows(end);
  if (floor <= 0 || since > kStillUnusual * lasts) {
    return;
  }
  const double little = floor * (drop ? 0.98 : 0.95);
  tests.start("too little to matter: quiet", drop ? little : 0, drop ? 0 : little, end);
  tests.expect(tests.full() + tests.hold(), false);
  tests.expect(end, false);
  tests.finish(condition);
  const double enough = floor * 1.05;
  tests.start("just enough to matter: fires", drop ? enough * all / (all - since) : 0, drop ? 0 : enough, end);
  tests.expect(end, true);
  tests.finish(condition);
}

// What lasts for `lasts` has become the usual.
void check_hold(ConditionContext& context, Duration lasts) {
  if (context.hold + context.catalog.settings.evaluation_interval >= lasts) {
    context.reader.error("for", "'for' is " + format_duration(context.hold) + ", but what lasts " +
                                    format_duration(std::chrono::duration_cast<std::chrono::seconds>(lasts)) +
                                    " is usual by then, so the alert could never fire; expected a shorter 'for'");
  }
}

}  // namespace

std::optional<Condition> build_times_above_usual(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<double> factor = read_limit(*reader, "factor");
  const std::optional<Usual> usual = read_usual(*reader, context);
  reader->finish();
  if (!factor || !usual) {
    return std::nullopt;
  }
  const double most = to_seconds(usual->usual) / to_seconds(usual->window);
  if (*factor <= 1 || *factor >= most) {
    reader->error("factor", "'factor' is " + number_text(*factor) + "; expected more than 1 and less than " +
                                number_text(without_noise(most)) + ", the number of windows in the usual time");
    return std::nullopt;
  }
  check_hold(context, std::chrono::duration_cast<Duration>(usual->usual / *factor));
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  const std::string now = amount_within(context, usual->window);
  condition.expr = now + "\n> " + number_text(*factor) + " *\n" + usual_amount(context, *usual);
  if (usual->floor > 0) {
    condition.expr += "\nand\n" + now + " >= " + number_text(usual->floor);
  }
  condition.range = usual->usual;
  condition.text = "is more than " + number_text(*factor) + " times what is usual in " + format_duration(usual->window);
  if (const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc)) {
    const double base = std::max(1000.0, usual->floor);
    const double level = 1000 * *factor;
    UsualTests tests(context, *usual, *labels);
    add_level_tests(tests, most, *factor, false, base, condition);
    add_floor_tests(tests, most, most / *factor, usual->floor, false, condition);
    // A part of the window at the new level is enough: d windows where d * level is the excess over factor * usual.
    const double crossed = (*factor - 1) / ((level - 1) * (1 - *factor / most));
    add_sudden_test(tests, most / *factor, base, level, crossed, condition);
  }
  return condition;
}

std::optional<Condition> build_drop_from_usual(ConditionContext& context) {
  std::optional<TableReader> reader = context.reader.table(context.key);
  if (!reader) {
    return std::nullopt;
  }
  const std::optional<double> share = read_limit(*reader, "share");
  const std::optional<Usual> usual = read_usual(*reader, context);
  reader->finish();
  if (!share || !usual) {
    return std::nullopt;
  }
  if (*share <= 0 || *share >= 1) {
    reader->error("share", "'share' is " + number_text(*share) +
                               "; expected the part of the usual that is gone, between 0 and 1");
    return std::nullopt;
  }
  check_hold(context, usual->usual);
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.value_unit = unit_of(*context.desc);
  const double kept = without_noise(1 - *share);
  condition.expr =
      amount_within(context, usual->window) + "\n< " + number_text(kept) + " *\n" + usual_amount(context, *usual);
  if (usual->floor > 0) {
    condition.expr += "\nand\n" + usual_amount(context, *usual) + " >= " + number_text(usual->floor);
  }
  condition.range = usual->usual;
  condition.text = "fell by more than " + limit_text(*share, Unit::kRatio) + " below what is usual in " +
                   format_duration(usual->window);
  if (const std::optional<RuleLabels> labels = example_labels(context.metric, *context.desc)) {
    const double all = to_seconds(usual->usual) / to_seconds(usual->window);
    // Far above the floor, which the usual falls towards.
    const double base = std::max(1000.0, usual->floor * 20);
    UsualTests tests(context, *usual, *labels);
    add_level_tests(tests, all, kept, true, base, condition);
    add_floor_tests(tests, all, all, usual->floor, true, condition);
    add_sudden_test(tests, all, base, 0, *share / (1 - kept / all), condition);
  }
  return condition;
}

}  // namespace leeway
