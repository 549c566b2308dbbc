#include "collectors/files/line_reader.h"

#include <cstring>
#include <utility>

namespace leeway {
namespace {

class LineFileFormat final : public FileFormat {
 public:
  LineFileFormat(std::unique_ptr<LineFormat> lines, const StreamLimits& limits)
      : lines_(std::move(lines)), limits_(limits) {}

  std::string summary() const override { return lines_->summary(); }
  std::unique_ptr<FileReader> make_reader(const Schema& schema, FileSystem& /*files*/) const override {
    return std::make_unique<LineReader>(lines_->make_decoder(schema), limits_);
  }

 private:
  const std::unique_ptr<LineFormat> lines_;
  const StreamLimits limits_;
};

}  // namespace

std::unique_ptr<FileFormat> read_line_file_format(FormatContext& context, std::unique_ptr<LineFormat> lines) {
  StreamLimits limits = read_stream_limits(context.reader);
  limits.may_be_empty = lines != nullptr && lines->may_be_empty();
  return std::make_unique<LineFileFormat>(std::move(lines), limits);
}

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
