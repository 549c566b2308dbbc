// Passes bytes of a connection through the frame cutter. The pieces in which they arrive may change nothing, no more
// may be held than a record's length, and each byte is of a record, of an end or a length, or lost. The first byte is
// the framing, the second the size of the pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/stream/frame_cutter.h"

namespace leeway {
namespace {

constexpr std::size_t kMaxLine = 256;  // small, so that inputs reach it
constexpr std::size_t kMaxInput = 1 << 16;

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

struct Records final : RecordSink {
  void record(std::string_view text) override { all.emplace_back(text); }
  std::vector<std::string> all;
};

struct Cut {
  Cut(Framing framing, std::string_view bytes, std::size_t piece) {
    FrameCutter cutter(framing, kMaxLine);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      cutter.add(bytes.substr(at, piece), kMaxInput, records, losses);
      require(cutter.held() <= kMaxLine);
    }
    cutter.finish(true, records, losses);
    require(cutter.held() == 0);
  }
  std::uint64_t bytes() const {
    std::uint64_t sum = losses.too_long_bytes + losses.bad_bytes + losses.cut_off_bytes;
    for (const std::string& record : records.all) {
      sum += record.size();
    }
    return sum;
  }
  Records records;
  FrameLosses losses;
};

void check(Framing framing, std::size_t piece, std::string_view bytes) {
  const Cut whole(framing, bytes, std::max<std::size_t>(bytes.size(), 1));
  const Cut pieces(framing, bytes, piece);
  require(whole.records.all == pieces.records.all);
  require(whole.losses.too_long == pieces.losses.too_long && whole.bytes() == pieces.bytes());
  require(whole.losses.bad_frames == pieces.losses.bad_frames);
  require(whole.bytes() <= bytes.size());
  for (const std::string& record : whole.records.all) {
    require(record.size() <= kMaxLine);
  }
  Records datagram;
  FrameLosses losses;
  cut_datagram(framing, bytes, kMaxLine, datagram, losses);
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > leeway::kMaxInput) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  leeway::check(static_cast<leeway::Framing>(data[0] % 4), data[1] % 32 + 1U, bytes);
  return 0;
}
