// The alerts of a catalogue over the samples of a replay: which are pending and which fire at each evaluation, as
// Prometheus 2.42 decides it, `for` and `keep_firing_for` included. Used by the preview of dashboards and by
// `leeway test`. Single-threaded.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/evaluation/evaluator.h"
#include "agent/evaluation/label_sets.h"
#include "agent/evaluation/values.h"
#include "agent/metrics/rule.h"

namespace leeway::evaluation {

// From when an alert began to fire until it no longer did.
struct RaisedAlert {
  const AlertRule* rule = nullptr;
  Labels labels = nullptr;         // all of the alert, those of its series and its own: alertname, severity, tier
  Time pending = 0;                // when its expression first selected the series
  Time fired = 0;                  // when it had done so for long enough
  std::optional<Time> resolved{};  // none: it fires at the last evaluation
  double value = 0;                // $value when it began to fire

  bool fires_at(Time at) const { return fired <= at && (!resolved || at < *resolved); }
};

struct AlertHistory {
  std::vector<RaisedAlert> raised;    // in the order in which they began to fire
  std::vector<std::string> problems;  // "alert NAME is not evaluated: function x()": once for each alert
};

// Evaluates all alerts at each evaluation of rules, and gives `evaluator` the series ALERTS and ALERTS_FOR_STATE.
// Called once, before anything reads them. `alerts` and `sets` outlive the history.
AlertHistory evaluate_alerts(std::span<const AlertRule> alerts, Evaluator& evaluator, LabelSets& sets);

// `slo="x", tier="y"`: what tells it from others of its name, not `severity`, nor labels that all alerts have in
// common.
std::string telling_labels(const RaisedAlert& alert, const RuleLabels& common);

}  // namespace leeway::evaluation
