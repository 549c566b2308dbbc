#include "agent/monitors/state/state_rules.h"

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/counter_share.h"
#include "agent/alerts/example_series.h"
#include "agent/core/number_text.h"
#include "agent/monitors/state/state_metrics.h"
#include "agent/panels/metric_panels.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr double kUnmatchedShare = 0.5;
constexpr int kLeastEnds = 4;  // of a day

// Then `key` or `start` is wrong, or keys are forgotten, and nothing else would say so: no start is ever overdue.
AlertRule unmatched(const StateSettings& settings, const RuleSettings& rules) {
  const std::string of_state = "{state=" + quote_promql(settings.name) + "}";
  const RuleLabels labels{{"job", "leeway"}, {"state", settings.name}};
  AlertRule alert;
  alert.name = "StateEndsUnmatched";
  alert.group = "state-alerts";
  alert.labels = {{"state", settings.name}};  // several entries have alerts of this name
  alert.severity = Severity::kWarning;
  alert.hold = minutes(15);
  add_team(alert, "", rules);
  CounterShare share;
  share.failed = kStateUnmatched + of_state;
  share.rest = kStateMatched + of_state;
  share.limit = kUnmatchedShare;
  share.window = hours(24);
  share.least = kLeastEnds;
  share.failed_series = series_text(kStateUnmatched, with_label(labels, "instance", "a"));
  share.rest_series = series_text(kStateMatched, with_label(labels, "instance", "a"));
  share.firing = labels;
  use_share(share, rules, alert);
  alert.summary = "Ends of " + settings.name + " have no start.";
  alert.description = "$value of the ends of $labels.state within 1d match no start that was seen.";
  alert.when = "more than " + number_text(kUnmatchedShare * 100) + "% of the ends of " + settings.name +
               " match no start, of at least " + std::to_string(kLeastEnds) + " within a day";
  alert.metrics = {kStateUnmatched, kStateMatched};
  alert.runbook.meaning =
      "What is in progress, overdue and how long it takes is not known: ends are seen whose start was not.";
  alert.runbook.queries = {"increase(" + std::string(kStateUnmatched) + of_state + "[1d])", settings.in_progress.name};
  alert.runbook.steps = {
      "Compare a record of a start with one of its end: `key`, and the labels, have to be the same in both.",
      "In progress rises: starts are seen, and their ends have another key. It is 0: `start` matches no record.",
      "leeway_state_overflowed_starts_total grows: raise `max_keys`. Outcome forgotten grows: raise `forget`."};
  return alert;
}

}  // namespace

void add_state_rules(const StateSettings& settings, Catalog& catalog) {
  for (const MetricDesc* const desc : own_metrics(settings)) {
    add_metric_panels(*desc, catalog);
  }
  add_state_alerts(settings, catalog);
  if (catalog.settings.agent_alerts) {
    catalog.alerts.push_back(unmatched(settings, catalog.settings));
  }
}

}  // namespace leeway
