#include "agent/self/late_alerts.h"

#include <array>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/counter_share.h"
#include "agent/alerts/example_series.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

struct LateRule {
  const char* alert;
  const char* late;
  const char* timely;
  const char* label;  // of both
  double limit;
  Duration window;
  std::int64_t least;  // records
  const char* summary;
  const char* effect;
  std::array<const char*, 2> steps;
};

constexpr const char* kDisorder =
    "Several writers with one file, a shipper that sends in bursts, or a clock that is behind: compare the times of "
    "neighbouring lines.";

constexpr std::array<LateRule, 2> kLate{{
    {"LeewayWindowRecordsLate",
     "leeway_window_late_records_total",
     "leeway_window_timely_records_total",
     "window",
     0.05,
     std::chrono::hours(24),
     20,
     "Records of window $labels.window come too late to count.",
     "Records are further behind the latest one of the sources than `lateness` of the [[window]]: they are missing in "
     "its value.",
     {kDisorder, "If that is usual, raise `lateness` of the [[window]], up to `over`."}},
    {"LeewayStateRecordsLate",
     "leeway_state_late_records_total",
     "leeway_state_timely_records_total",
     "state",
     0.05,
     std::chrono::hours(24),
     20,
     "Records of state $labels.state come too late to be in order.",
     "Records are further behind the latest one of the sources than `lateness` of the [[state]]: they count as they "
     "come, an end perhaps before its start.",
     {kDisorder, "If that is usual, raise `lateness` of the [[state]]."}},
}};

AlertRule late_alert(const LateRule& of, const RuleSettings& settings) {
  AlertRule alert;
  alert.name = of.alert;
  alert.hold = std::chrono::minutes(15);
  add_team(alert, "", settings);
  const RuleLabels labels{{"job", "leeway"}, {of.label, "a"}};
  CounterShare share;
  share.failed = of.late;
  share.rest = of.timely;
  share.limit = of.limit;
  share.window = of.window;
  share.least = of.least;
  share.failed_series = series_text(of.late, with_label(labels, "instance", "a"));
  share.rest_series = series_text(of.timely, with_label(labels, "instance", "a"));
  share.firing = labels;
  use_share(share, settings, alert);
  const std::string window = format_duration(of.window);
  const std::string limit = number_text(of.limit * 100) + "%";
  const std::string label = of.label;
  alert.summary = of.summary;
  alert.measured = "$value within " + window + " (limit " + limit + ")";
  alert.description =
      "$value of the records of " + label + " $labels." + label + " within " + window + " came later than is allowed.";
  alert.when = "more than " + limit + " of the records of a " + label + " come later than is allowed, of at least " +
               std::to_string(of.least) + " within " + window;
  alert.metrics = {of.late, of.timely};
  alert.runbook.meaning = of.effect;
  alert.runbook.steps = {of.steps.begin(), of.steps.end()};
  return alert;
}

}  // namespace

std::vector<AlertRule> late_alerts(const Catalog& catalog) {
  std::vector<AlertRule> alerts;
  for (const LateRule& each : kLate) {
    if (catalog.find_metric(each.timely) != nullptr) {
      alerts.push_back(late_alert(each, catalog.settings));
    }
  }
  return alerts;
}

}  // namespace leeway
