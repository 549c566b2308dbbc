// Warns of windows of whole days, which are days of UTC, over a source whose times are in another zone. Used by drift
// and quality.
#pragma once

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// `window` is the length of the table's `key`.
void warn_of_day_windows(const MonitorContext& context, const char* key, Duration window);

}  // namespace leeway
