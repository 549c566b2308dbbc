// Which format and encoding a client wants. Used by MetricsPage. Pure functions.
#pragma once

#include <string_view>

#include "exporters/prometheus/exposition.h"

namespace leeway {

// By an Accept header as in RFC 9110, with quality values; unknown parameters (charset, escaping) are ignored. Text if
// nothing matches or the header is empty: a page is better than none.
ExpositionFormat negotiate_format(std::string_view accept);
// By an Accept-Encoding header.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace leeway
