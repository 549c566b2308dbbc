// What the rules of an SLO have in common: records over windows, and what all its alerts carry. Used by slo_rules.cpp
// and slo_exhausted.cpp, and by the rule tests.
#pragma once

#include <string>

#include "agent/monitors/slo/slo_rules.h"

namespace leeway {

inline constexpr Duration kSloSlot = std::chrono::minutes(5);  // a sum over the period is one over such slots

// Recorded series keep the target labels that Prometheus adds, except those summed over: not known here.
void add_slo_record(Catalog& catalog, std::string name, std::string expr, std::string help, Duration range,
                    RuleLabels set_labels = {});
// PromQL for the number of events of the last `window`, summed over the fleet.
std::string slo_bad_events(Duration window, const Catalog& catalog);
std::string slo_events(Duration window, const Catalog& catalog);
// Record them, once for all SLOs.
void add_bad_events_record(Duration window, Catalog& catalog);
void add_events_record(Duration window, Catalog& catalog);
// PromQL for the sum of a record of a slot over the period.
std::string over_period(const std::string& name, Duration period);

// `own` of a tier, or that of all alerts of the SLO. To whom the latter escalates it says of pages.
RunbookEntry slo_runbook(const SloAlertSettings& settings, Severity severity, const std::optional<RunbookEntry>& own);
// Of alerts about what the SLO judges: the steps of the others are not theirs.
RunbookEntry slo_input_runbook(const SloAlertSettings& settings);

// With the labels and the comment of all alerts of the SLO, and a query of its budget.
AlertRule base_slo_alert(const SloTarget& target, const SloAlertSettings& settings, RunbookEntry runbook,
                         const Catalog& catalog);
// `{slo="availability"}`.
std::string slo_matcher(const SloTarget& target);
// How texts of an alert name what it is about: "SLO availability", with `by` "SLO availability $labels.route".
std::string slo_subject(const SloTarget& target);

// `name` of an alert; `fallback` where there is none.
std::string read_alert_name(TableReader& reader, std::string fallback);
inline constexpr std::int64_t kMostSloEvents = 1'000'000'000'000;  // the largest minimum

// A window says that bad events are over only if, at the rate of the long one, it would have this many of them.
inline constexpr double kTellingBadEvents = 3;

// For rule tests: a recorded series of the SLO, a counter of one agent, and the labels of an alert on the former. With
// `by`, they are those of one value.
std::string recorded_slo_series(const std::string& name, const SloTarget& target);
std::string slo_counter_series(const char* name, const SloTarget& target);
RuleLabels slo_series_labels(const SloTarget& target);
// Evaluations, one per minute, until the duration is over.
int in_minutes(Duration duration);

// The alert of a tier itself, as of the last evaluation.
std::string firing_before(const SloTarget& target, const TierSettings& tier, const RuleSettings& rules);

}  // namespace leeway
