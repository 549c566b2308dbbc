#include "agent/self/source_alerts.h"

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/counter_share.h"
#include "agent/alerts/example_series.h"
#include "agent/self/source_limits.h"

namespace leeway {
namespace {

constexpr const char* kRecords = "leeway_source_records_total";
constexpr const char* kRejected = "leeway_source_rejected_lines_total";

std::string series(const char* metric, const char* source) { return series_text(metric, source_labels(source)); }

AlertRule named(const char* name, Duration hold, const RuleSettings& settings) {
  AlertRule alert;
  alert.name = name;
  alert.hold = hold;
  add_team(alert, "", settings);
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
  share.failed_series = series_text(kRejected, with_label(source_labels("web"), "reason", "not_an_object"));
  share.rest_series = series(kRecords, "web");
  share.firing = {{"job", "leeway"}, {"source", "web"}};
  use_share(share, settings, alert);
  alert.summary = "Lines of source $labels.source are no records.";
  alert.measured = "$value within 1h (limit 1%)";
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

std::vector<AlertRule> source_alerts(const RuleSettings& settings) { return {rejected(settings)}; }

}  // namespace leeway
