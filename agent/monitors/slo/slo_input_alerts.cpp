#include "agent/monitors/slo/slo_input_alerts.h"

#include <algorithm>

#include "agent/alerts/counter_share.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/slo/slo_metrics.h"
#include "agent/monitors/slo/slo_records.h"
#include "agent/monitors/slo/slo_rule_parts.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr const char* kMismatches = "leeway_metric_type_mismatches_total";
constexpr const char* kRecords = "leeway_source_records_total";
constexpr Duration kWeek = hours(24 * 7);
constexpr double kSkippedShare = 0.01;
constexpr int kSkippedLeast = 100;  // records of an hour
constexpr int kStoppedLeast = 10;   // records of the source, without an event of the SLO
constexpr Duration kStoppedHold = minutes(5);
// Where it is not known what is usual at this time of the week: longer than a weekend from Friday evening to Monday.
constexpr Duration kFirstWeek = hours(24 * 3);

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

// Records of the SLO's sources within the window, with the labels of its recorded series but `slo`.
std::string records_within(Duration window, const SloTarget& target, const Catalog& catalog) {
  std::vector<std::string> summed = catalog.settings.fleet_labels;
  summed.insert(summed.begin(), "source");
  return "sum without (" + joined(summed) + ") (increase(" + kRecords +
         (target.sources.empty() ? "" : "{" + one_of("source", target.sources) + "}") + "[" + format_duration(window) +
         "]))";
}

// Of an alert on all values of `by`.
RuleLabels labels_of_slo(const SloTarget& target) { return {{"job", "leeway"}, {"slo", target.name}}; }
// Sums over the values of `by`.
std::string over_values(const std::string& expression, const SloTarget& target) {
  return target.by.empty() ? expression : "sum without (" + joined(target.by) + ") (" + expression + ")";
}
std::string records_series(const SloTarget& target) {
  return series_text(
      kRecords,
      {{"instance", "a"}, {"job", "leeway"}, {"source", target.sources.empty() ? "app" : target.sources.front()}});
}

// Records within the window that the SLO was not to judge.
std::string in_maintenance(Duration window, const SloTarget& target, const Catalog& catalog) {
  std::vector<std::string> summed = catalog.settings.fleet_labels;
  summed.insert(summed.end(), target.by.begin(), target.by.end());
  return "sum without (" + joined(summed) + ") (increase(" + kSloMaintenance + slo_matcher(target) + "[" +
         format_duration(window) + "]))";
}

std::string skipped_query(const SloTarget& target) {
  return "sum by (reason) (increase(leeway_metric_skipped_records_total{metric=" + quote_promql("slo:" + target.name) +
         "}[1h]))";
}

void add_skipped(const SloTarget& target, AlertRule alert, Catalog& catalog) {
  alert.name = "SloInputSkipped";
  alert.severity = Severity::kWarning;
  alert.hold = minutes(15);
  CounterShare share;
  share.failed = kSloUnjudged + slo_matcher(target);
  share.rest = kSloEvents + slo_matcher(target);
  share.limit = kSkippedShare;
  share.window = hours(1);
  share.least = kSkippedLeast;
  share.failed_series = slo_counter_series(kSloUnjudged, target);
  share.rest_series = slo_counter_series(kSloEvents, target);
  share.firing = slo_series_labels(target);
  use_share(share, catalog.settings, alert);
  alert.summary = slo_subject(target) + " cannot judge records.";
  alert.description =
      "$value of the records of the last 1h that " + slo_subject(target) + " should judge could not be judged.";
  alert.when = "more than " + number_text(kSkippedShare * 100) + "% of its records cannot be judged";
  alert.metrics = {kSloUnjudged, kSloEvents};
  alert.runbook.meaning =
      "Records lack what the SLO judges them by, or have it in another type: a field was renamed, or a number is "
      "compared with a text. They count neither as good nor as bad.";
  alert.runbook.queries = {skipped_query(target)};
  alert.runbook.steps = {
      "See the reason: missing_field is a field that the records do not have, wrong_type one of another type.",
      "Compare a recent record with `good`, or `value`, of the SLO; `leeway replay` on a part of the log tells whether "
      "a correction helps.",
      "Records that are no events: leave them out with `when`."};
  catalog.alerts.push_back(std::move(alert));
}

// Records that have no value of `by` belong to no series: their share is that of all records of the SLO.
void add_unlabelled(const SloTarget& target, AlertRule alert, Catalog& catalog) {
  const std::string labels = joined(target.by);
  std::string none = "{slo=" + quote_promql(target.name);
  for (const std::string& label : target.by) {
    none += ", " + label + "=\"\"";
  }
  alert.name = "SloInputUnlabelled";
  alert.severity = Severity::kWarning;
  alert.hold = minutes(15);
  CounterShare share;
  share.failed = kSloUnjudged + none + "}";
  share.rest = kSloEvents + slo_matcher(target);
  share.rest_summed = target.by;
  share.limit = kSkippedShare;
  share.window = hours(1);
  share.least = kSkippedLeast;
  share.failed_series = series_text(kSloUnjudged, with_label(labels_of_slo(target), "instance", "a"));
  share.rest_series = slo_counter_series(kSloEvents, target);
  share.firing = labels_of_slo(target);
  use_share(share, catalog.settings, alert);
  alert.summary = "SLO " + target.name + " has records without " + labels + ".";
  alert.description = "$value of the records of the last 1h that SLO $labels.slo should judge have no " + labels +
                      ", so they count for none.";
  alert.when = "more than " + number_text(kSkippedShare * 100) + "% of its records have no " + labels;
  alert.metrics = {kSloUnjudged, kSloEvents};
  alert.runbook.meaning = "Records lack a label of `by`, or have it as a list or an object: a field was renamed.";
  alert.runbook.queries = {skipped_query(target)};
  alert.runbook.steps = {"Compare a recent record with `by` of the SLO.",
                         "Records that are no events: leave them out with `when`."};
  catalog.alerts.push_back(std::move(alert));
}

// A comparison of a number with a text is never true, and its negation always: the SLO judges, but wrongly.
void add_mistyped(const SloTarget& target, AlertRule alert, Catalog& catalog) {
  const std::string metric = "slo:" + target.name;
  alert.name = "SloInputMistyped";
  alert.severity = Severity::kWarning;
  alert.hold = minutes(15);
  CounterShare share;
  share.failed = std::string(kMismatches) + "{metric=" + quote_promql(metric) + "}";
  share.rest = kSloEvents + slo_matcher(target);
  share.summed = {"metric"};
  share.rest_summed = target.by;
  share.rest_summed.insert(share.rest_summed.begin(), "slo");
  share.limit = kSkippedShare;
  share.window = hours(1);
  share.least = kSkippedLeast;
  share.failed_series = series_text(kMismatches, {{"instance", "a"}, {"job", "leeway"}, {"metric", metric}});
  share.rest_series = slo_counter_series(kSloEvents, target);
  share.firing = {{"job", "leeway"}};
  use_share(share, catalog.settings, alert);
  alert.summary = "SLO " + target.name + " compares numbers with texts, so it judges wrongly.";
  alert.description =
      "In the last 1h, its expressions compared values of types that are never equal, such as a "
      "number with a text. These comparisons and the events are counted together; the comparisons are $value of them.";
  alert.when = "more than " + number_text(kSkippedShare * 100) +
               "% of its comparisons and events are comparisons of "
               "values that are never equal, for their types";
  alert.metrics = {kMismatches, kSloEvents};
  alert.runbook.meaning =
      "A field has another type than the SLO expects. `status != \"500\"` is true for every number, 500 too.";
  alert.runbook.queries = {std::string("sum by (metric) (increase(") + kMismatches + "[1h]))"};
  alert.runbook.steps = {
      "The agent's log has an example of both values.",
      "Write the constant as the records have it, or convert the field: string(status), int(status).",
      "If both types are right, name both: status == 500 || status == \"500\"."};
  catalog.alerts.push_back(std::move(alert));
}

// Records go on for all of the test, at just the rate that matters; events stop before the first evaluation, unless
// said otherwise.
class StoppedTests {
 public:
  StoppedTests(const SloTarget& target, Duration after, Duration evaluation_interval)
      : target_(target), step_(test_step(evaluation_interval, after)) {
    window_ = steps_of(after, step_);
    hold_ = steps_of(kStoppedHold, step_);
  }

  std::vector<AlertTest> tests(bool weekly, bool first_week) const {
    std::vector<AlertTest> tests = {
        of_stop("fires once no record was judged for that long, resolves with the first", kStoppedLeast * 1.05, true),
        of_stop("quiet while its source has few records", kStoppedLeast * 0.95, false)};
    if (weekly) {
      tests.push_back(of_weekend());
    }
    if (first_week) {
      tests.push_back(of_first_week());
    }
    if (!target_.maintenance.empty()) {
      tests.push_back(of_maintenance());
    }
    return tests;
  }

 private:
  static constexpr int kSamples = 2;  // in a step

  AlertTest named(std::string name, const std::string& events, double records, int samples) const {
    AlertTest test = named_test(std::move(name), step_, step_ / kSamples);
    const double a_sample = records / window_ / kSamples;
    test.input = {{recorded_slo_series(slo_events_name("5m"), target_), events},
                  {records_series(target_), SampleText().hold(0, 1).ramp(a_sample, samples).text()}};
    return test;
  }

  AlertTest of_stop(std::string name, double records, bool fires) const {
    // The last event is between two evaluations, so that it makes no difference which end of a range belongs to it.
    const int stop = steps_of(kWeek, step_) + 2;
    const int first = stop + window_ + hold_;
    const int last = first + 3;
    SampleText events;
    events.hold(100, stop * kSamples).hold(0, (first + 1 - stop) * kSamples).hold(100, 2 * kSamples + 1);
    AlertTest test = named(std::move(name), events.text(), records, last * kSamples);
    test.expectations = {{step_ * (first - 1), {}, ""}, {step_ * first, {}, ""}, {step_ * last, {}, ""}};
    if (fires) {
      test.expectations[1].firing = {{labels_of_slo(target_), 0}};
    }
    return test;
  }

  // As in the test of the alert, but records are left out all the time.
  AlertTest of_maintenance() const {
    AlertTest test = of_stop("quiet while records are left out because of maintenance", kStoppedLeast * 1.05, false);
    const int last = static_cast<int>(test.expectations.back().at / step_) * kSamples;
    test.input.push_back({slo_counter_series(kSloMaintenance, target_), SampleText().ramp(10, last).text()});
    return test;
  }

  // There is no week before to compare with.
  AlertTest of_first_week() const {
    const int stop = 2;
    const int first = stop + steps_of(kFirstWeek, step_) + hold_;
    SampleText events;
    events.hold(100, stop * kSamples).hold(0, (first + 2 - stop) * kSamples);
    AlertTest test = named("in its first week, fires only once that took " + format_duration(kFirstWeek), events.text(),
                           kStoppedLeast * 10, (first + 2) * kSamples);
    test.expectations = {{step_ * (first - 1), {}, ""}, {step_ * first, {{labels_of_slo(target_), 0}}, ""}};
    return test;
  }

  // Two days without an event, and again a week later.
  AlertTest of_weekend() const {
    const int day = steps_of(hours(24), step_);
    SampleText events;
    for (int week = 0; week < 2; ++week) {
      events.hold(100, day * kSamples).hold(0, 2 * day * kSamples).hold(100, 4 * day * kSamples);
    }
    AlertTest test = named("quiet where the week before had no events at that time either", events.text(),
                           kStoppedLeast * 10, 14 * day * kSamples);
    test.expectations = {{step_ * (day + window_ + hold_ + 2), {}, ""},
                         {step_ * (3 * day), {}, ""},
                         {step_ * (8 * day + window_ + hold_ + 2), {}, ""},
                         {step_ * (10 * day), {}, ""}};
    return test;
  }

  const SloTarget& target_;
  Duration step_;
  int window_ = 0;
  int hold_ = 0;
};

void add_stopped(const SloTarget& target, const SloAlertSettings& settings, AlertRule alert, Catalog& catalog) {
  const std::string events = slo_events_name("5m") + slo_matcher(target);
  const std::string after = format_duration(settings.stopped_for);
  const auto most = [&events, &target](const std::string& window, const std::string& offset) {
    return over_values("max_over_time(" + events + "[" + window + "]" + offset + ")", target);
  };
  const bool weekly = settings.stopped_for < kWeek;
  const bool first_week = settings.stopped_for < kFirstWeek;
  alert.name = "SloInputStopped";
  alert.severity = Severity::kWarning;
  alert.hold = kStoppedHold;
  alert.expr = most(after, "") + " == 0\nand\n" +
               over_values("present_over_time(" + events + "[1h] offset " + after + ")", target) +
               "\nand ignoring (slo)\n" + records_within(settings.stopped_for, target, catalog) +
               " >= " + std::to_string(kStoppedLeast);
  if (first_week) {
    alert.expr +=
        "\nand\n(" + most(after, " offset 1w") + " > 0 or " + most(format_duration(kFirstWeek), "") + " == 0)";
  }
  if (weekly) {
    // Not judging for so long is usual at this time of the week.
    alert.expr += "\nunless\n(" + most(after, " offset 1w") + " == 0 and " + most("1w", "") + " > 0)";
  }
  if (!target.maintenance.empty()) {
    alert.expr += "\nunless\n" + in_maintenance(settings.stopped_for, target, catalog) + " > 0";
  }
  alert.summary = "SLO " + target.name + " judges no records, so none of its alerts can fire.";
  alert.description =
      "SLO $labels.slo has judged $value records of the last " + after + ", though its source has records.";
  alert.when = "it judges none of the records of " + after;
  alert.metrics = {slo_events_name("5m"), kRecords};
  alert.range = weekly ? kWeek + settings.stopped_for : settings.stopped_for + hours(1);
  alert.runbook.meaning =
      "The source has records, but none of them is an event of this SLO: its budget and its burn rates are unknown.";
  alert.runbook.queries = {skipped_query(target)};
  alert.runbook.steps = {"Does `when` of the SLO still select records? A field, or a value of it, may have a new name.",
                         "Can it judge them? See leeway_slo_unjudged_records_total.",
                         "If it seldom has events, set `stopped_for` in [slo.alerts] to the longest time without one."};
  alert.tests =
      StoppedTests(target, settings.stopped_for, catalog.settings.evaluation_interval).tests(weekly, first_week);
  catalog.alerts.push_back(std::move(alert));
}

}  // namespace

void add_slo_input_alerts(const SloTarget& target, const SloAlertSettings& settings, const AlertRule& base,
                          Catalog& catalog) {
  add_skipped(target, base, catalog);
  add_mistyped(target, base, catalog);
  if (!target.by.empty()) {
    add_unlabelled(target, base, catalog);
  }
  add_stopped(target, settings, base, catalog);
}

}  // namespace leeway
