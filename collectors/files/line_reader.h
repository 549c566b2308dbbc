// Formats of a record a line: JSON Lines and text with a pattern. Made by make_reader.
#pragma once

#include <memory>
#include <vector>

#include "collectors/decode/decoder.h"
#include "collectors/files/stream_reader.h"

namespace leeway {

class LineReader final : public StreamReader {
 public:
  LineReader(std::unique_ptr<Decoder> decoder, const StreamLimits& limits);

 private:
  Consumed parse(const Piece& piece, RecordBatch& batch, DecodeCounts& counts) override;

  const std::unique_ptr<Decoder> decoder_;
  std::vector<Line> lines_;
};

}  // namespace leeway
