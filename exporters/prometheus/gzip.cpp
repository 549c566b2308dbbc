#include "exporters/prometheus/gzip.h"

#include <zlib.h>

#include <array>
#include <limits>

namespace leeway {
namespace {

// 32 KiB, without and with the header and trailer of gzip.
constexpr int kRawWindow = -15;
constexpr int kGzipWindow = 15 + 16;

class Deflater {
 public:
  explicit Deflater(int window) {
    constexpr int kMemoryLevel = 8;
    ready_ = deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, window, kMemoryLevel, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  // `flush` says how the compressed text ends.
  Expected<std::string> deflate(std::string_view text, int flush) {
    if (!ready_) {
      return Error{ErrorCode::kInternal, "zlib failed to initialize"};
    }
    if (text.size() > std::numeric_limits<uInt>::max()) {
      return Error{ErrorCode::kLimit, "a page of more than 4 GiB cannot be compressed"};
    }
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    std::string out;
    std::array<char, std::size_t{64} * 1024> piece;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece.data());
      stream_.avail_out = static_cast<uInt>(piece.size());
      const int result = ::deflate(&stream_, flush);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return Error{ErrorCode::kInternal, "zlib did not finish"};
      }
      out.append(piece.data(), piece.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
    return out;
  }
  // Of all text so far; with kGzipWindow only.
  std::uint32_t hash() const { return static_cast<std::uint32_t>(stream_.adler); }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

void append_little_endian(std::uint32_t number, std::string& out) {
  for (int shift = 0; shift < 32; shift += 8) {
    out += static_cast<char>(number >> shift & 0xFF);
  }
}

}  // namespace

Expected<GzipBeginning> gzip_beginning(std::string_view text) {
  Deflater deflater(kGzipWindow);
  // Ends with a whole byte and without the mark of an end.
  Expected<std::string> bytes = deflater.deflate(text, Z_SYNC_FLUSH);
  if (!bytes) {
    return std::move(bytes).error();
  }
  return GzipBeginning{std::move(*bytes), text.size(), deflater.hash()};
}

Expected<std::string> gzip_end(const GzipBeginning& beginning, std::string_view text) {
  Expected<std::string> bytes = Deflater(kRawWindow).deflate(text, Z_FINISH);
  if (bytes) {
    const uLong hash = crc32_z(crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(text.data()), text.size());
    append_little_endian(
        static_cast<std::uint32_t>(crc32_combine(beginning.hash, hash, static_cast<z_off_t>(text.size()))), *bytes);
    append_little_endian(static_cast<std::uint32_t>(beginning.size + text.size()), *bytes);  // modulo 2^32, as it says
  }
  return bytes;
}

}  // namespace leeway
