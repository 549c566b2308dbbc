#include "agent/monitors/shared/day_windows.h"

#include "agent/core/units.h"

namespace leeway {

void warn_of_day_windows(const MonitorContext& context, const char* key, Duration window) {
  constexpr Duration kDay = std::chrono::hours(24);
  if (window < kDay || window % kDay != Duration{} || context.definition == nullptr) {
    return;
  }
  const std::string zone = context.definition->time_zone();
  if (zone.empty() || zone == "UTC" || zone == "Etc/UTC") {
    return;
  }
  TableReader& reader = context.reader;
  reader.diagnostics().warning(
      reader.position(key), reader.what() + ": windows of " + format_duration(window) +
                                " begin and end at midnight of UTC, not of \"" + zone +
                                "\", the `time_zone` of the source, so each holds parts of two days there, and hour() "
                                "and weekday(), which are in that zone, divide it; expected shorter windows, or the "
                                "source's `time_zone` in UTC, if the days of UTC are meant");
}

}  // namespace leeway
