#include "agent/monitors/slo/slo_rule_tests.h"

#include <algorithm>
#include <cmath>

#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/slo/slo_input_alerts.h"
#include "agent/monitors/slo/slo_metrics.h"
#include "agent/monitors/slo/slo_records.h"
#include "agent/monitors/slo/slo_rule_parts.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr double kPlenty = 1e13;     // events in a window
constexpr double kPerMinute = 1000;  // events
constexpr int kQuiet = 10;           // minutes before anything happens

constexpr double kLeft = 0.5;  // of the budget

// A firing tier whose long window has this share of bad events.
FiringAlert firing(const SloTarget& target, double ratio) {
  return {slo_series_labels(target), ratio, kLeft * budget_seconds(target) / ratio};
}
InputSeries budget_left(const SloTarget& target, int samples) {
  return {recorded_slo_series(kSloBudgetRemaining, target), SampleText().hold(kLeft, samples).text()};
}

// Values of the series that a tier reads.
struct TierInput {
  double long_ratio = 0;
  double short_ratio = 0;
  double bad = kPlenty;  // in the long window
  double events = kPlenty;
  double short_events = kPlenty;
};

// One timeline over recorded series of a tier.
class TierTimeline {
 public:
  TierTimeline(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier,
               Duration step = minutes(1))
      : target_(target), settings_(settings), tier_(tier), step_(step) {}

  int steps(Duration duration) const { return static_cast<int>((duration + step_ - Duration(1)) / step_); }
  TierTimeline& during(int count, const TierInput& input) {
    long_.hold(input.long_ratio, count);
    short_.hold(input.short_ratio, count);
    bad_.hold(input.bad, count);
    events_.hold(input.events, count);
    short_events_.hold(input.short_events, count);
    longer_.hold(input.long_ratio, count);
    now_ += count;
    return *this;
  }
  // No events in any window up to the long one.
  TierTimeline& without_events(int count, double longer_ratio) {
    long_.gap(count);
    short_.gap(count);
    bad_.hold(0, count);
    events_.hold(0, count);
    short_events_.hold(0, count);
    longer_.hold(longer_ratio, count);
    now_ += count;
    return *this;
  }
  TierTimeline& quiet(int at) { return expect(at, {}); }
  TierTimeline& fires(int at, double value) { return expect(at, {firing(target_, value)}); }
  TierTimeline& other_quiet(int at, const std::string& alert) {
    expectations_.push_back({step_ * at, {}, alert});
    return *this;
  }
  int now() const { return now_; }
  // The long window of the next slower tier; none for the last one.
  std::optional<Duration> longer() const {
    for (const TierSettings& slower : settings_.tiers) {
      if (slower.enabled && slower.tier.long_window > tier_.tier.long_window) {
        return slower.tier.long_window;
      }
    }
    return std::nullopt;
  }

  AlertTest test(std::string name) const {
    const std::string long_window = format_duration(tier_.tier.long_window);
    const std::string short_window = format_duration(tier_.tier.short_window);
    AlertTest test;
    test.name = std::move(name);
    test.evaluation_interval = step_;
    test.interval = step_;
    const auto add = [&](const std::string& record, const SampleText& values) {
      test.input.push_back({recorded_slo_series(record, target_), values.text()});
    };
    add(slo_ratio_name(long_window), long_);
    add(slo_ratio_name(short_window), short_);
    if (const std::optional<Duration> window = longer()) {
      add(slo_ratio_name(format_duration(*window)), longer_);
    }
    if (settings_.min_bad_events > 1) {
      add(slo_bad_events_name(long_window), bad_);
    }
    if (tier_.min_events > 1) {
      add(slo_events_name(long_window), events_);
    }
    add(slo_events_name(short_window), short_events_);
    test.input.push_back(budget_left(target_, now_));
    test.expectations = expectations_;
    return test;
  }

 private:
  TierTimeline& expect(int at, std::vector<FiringAlert> firing) {
    expectations_.push_back({step_ * at, std::move(firing), ""});
    return *this;
  }

  const SloTarget& target_;
  const SloAlertSettings& settings_;
  const TierSettings& tier_;
  Duration step_;
  SampleText long_, short_, bad_, events_, short_events_, longer_;
  std::vector<AlertExpectation> expectations_;
  int now_ = 0;
};

// Ratios slightly below and above the threshold, each by less than a tenth of it.
struct Ratios {
  double under, over;
};
Ratios around(double threshold) {
  const double over = threshold * 1.05 < 1 ? threshold * 1.05 : (threshold + 1) / 2;
  return {without_noise(threshold * 0.95), without_noise(over)};
}

double threshold_of(const SloTarget& target, const TierSettings& tier) {
  return without_noise(tier.factor * error_budget(target.objective));
}

AlertTest threshold_test(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier) {
  const Ratios ratio = around(threshold_of(target, tier));
  const int hold = in_minutes(tier.hold);
  TierTimeline line(target, settings, tier);
  line.during(kQuiet, {ratio.under, ratio.under}).quiet(line.now() - 1);
  line.during(kQuiet, {ratio.over, ratio.under}).quiet(line.now() - 1);
  line.during(kQuiet, {ratio.under, ratio.over}).quiet(line.now() - 1);
  const int start = line.now();
  line.during(hold + kQuiet, {ratio.over, ratio.over}).quiet(start + hold - 1).fires(start + hold, ratio.over);
  for (const TierSettings& faster : settings.tiers) {
    if (faster.enabled && faster.factor > tier.factor) {
      line.other_quiet(start + hold, faster.alert);
    }
  }
  return line.test("fires above the threshold in both windows, not below, not before, and without a faster tier");
}

// Evaluations less often where the alert waits or keeps firing for long; more often than Prometheus' lookback.
Duration stay_step(const TierSettings& tier) { return tier.keep_firing_for > minutes(20) ? minutes(4) : minutes(1); }

// Over its threshold, the alert goes on at a little more than half of it, until the short window can tell and says that
// it is over.
AlertTest stay_test(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier) {
  const Ratios limit = around(threshold_of(target, tier));
  const Ratios half = around(threshold_of(target, tier) / 2);
  TierTimeline line(target, settings, tier, stay_step(tier));
  const int keep = line.steps(tier.keep_firing_for);
  const int start = line.steps(tier.hold) + 2;
  const auto stays = [&](const TierInput& input) {
    line.during(keep + 3, input).fires(line.now() - 1, input.long_ratio);
  };
  line.during(start, {limit.over, limit.over}).fires(start - 1, limit.over);
  stays({half.over, half.over});
  stays({half.over, half.under, kPlenty, kPlenty, without_noise(kTellingBadEvents * 0.95 / half.over)});
  const int over = line.now();
  line.during(keep + 3, {half.over, half.under, kPlenty, kPlenty, without_noise(kTellingBadEvents * 1.05 / half.over)});
  if (keep > 0) {
    line.fires(over + keep - 1, half.over);
  }
  line.quiet(over + keep + 1);
  return line.test("goes on above half of the threshold, until enough events of the short window are good");
}

// Without events it goes on as a longer window says; it ends below half of the threshold.
AlertTest no_events_test(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier) {
  const Ratios limit = around(threshold_of(target, tier));
  const Ratios half = around(threshold_of(target, tier) / 2);
  TierTimeline line(target, settings, tier, stay_step(tier));
  const int keep = line.steps(tier.keep_firing_for);
  const int start = line.steps(tier.hold) + 2;
  line.during(start, {limit.over, limit.over}).fires(start - 1, limit.over);
  double last = limit.over;  // while it keeps firing, its value is the last one
  if (line.longer()) {
    last = half.over;
    line.without_events(keep + 7, half.over).fires(line.now() - 1, half.over);
  }
  const int over = line.now();
  line.during(keep + 3, {half.under, limit.over});
  if (keep > 0) {
    line.fires(over + keep - 1, last);
  }
  line.quiet(over + keep + 1);
  return line.test("without events it goes on as a longer window says, and ends below half of the threshold");
}

AlertTest few_events_test(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier) {
  const double ratio = std::min(1.0, around(threshold_of(target, tier)).over);
  const double bad = static_cast<double>(settings.min_bad_events);
  const double events = static_cast<double>(std::max<std::int64_t>(tier.min_events, 1));
  const int hold = in_minutes(tier.hold);
  TierTimeline line(target, settings, tier);
  line.during(hold + kQuiet, {ratio, ratio, 1}).quiet(line.now() - 1);
  line.during(hold + kQuiet, {ratio, ratio, bad * 0.95}).quiet(line.now() - 1);
  if (tier.min_events > 1) {
    line.during(hold + kQuiet, {ratio, ratio, kPlenty, events * 0.95}).quiet(line.now() - 1);
  }
  const int start = line.now();
  line.during(hold + kQuiet, {ratio, ratio, std::max(bad, 1.0) * 1.05, events * 1.05}).fires(start + hold, ratio);
  return line.test("one bad event, or too few, in a quiet service: no alert");
}

// A total outage after a long healthy time: the bad share of the long window grows by one minute per minute. If
// detection takes hours, the timeline begins some time after the start of the outage.
AlertTest outage_test(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier) {
  constexpr int kLongest = 90;
  constexpr double kShade = 1 - 1e-8;  // keeps a share that should just reach the threshold from passing it by rounding
  const int long_window = in_minutes(tier.tier.long_window);
  const int short_window = in_minutes(tier.tier.short_window);
  const int hold = in_minutes(tier.hold);
  const int crossed = in_minutes(outage_detection(target, tier)) - hold;
  const int skipped = crossed > kLongest ? crossed - kQuiet : 0;  // minutes of outage before the timeline
  const int length = crossed - skipped + hold + kQuiet;
  const int growing = std::min(length, long_window - skipped);
  const double step = kShade / long_window;
  const int rising = std::max(0, std::min(length, short_window - skipped));
  SampleText long_ratio, short_ratio, plenty;
  long_ratio.hold(step * skipped, kQuiet + 1).ramp(step, growing);
  long_ratio.hold(kShade, length - growing);
  short_ratio.hold(std::min(1.0, skipped * 1.0 / short_window), kQuiet + 1).ramp(1.0 / short_window, rising);
  short_ratio.hold(1, length - rising);
  plenty.hold(kPlenty, kQuiet + 1 + length);
  const std::string window = format_duration(tier.tier.long_window);
  AlertTest test;
  test.name = "a total outage fires after factor * budget * " + window + " = " + format_duration(minutes(crossed)) +
              (hold > 0 ? " and `for`" : "") + ", not before";
  if (skipped > 0) {
    test.name += "; it is " + format_duration(minutes(skipped)) + " old at the start";
  }
  test.input = {
      {recorded_slo_series(slo_ratio_name(window), target), long_ratio.text()},
      {recorded_slo_series(slo_ratio_name(format_duration(tier.tier.short_window)), target), short_ratio.text()}};
  if (settings.min_bad_events > 1) {
    test.input.push_back({recorded_slo_series(slo_bad_events_name(window), target), plenty.text()});
  }
  if (tier.min_events > 1) {
    test.input.push_back({recorded_slo_series(slo_events_name(window), target), plenty.text()});
  }
  test.input.push_back(budget_left(target, kQuiet + 1 + length));
  const int fires = kQuiet + crossed - skipped + hold;
  const double value = step * std::min(crossed + hold, long_window);
  test.expectations = {{minutes(fires - 1), {}, ""}, {minutes(fires), {firing(target, value)}, ""}};
  return test;
}

// Starting from the counters: a healthy hour, then only errors. Prometheus 2 sees 60 intervals in an hour of samples a
// minute apart and Prometheus 3 sees 59, so the test uses a minute on which both agree.
std::vector<AlertTest> counter_outage_tests(const SloTarget& target, const SloAlertSettings& settings,
                                            const TierSettings& tier) {
  const int window = in_minutes(tier.tier.long_window);
  const double threshold = threshold_of(target, tier);
  const auto first_above = [threshold](int intervals) {
    return static_cast<int>(std::floor(threshold * intervals)) + 1;
  };
  const int bad_minutes = first_above(window);
  const bool agree = bad_minutes == first_above(window - 1) && bad_minutes > 0;
  const bool enough = bad_minutes * kPerMinute > static_cast<double>(settings.min_bad_events) * 2 &&
                      window * kPerMinute > static_cast<double>(tier.min_events) * 2;
  if (!agree || !enough || window > 60) {
    return {};
  }
  const int healthy = window + 5;
  const int hold = in_minutes(tier.hold);
  const int length = bad_minutes + hold + 5;
  AlertTest test;
  test.name = "starting from the counters: a total outage fires in time";
  test.input = {
      {slo_counter_series(kSloEvents, target), SampleText().ramp(kPerMinute, healthy + length + 1).text()},
      {slo_counter_series(kSloBadEvents, target), SampleText().hold(0, healthy + 1).ramp(kPerMinute, length).text()}};
  const int fires = healthy + bad_minutes + hold;
  test.expectations = {
      {minutes(healthy), {}, ""}, {minutes(fires - 1), {}, ""}, {minutes(fires), {{slo_series_labels(target), 0}}, ""}};
  test.state_only = true;  // the two versions see different values

  AlertTest quiet;
  quiet.name = "starting from the counters: one bad event among ten per hour";
  quiet.input = {{slo_counter_series(kSloEvents, target), SampleText().hold(0, 6).hold(10, 60).hold(20, 60).text()},
                 {slo_counter_series(kSloBadEvents, target), SampleText().hold(0, 66).hold(1, 60).text()}};
  quiet.expectations = {{minutes(67), {}, ""}, {minutes(90), {}, ""}, {minutes(120), {}, ""}};
  if (settings.min_bad_events < 2) {
    return {test};
  }
  return {test, quiet};
}

}  // namespace

std::vector<AlertTest> slo_tier_tests(const SloTarget& target, const SloAlertSettings& settings,
                                      const TierSettings& tier) {
  std::vector<AlertTest> tests = {threshold_test(target, settings, tier), outage_test(target, settings, tier),
                                  stay_test(target, settings, tier), no_events_test(target, settings, tier)};
  if (settings.min_bad_events > 1 || tier.min_events > 1) {
    tests.push_back(few_events_test(target, settings, tier));
  }
  for (AlertTest& test : counter_outage_tests(target, settings, tier)) {
    tests.push_back(std::move(test));
  }
  return tests;
}

std::vector<AlertTest> slo_absent_tests(const SloTarget& target, const SloAlertSettings& settings) {
  const int hold = in_minutes(settings.absent_for);
  const int last = 10;
  AlertTest test;
  test.name = "only this alert fires when the input is absent for " + format_duration(settings.absent_for);
  const std::string presence =
      target.by.empty() ? slo_counter_series(kSloEvents, target)
                        : series_text(kSloObjective, {{"instance", "a"}, {"job", "leeway"}, {"slo", target.name}});
  test.input = {{presence, SampleText().hold(5, last + 1).stale().text()},
                {slo_counter_series(kSloBadEvents, target), SampleText().hold(0, last + 1).stale().text()}};
  test.expectations = {{minutes(last), {}, ""}, {minutes(last + hold), {}, ""}};
  test.expectations.push_back({minutes(last + 1 + hold), {{{{"slo", target.name}}, 1}}, ""});
  for (const TierSettings& tier : settings.tiers) {
    if (tier.enabled) {
      test.expectations.push_back({minutes(last + 1 + hold), {}, tier.alert});
    }
  }
  AlertTest steady;
  steady.name = "no alert while events are exported, though none happen";
  steady.input = {{presence, SampleText().hold(5, hold + 30).text()}};
  steady.expectations = {{minutes(hold + 29), {}, ""}};
  test.state_only = true;
  steady.state_only = true;
  return {test, steady};
}

std::vector<AlertTest> slo_impossible_tests(const SloTarget& target) {
  constexpr int kHold = 5;
  constexpr int kStart = 80;
  // With a quarter more bad events than events for k of 60 minutes, the hour has 1 % more at k = 2.4: at the third.
  constexpr int kCrossed = 3;
  AlertTest sudden;
  sudden.name = "fires once bad events outnumber events, not where all are bad";
  sudden.input = {{slo_counter_series(kSloEvents, target), SampleText().ramp(100, kStart + 20).text()},
                  {slo_counter_series(kSloBadEvents, target), SampleText().ramp(100, kStart).ramp(125, 20).text()}};
  const RuleLabels labels = with_label(slo_series_labels(target), "instance", "a");
  const int fires = kStart - 1 + kCrossed + kHold;  // the first sample is that of minute 0
  sudden.expectations = {
      {minutes(kStart - 1), {}, ""}, {minutes(fires - 1), {}, ""}, {minutes(fires), {{labels, 0}}, ""}};
  sudden.state_only = true;
  AlertTest steady;
  steady.name = "gives the number of bad events";
  steady.input = {{slo_counter_series(kSloEvents, target), SampleText().ramp(1000, 100).text()},
                  {slo_counter_series(kSloBadEvents, target), SampleText().ramp(1050, 100).text()}};
  steady.expectations = {{minutes(99), {{labels, 1050 * 60}}, ""}};
  AlertTest just;
  just.name = "no alert where the two differ by rounding only";
  just.input = {{slo_counter_series(kSloEvents, target), SampleText().ramp(1000, 100).text()},
                {slo_counter_series(kSloBadEvents, target), SampleText().ramp(1009, 100).text()}};
  just.expectations = {{minutes(99), {}, ""}};
  return {sudden, steady, just};
}

}  // namespace leeway
