#include "collectors/files/line_reader.h"

#include <cstring>
#include <utility>

namespace leeway {

LineReader::LineReader(std::unique_ptr<Decoder> decoder, const StreamLimits& limits)
    : StreamReader(limits), decoder_(std::move(decoder)) {}

StreamReader::Consumed LineReader::parse(const Piece& piece, RecordBatch& batch, DecodeCounts& counts) {
  lines_.clear();
  std::size_t at = 0;
  while (at < piece.size && lines_.size() < kMaxBatchRows) {
    const char* const begin = piece.data + at;
    const auto* const newline = static_cast<const char*>(std::memchr(begin, '\n', piece.size - at));
    if (newline == nullptr && !piece.last) {
      break;
    }
    const char* const end = newline == nullptr ? piece.data + piece.size : newline;
    std::string_view text(begin, static_cast<std::size_t>(end - begin));
    if (text.ends_with('\r')) {
      text.remove_suffix(1);
    }
    at = static_cast<std::size_t>(end - piece.data) + (newline == nullptr ? 0 : 1);
    if (text.size() > limits().row_bytes) {
      ++counts.rejects["too_long"];
      continue;
    }
    lines_.push_back({text, piece.offset + at});
  }
  decoder_->decode(lines_, batch, counts);
  return {at, lines_.size()};
}

}  // namespace leeway
