// Compresses a page in two pieces, so that many pages can share the first one. The only place that includes zlib. Used
// by MetricsPages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

struct GzipBeginning {
  std::string bytes;
  std::size_t size = 0;    // of the text
  std::uint32_t hash = 0;  // CRC-32 of the text
};

// `bytes` and a gzip_end() together are one member of RFC 1952, which every client reads. At the fastest level: the
// network path is short and a scrape waits for the page. kLimit: more than 4 GiB.
Expected<GzipBeginning> gzip_beginning(std::string_view text);
// The bytes that follow those of `beginning`, for the rest of the text.
Expected<std::string> gzip_end(const GzipBeginning& beginning, std::string_view text);

}  // namespace leeway
