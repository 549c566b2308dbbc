// Files with one record per line: any line format, for a `file` source. Used by FileSource.
#pragma once

#include <memory>
#include <vector>

#include "collectors/decode/decoder.h"
#include "collectors/decode/format.h"
#include "collectors/files/stream_reader.h"

namespace leeway {

// `lines` is the context's format. Reads the keys of size_keys.h.
std::unique_ptr<FileFormat> read_line_file_format(FormatContext& context, std::unique_ptr<LineFormat> lines);

class LineReader final : public StreamReader {
 public:
  LineReader(std::unique_ptr<Decoder> decoder, const StreamLimits& limits);

 private:
  Consumed parse(const Piece& piece, RecordBatch& batch, DecodeCounts& counts) override;

  const std::unique_ptr<Decoder> decoder_;
  std::vector<Line> lines_;
};

}  // namespace leeway
