// Whether the configuration in use is that of the file. Exposed by the page at / and by /api/v1/status.
#pragma once

#include <string>

#include "agent/core/clock.h"

namespace leeway {

struct ConfigurationStatus {
  TimePoint outdated_since = kNoTime;  // the first reload that failed since one succeeded; kNoTime: it is not outdated
  std::string error;                   // the first one that the last reload found
};

}  // namespace leeway
