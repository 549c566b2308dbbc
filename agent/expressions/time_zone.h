// How far a zone is from UTC. Used by the functions of the language that take times apart, and by SLOs, for times of
// the week.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "agent/core/expected.h"

namespace leeway {

// Seconds east of UTC at that second since the epoch.
using ZoneOffset = std::function<std::int64_t(std::int64_t)>;

// Of "+02:00", "-0300", "UTC" or a name of the system's IANA database. kConfiguration, without a position.
Expected<ZoneOffset> zone_offset(const std::string& zone);

}  // namespace leeway
