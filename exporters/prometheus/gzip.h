// Compresses pages. The only place that includes zlib. Used by MetricsPage.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

// RFC 1952, at the fastest level: the network path is short and a scrape waits for the page.
Expected<std::string> gzip(std::string_view text);

}  // namespace leeway
