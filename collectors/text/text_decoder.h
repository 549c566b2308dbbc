// The decoder of all formats of this room: records of the parts that a LineParser finds in each line.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "collectors/decode/cell_text.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/time_keys.h"
#include "collectors/text/line_parser.h"

namespace leeway {

// A line that the parser does not recognise is a reject ("no_match").
class TextDecoder final : public Decoder {
 public:
  TextDecoder(std::unique_ptr<LineParser> parser, const CellOptions& cells, const TimeKeys& time, const Schema& schema);

  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) override;
  void set_modified(TimePoint modified) override { parser_->set_modified(modified); }

 private:
  struct Column {
    std::size_t slot;
    FieldId field;
  };

  Value value_of(const Part& part, RecordBatch& batch, DecodeCounts& counts) const;
  void set_time(Row row, RecordBatch& batch, DecodeCounts& counts);
  TimePoint time_of(std::string_view text);

  const std::unique_ptr<LineParser> parser_;
  const CellOptions cells_;
  std::vector<Column> columns_;
  const bool has_time_;
  std::optional<std::size_t> time_slot_;
  TimestampParser time_parser_;
  std::vector<Part> parts_;
  // Servers write many lines with the same time: the last text that was read, and what it meant.
  std::array<char, 40> last_text_{};
  std::size_t last_size_ = 0;
  TimePoint last_time_ = kNoTime;
};

}  // namespace leeway
