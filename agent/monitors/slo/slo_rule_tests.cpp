#include "agent/monitors/slo/slo_rule_tests.h"

#include <algorithm>
#include <cmath>

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

constexpr double kPlenty = 1e6;      // events in a window
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

// One timeline over recorded series of a tier.
class TierTimeline {
 public:
  TierTimeline(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier)
      : target_(target), settings_(settings), tier_(tier) {}

  // For `count` minutes: error ratios over the long and the short window, bad events and events in the long one.
  TierTimeline& during(int count, double long_ratio, double short_ratio, double bad = kPlenty,
                       double events = kPlenty) {
    long_.hold(long_ratio, count);
    short_.hold(short_ratio, count);
    bad_.hold(bad, count);
    events_.hold(events, count);
    minute_ += count;
    return *this;
  }
  TierTimeline& quiet(int minute) { return expect(minute, {}); }
  TierTimeline& fires(int minute, double value) { return expect(minute, {firing(target_, value)}); }
  TierTimeline& other_quiet(int minute, const std::string& alert) {
    expectations_.push_back({minutes(minute), {}, alert});
    return *this;
  }
  int minute() const { return minute_; }

  AlertTest test(std::string name) const {
    const std::string long_window = format_duration(tier_.tier.long_window);
    AlertTest test;
    test.name = std::move(name);
    test.input = {
        {recorded_slo_series(slo_ratio_name(long_window), target_), long_.text()},
        {recorded_slo_series(slo_ratio_name(format_duration(tier_.tier.short_window)), target_), short_.text()}};
    if (settings_.min_bad_events > 1) {
      test.input.push_back({recorded_slo_series(slo_bad_events_name(long_window), target_), bad_.text()});
    }
    if (settings_.min_events > 1) {
      test.input.push_back({recorded_slo_series(slo_events_name(long_window), target_), events_.text()});
    }
    test.input.push_back(budget_left(target_, minute_));
    test.expectations = expectations_;
    return test;
  }

 private:
  TierTimeline& expect(int minute, std::vector<FiringAlert> firing) {
    expectations_.push_back({minutes(minute), std::move(firing), ""});
    return *this;
  }

  const SloTarget& target_;
  const SloAlertSettings& settings_;
  const TierSettings& tier_;
  SampleText long_, short_, bad_, events_;
  std::vector<AlertExpectation> expectations_;
  int minute_ = 0;
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
  const int keep = in_minutes(tier.keep_firing_for);
  TierTimeline line(target, settings, tier);
  line.during(kQuiet, ratio.under, ratio.under).quiet(line.minute() - 1);
  line.during(kQuiet, ratio.over, ratio.under).quiet(line.minute() - 1);
  line.during(kQuiet, ratio.under, ratio.over).quiet(line.minute() - 1);
  const int start = line.minute();
  line.during(hold + kQuiet, ratio.over, ratio.over).quiet(start + hold - 1).fires(start + hold, ratio.over);
  for (const TierSettings& faster : settings.tiers) {
    if (faster.enabled && faster.factor > tier.factor) {
      line.other_quiet(start + hold, faster.alert);
    }
  }
  const int end = line.minute();
  line.fires(end - 1, ratio.over).during(keep + kQuiet, ratio.over, 0);
  if (keep > 0) {
    line.fires(end + keep - 1, ratio.over);
  }
  line.quiet(end + keep);
  return line.test("fires above the threshold in both windows, not below, not before, and without a faster tier");
}

AlertTest few_events_test(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier) {
  const double ratio = std::min(1.0, around(threshold_of(target, tier)).over);
  const double bad = static_cast<double>(settings.min_bad_events);
  const double events = static_cast<double>(std::max<std::int64_t>(settings.min_events, 1));
  const int hold = in_minutes(tier.hold);
  TierTimeline line(target, settings, tier);
  line.during(hold + kQuiet, ratio, ratio, 1, kPlenty).quiet(line.minute() - 1);
  line.during(hold + kQuiet, ratio, ratio, bad * 0.95, kPlenty).quiet(line.minute() - 1);
  if (settings.min_events > 1) {
    line.during(hold + kQuiet, ratio, ratio, kPlenty, events * 0.95).quiet(line.minute() - 1);
  }
  const int start = line.minute();
  line.during(hold + kQuiet, ratio, ratio, std::max(bad, 1.0) * 1.05, events * 1.05).fires(start + hold, ratio);
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
  const int length = std::min(crossed - skipped + hold + kQuiet, long_window - skipped);
  const double step = kShade / long_window;
  const int rising = std::max(0, std::min(length, short_window - skipped));
  SampleText long_ratio, short_ratio, plenty;
  long_ratio.hold(step * skipped, kQuiet + 1).ramp(step, length);
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
  if (settings.min_events > 1) {
    test.input.push_back({recorded_slo_series(slo_events_name(window), target), plenty.text()});
  }
  test.input.push_back(budget_left(target, kQuiet + 1 + length));
  const int fires = kQuiet + crossed - skipped + hold;
  const double value = step * (crossed + hold);
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
                      window * kPerMinute > static_cast<double>(settings.min_events) * 2;
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
  std::vector<AlertTest> tests = {threshold_test(target, settings, tier), outage_test(target, settings, tier)};
  if (settings.min_bad_events > 1) {
    tests.push_back(few_events_test(target, settings, tier));
  }
  for (AlertTest& test : counter_outage_tests(target, settings, tier)) {
    tests.push_back(std::move(test));
  }
  for (AlertTest& test : slo_unjudged_tests(target, tier, threshold_of(target, tier))) {
    tests.push_back(std::move(test));
  }
  return tests;
}

std::vector<AlertTest> slo_absent_tests(const SloTarget& target, const SloAlertSettings& settings) {
  const int hold = in_minutes(settings.absent_for);
  const int last = 10;
  AlertTest test;
  test.name = "only this alert fires when the input is absent for " + format_duration(settings.absent_for);
  test.input = {{slo_counter_series(kSloEvents, target), SampleText().hold(5, last + 1).stale().text()},
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
  steady.input = {{slo_counter_series(kSloEvents, target), SampleText().hold(5, hold + 30).text()}};
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
  const RuleLabels labels{{"instance", "a"}, {"job", "leeway"}, {"slo", target.name}};
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
