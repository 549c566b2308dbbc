#include "exporters/prometheus/gzip.h"

#include <zlib.h>

#include <limits>

namespace leeway {

Expected<std::string> gzip(std::string_view text) {
  constexpr int kGzipWindow = 15 + 16;  // 32 KiB, with a gzip header
  constexpr int kMemoryLevel = 8;
  if (text.size() > std::numeric_limits<uInt>::max()) {
    return Error{ErrorCode::kLimit, "a page of more than 4 GiB cannot be compressed"};
  }
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) != Z_OK) {
    return Error{ErrorCode::kInternal, "zlib failed to initialize"};
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) {
    return Error{ErrorCode::kInternal, "zlib did not finish"};
  }
  return out;
}

}  // namespace leeway
