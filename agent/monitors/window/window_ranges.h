// The numbers that the metrics of a [[window]] can be. Used by the monitor, for its alerts and those of [[alert]].
#pragma once

#include "agent/metrics/value_range.h"
#include "agent/monitors/window/window_settings.h"

namespace leeway {

// So many records a window of the aggregate `declines` knows.
inline constexpr std::size_t kMostDecliningRuns = 32;

// Sets the ranges of the metrics, whose other descriptions are complete. A series is hidden when it had no record for
// `expire`; zero: it is not.
void set_window_ranges(Duration expire, WindowSettings& settings);

}  // namespace leeway
