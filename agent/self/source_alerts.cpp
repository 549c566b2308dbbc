#include "agent/self/source_alerts.h"

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/counter_share.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

constexpr const char* kRecords = "leeway_source_records_total";
constexpr const char* kRejected = "leeway_source_rejected_lines_total";
constexpr const char* kMatching = "leeway_source_matching_files";

RuleLabels labels_of(const char* source) { return {{"instance", "a"}, {"job", "leeway"}, {"source", source}}; }

std::string series(const char* metric, const char* source) { return series_text(metric, labels_of(source)); }

AlertRule named(const char* name, Duration hold, const RuleSettings& settings) {
  AlertRule alert;
  alert.name = name;
  alert.hold = hold;
  add_team(alert, "", settings);
  return alert;
}

// Source "web" has no record, and one file or none, until just after the alert fires; "idle" had records before.
AlertTest test_without_record(std::string name, const AlertRule& alert, const RuleSettings& settings, int files) {
  const SignalTiming timing = timing_of(alert, settings.evaluation_interval);
  const int hold = steps_of(timing.hold, timing.step);
  AlertTest test = named_test(std::move(name), timing.step, timing.step);
  test.input = {{series(kRecords, "web"), SampleText().hold(0, hold + 2).hold(5, 3).text()},
                {series(kMatching, "web"), SampleText().hold(files, hold + 5).text()},
                {series(kRecords, "idle"), SampleText().hold(5, hold + 5).text()},
                {series(kMatching, "idle"), SampleText().hold(files, hold + 5).text()}};
  test.expectations = {{timing.step * (hold - 1), {}, ""},
                       {timing.step * hold, {{labels_of("web"), 0}}, ""},
                       {timing.step * (hold + 3), {}, ""}};
  return test;
}

AlertTest test_with_other_alert(const char* other, const AlertRule& alert, const RuleSettings& settings, int files) {
  AlertTest test = test_without_record(std::string("quiet where ") + other + " fires", alert, settings, files);
  for (AlertExpectation& expectation : test.expectations) {
    expectation.firing.clear();
  }
  return test;
}

constexpr const char* kEmptyName = "LeewaySourceEmpty";
constexpr const char* kNoFileName = "LeewayNoMatchingFile";

AlertRule empty(const RuleSettings& settings) {
  AlertRule alert = named(kEmptyName, settings.silent_after, settings);
  alert.expr = std::string(kRecords) + " == 0\nunless\n" + kMatching + " == 0";
  alert.summary = "A source of Leeway never had a record.";
  alert.description = "Source $labels.source on $labels.instance has had $value records since it was configured.";
  alert.when = "a source never had a record for " + format_duration(settings.silent_after);
  alert.metrics = {kRecords, kMatching};
  alert.runbook.meaning =
      "Nothing that the source feeds is monitored: its files cannot be read, are empty, or none of their lines is a "
      "record.";
  alert.runbook.steps = {
      "leeway_source_unreadable_files is above 0: the agent's log names the file, the reason and what to change.",
      "leeway_source_rejected_lines_total is above 0: see the lines at /api/v1/unmatched, and compare them with "
      "`format`.",
      "Neither: the service has not written anything to these files; `leeway check` lists them. If it seldom writes, "
      "raise "
      "[rules] silent_after."};
  alert.tests = {test_without_record("fires once there was no record for that long, resolves with the first one", alert,
                                     settings, 1),
                 test_with_other_alert(kNoFileName, alert, settings, 0)};
  return alert;
}

AlertRule no_file(const RuleSettings& settings) {
  AlertRule alert = named(kNoFileName, settings.silent_after, settings);
  alert.expr = std::string(kMatching) + " == 0\nand\n" + kRecords + " == 0";
  alert.summary = "The paths of a source of Leeway lead to no file.";
  alert.description =
      "$value files match the paths of source $labels.source on $labels.instance, which never had a record.";
  alert.when = "the paths of a source without records lead to no file for " + format_duration(settings.silent_after);
  alert.metrics = {kMatching, kRecords};
  alert.runbook.meaning = "Nothing that the source feeds is monitored.";
  alert.runbook.steps = {
      "Compare `path` of the source, which the agent's log states, with the files that the service writes.",
      "In a container: is the directory mounted, and at that path? May the agent's user list it?",
      "The service has not written yet: if that is usual, raise [rules] silent_after."};
  alert.tests = {test_without_record("fires once there was no file for that long, resolves with the first record",
                                     alert, settings, 0),
                 test_with_other_alert(kEmptyName, alert, settings, 1)};
  return alert;
}

AlertRule rejected(const RuleSettings& settings) {
  AlertRule alert = named("LeewayLinesRejected", std::chrono::minutes(15), settings);
  CounterShare share;
  share.failed = kRejected;
  share.rest = kRecords;
  share.summed = {"reason"};
  share.limit = 0.01;
  share.window = std::chrono::hours(1);
  share.least = 100;
  share.failed_series = series_text(kRejected, with_label(labels_of("web"), "reason", "not_an_object"));
  share.rest_series = series(kRecords, "web");
  share.firing = {{"job", "leeway"}, {"source", "web"}};
  use_share(share, settings, alert);
  alert.summary = "Leeway cannot read lines of a log.";
  alert.description = "Source $labels.source: $value of the lines of the last 1h are not records.";
  alert.when = "more than 1% of the lines of a source are not records";
  alert.metrics = {kRejected, kRecords};
  alert.runbook.meaning = "Lines do not have the format of the source, so they are not counted.";
  alert.runbook.steps = {"Find the reason: sum by (reason) (rate(leeway_source_rejected_lines_total[5m])).",
                         "See the last of these lines: /api/v1/unmatched of the agent.",
                         "Lines that are no records by intent, such as tracebacks: leave them out with `ignore`, or "
                         "join them with `multiline`.",
                         "Compare a line of the log with `format`, `prefix` and `time` of the source; `leeway check` "
                         "and `leeway replay` show "
                         "more."};
  return alert;
}

}  // namespace

std::vector<AlertRule> source_alerts(const RuleSettings& settings) {
  return {empty(settings), no_file(settings), rejected(settings)};
}

}  // namespace leeway
