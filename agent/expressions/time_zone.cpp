#include "agent/expressions/time_zone.h"

#include <date/tz.h>

#include <chrono>
#include <stdexcept>
#include <string_view>

#include "agent/core/civil_time.h"

namespace leeway {

Expected<ZoneOffset> zone_offset(const std::string& zone) {
  std::string_view text = zone;
  std::int32_t fixed = 0;
  if (take_zone(text, fixed) && text.empty()) {
    return ZoneOffset([fixed](std::int64_t) { return fixed; });
  }
  try {
    return ZoneOffset([found = date::locate_zone(zone)](std::int64_t second) {
      return found->get_info(date::sys_seconds{std::chrono::seconds(second)}).offset.count();
    });
  } catch (const std::runtime_error&) {
    return Error{ErrorCode::kConfiguration, "unknown time zone \"" + zone +
                                                "\"; expected an IANA name such as \"Europe/Berlin\" that the package "
                                                "tzdata provides, or an offset such as \"+02:00\""};
  }
}

}  // namespace leeway
