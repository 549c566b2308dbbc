// The `regex` format: lines that contain a match of a pattern; its named groups are the fields. Used by
// collectors/formats.cpp.
//
// A model for line formats: the decoder and the function that reads the format's keys are one pair of files.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/core/schema.h"
#include "collectors/decode/cell_text.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/format.h"
#include "collectors/decode/named_pattern.h"
#include "collectors/decode/pattern_literals.h"
#include "collectors/decode/timestamp.h"

namespace leeway {

//   pattern   = '(?P<level>\w+): (?P<ms>\d+)'
//   thousands = ",": reads 6,479 as a number
std::unique_ptr<LineFormat> read_regex_format(FormatContext& context);

// A line without a match is a reject ("no_match"); one that is not UTF-8 is repaired first ("invalid_utf8"). A group
// becomes a value like a table's cell; a group that did not take part in the match is absent.
class PatternDecoder final : public Decoder {
 public:
  PatternDecoder(NamedPattern pattern, const CellOptions& cells, const std::optional<FieldPath>& time,
                 TimestampParser time_parser, const Schema& schema);

  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) override;

 private:
  bool match(std::string_view line);
  // `line` itself if it is UTF-8; else a copy that stays as long as the batch.
  std::string_view repaired(std::string_view line, RecordBatch& batch);
  void set_time(Row row, RecordBatch& batch, DecodeCounts& counts);

  const NamedPattern pattern_;
  const PatternLiterals literals_;
  const CellOptions cells_;
  const std::vector<NamedPattern::Column> columns_;
  const bool has_time_;
  const std::optional<std::size_t> time_group_;
  TimestampParser time_parser_;
  std::vector<std::string_view> found_;  // the groups up to the last one that is needed
  bool matched_ = true;                  // the line before
  std::string repaired_;
};

}  // namespace leeway
