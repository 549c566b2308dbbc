// Pages compressed for the wire: the only place that includes zlib. Used by MetricsPage.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

// RFC 1952, at the fastest level: pages go over a short wire and a scrape waits for them.
Expected<std::string> gzip(std::string_view text);

}  // namespace leeway
