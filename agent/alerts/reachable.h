// Limits that values of a metric can never pass, or always do: an alert with one would be quiet, or fire, forever. Used
// by the conditions of [[alert]], [[window.alerts]] and [[state.alerts]].
#pragma once

#include <string_view>

#include "agent/config/table_reader.h"
#include "agent/metrics/metric_desc.h"
#include "agent/metrics/unit.h"

namespace leeway {

// Report the limit at the key; whether it can be passed. `lower`: it is passed below.
bool check_reachable(TableReader& reader, std::string_view key, double limit, bool lower, Unit unit);
bool check_reachable(TableReader& reader, std::string_view key, double limit, bool lower, const MetricDesc& desc);

// Of a bound that may also be the end of the metric's range, at which it does nothing.
void check_side(TableReader& reader, std::string_view key, double limit, bool lower, const MetricDesc& desc);

// Of an age of the metric's timestamp. Warns where a series is hidden before it is so old.
void check_age(TableReader& reader, std::string_view key, Duration age, const MetricDesc& desc);

}  // namespace leeway
