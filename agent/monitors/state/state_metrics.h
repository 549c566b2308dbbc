// The metrics of [[state]]: those that an entry names, and those that all share. Used by the monitor and its panels.
#pragma once

#include <vector>

#include "agent/metrics/catalog.h"
#include "agent/metrics/metric_catalog.h"
#include "agent/monitors/shared/label_set.h"
#include "agent/monitors/state/state_settings.h"

namespace leeway {

inline constexpr const char* kStateMatched = "leeway_state_matched_ends_total";
inline constexpr const char* kStateUnmatched = "leeway_state_unmatched_ends_total";
inline constexpr const char* kStateOverflowed = "leeway_state_overflowed_starts_total";
inline constexpr const char* kStateLate = "leeway_state_late_records_total";
inline constexpr const char* kStateTimely = "leeway_state_timely_records_total";

// `name` is one of the names above.
MetricDesc state_metric(const char* name);

// Completes the metrics of the entry. `labels` are its own.
void complete_state_metrics(const LabelSet& labels, bool has_good, bool has_key, StateSettings& settings);
// Those that a monitor with these settings exports.
std::vector<const MetricDesc*> own_metrics(const StateSettings& settings);
void describe_state_metrics(const StateSettings& settings, MetricCatalog& catalog);

}  // namespace leeway
