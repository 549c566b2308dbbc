// Passes bytes of a log through the line cutter and the JSON decoder to a batch. Neither the pieces in which the bytes
// arrive nor the other lines may change the result of a line, and what is wanted of a line not whether it is a record.
// The first byte is the size of the pieces.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/tail/line_cutter.h"
#include "tests/collectors/decode/decode_lines.h"

namespace leeway {
namespace {

constexpr std::size_t kMaxLine = 512;  // small, so that inputs reach it
constexpr std::size_t kMaxInput = 1 << 16;

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

struct Cut {
  std::vector<std::string> lines;
  std::vector<std::uint64_t> ends;
  std::uint64_t oversize_lines = 0;
  std::uint64_t oversize_bytes = 0;
  std::uint64_t nul_bytes = 0;

  bool operator==(const Cut&) const = default;
};

// As the log source does it: the remainder is passed again, together with the bytes that follow.
Cut cut(std::string_view bytes, std::size_t piece) {
  Cut result;
  bool skipping = false;
  std::uint64_t consumed = 0;
  std::vector<Line> lines;
  for (std::size_t known = std::min(piece, bytes.size());;) {
    CutOptions options;
    options.max_line = kMaxLine;
    options.max_lines = 3;
    options.final = known == bytes.size();
    const std::string_view chunk = bytes.substr(consumed, known - consumed);
    const CutResult now = cut_lines(chunk, consumed, options, skipping, lines);
    require(now.consumed <= chunk.size() && lines.size() <= options.max_lines);
    for (const Line& line : lines) {
      require(line.text.size() <= kMaxLine && line.text.find('\n') == std::string_view::npos);
      require(line.end > consumed && line.end <= consumed + now.consumed);
      require(result.ends.empty() || line.end > result.ends.back());
      result.lines.emplace_back(line.text);
      result.ends.push_back(line.end);
    }
    result.oversize_lines += now.oversize_lines;
    result.oversize_bytes += now.oversize_bytes;
    result.nul_bytes += now.nul_bytes;
    consumed += now.consumed;
    if (consumed == bytes.size()) {
      return result;
    }
    if (now.consumed == 0 || !lines.empty()) {
      require(!options.final || now.consumed != 0);
      known = lines.size() == options.max_lines ? known : std::min(known + piece, bytes.size());
    }
  }
}

// `alone` and `together` have cached the shapes of the lines of all earlier inputs; `fresh` has none.
void decode(const std::vector<std::string>& lines, LineDecoder& alone, LineDecoder& together, LineDecoder& fresh,
            std::size_t fields) {
  alone.decode(lines);
  together.decode(lines, LineDecoder::Layout::kJoined);
  fresh.decode(lines);
  require(all_of(alone, fields) == all_of(fresh, fields));
  require(all_of(together, fields) == all_of(fresh, fields));
  const std::uint64_t rejects =
      std::accumulate(alone.counts.rejects.begin(), alone.counts.rejects.end(), std::uint64_t{0},
                      [](std::uint64_t sum, const auto& reject) { return sum + reject.second; });
  const auto empty = static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), ""));
  require(alone.batch.rows() + rejects <= lines.size() - empty);
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace leeway;
  if (size == 0 || size > kMaxInput) {
    return 0;
  }
  static const std::vector<std::string> kPaths = {"a", "b.c", "d[0]", "d[2].e", "[\"f g\"]", "time"};
  static const LineDecoder::Make kFormats[] = {LineDecoder::json_with_time("time"),
                                               LineDecoder::json(true, {parse_field_path("time").value()})};
  static LineDecoder alone[] = {LineDecoder(kPaths, kFormats[0]), LineDecoder(kPaths, kFormats[1])};
  static LineDecoder together[] = {LineDecoder(kPaths, kFormats[0]), LineDecoder(kPaths, kFormats[1])};
  static LineDecoder fresh[] = {LineDecoder(kPaths, kFormats[0]), LineDecoder(kPaths, kFormats[1])};
  static LineDecoder blind[] = {LineDecoder({}, kFormats[0]), LineDecoder({}, kFormats[1])};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Cut whole = cut(bytes, std::max<std::size_t>(bytes.size(), 1));
  require(cut(bytes, std::size_t{data[0]} + 1) == whole);
  for (std::size_t first = 0; first < whole.lines.size(); first += kMaxBatchRows) {
    const auto begin = whole.lines.begin() + static_cast<std::ptrdiff_t>(first);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kMaxBatchRows, whole.lines.size() - first));
    for (const std::size_t format : {std::size_t{0}, std::size_t{1}}) {
      fresh[format].forget();
      decode({begin, begin + count}, alone[format], together[format], fresh[format], kPaths.size());
      blind[format].decode({begin, begin + count});
      require(blind[format].counts.rejects == fresh[format].counts.rejects);
    }
  }
  return 0;
}
