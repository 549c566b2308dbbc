// The recording rules and alerts of an SLO in Prometheus: error ratios over the windows of its burn-rate tiers, summed
// over the instances of a fleet because the objective is that of the service, not of one instance; the alerts of the
// tiers, and those that fire if the SLO has no valid input. With rule tests for each. Used by the SLO monitor.
//
// A tier fires once the error ratio over both its windows exceeds factor * budget (SRE workbook, chapter 5), with at
// least `min_bad_events` bad ones in the long window, so that one request of a quiet service does not page. It goes on
// until that ratio is half of it, or the short window says that it is over. A short window that holds too few events to
// tell, or none, says nothing; where the long window has none, the next longer one with events decides.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/metrics/catalog.h"
#include "agent/monitors/slo/slo_windows.h"

namespace leeway {

// [slo.alerts.page_fast] and the like.
struct TierSettings {
  BurnRateTier tier;
  std::string key;    // "page_fast": its key in the configuration; the label has "page-fast"
  std::string alert;  // its name
  bool enabled = true;
  Severity severity = Severity::kCritical;
  Duration hold{};
  Duration keep_firing_for{};
  double factor = 0;
  std::int64_t min_events = 0;            // in the long window
  std::optional<RunbookEntry> runbook{};  // its own
};

// [slo.alerts.exhausted]
struct ExhaustedSettings {
  bool enabled = true;
  std::string alert = "ErrorBudgetExhausted";
  Severity severity = Severity::kWarning;
  Duration hold = std::chrono::minutes(5);
  Duration keep_firing_for = std::chrono::hours(6);
  std::int64_t min_bad_events = 3;
  // So many events must have been judged, `min_age` ago: few bad events among few are no sign of a spent budget.
  std::int64_t min_events = 1;
  Duration min_age{};
};

// [slo.alerts]
struct SloAlertSettings {
  bool enabled = true;
  std::vector<TierSettings> tiers;
  ExhaustedSettings exhausted;
  std::int64_t min_bad_events = 3;
  Duration absent_for = std::chrono::minutes(10);
  Duration stopped_for = std::chrono::hours(24);  // no record was judged
  std::string team;
  std::string comment;
  RunbookEntry runbook;
};

// The largest share of bad events that a tier may require: a tier whose factor * budget is above it gets a lower
// factor, or it could never fire (objective > 1 - 1/factor must hold).
inline constexpr double kLargestTierThreshold = 0.8;

// 1 - objective without its binary noise: 0.001 for 0.999. Objectives have at most 12 decimals.
double error_budget(double objective);

// Reads the table `alerts` of an [[slo]], if present. A tier that cannot fire with its factor is rescaled, with
// a warning if the configuration gave the factor.
SloAlertSettings read_slo_alerts(TableReader& reader, double objective, Duration period);

// Windows that the alerts or the panels need: not those of tiers that are off.
std::vector<Duration> recorded_windows(const SloAlertSettings& settings, Duration period);

struct SloTarget {
  std::string name;
  double objective = 0;
  Duration period{};
  std::vector<std::string> sources{};  // the names of those that it reads
  // Labels of `by`: each of their values is judged by itself, and has all of the rules below.
  std::vector<std::string> by{};
  std::vector<std::string> by_example{};   // values of them, for rule tests
  std::vector<std::string> maintenance{};  // names of the windows in which it is not judged
  bool by_is_known = false;                // all values are given, so that each has its series from the start
};

// How long the budget lasts if all events are bad.
double budget_seconds(const SloTarget& target);

// From the start of a total outage to the alert, at steady traffic: factor * budget * long window, and `for`.
Duration outage_detection(const SloTarget& target, const TierSettings& tier);

void add_slo_rules(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog);

}  // namespace leeway
