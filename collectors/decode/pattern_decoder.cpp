#include "collectors/decode/pattern_decoder.h"

#include <algorithm>
#include <utility>

#include "agent/core/utf8.h"
#include "collectors/decode/cell_keys.h"
#include "collectors/decode/cell_text.h"

namespace leeway {
namespace {

class RegexFormat final : public LineFormat {
 public:
  RegexFormat(NamedPattern pattern, const CellOptions& cells, TimeKeys time)
      : pattern_(std::move(pattern)), cells_(cells), time_(std::move(time)) {}

  bool may_be_empty() const override { return true; }
  std::unique_ptr<Decoder> make_decoder(const Schema& schema) const override {
    return std::make_unique<PatternDecoder>(pattern_, cells_, time_.field, time_.parser(), schema);
  }

 private:
  const NamedPattern pattern_;
  const CellOptions cells_;
  const TimeKeys time_;
};

}  // namespace

std::unique_ptr<LineFormat> read_regex_format(FormatContext& context) {
  const CellOptions cells = read_cell_keys(context.reader);
  if (context.reader.required_string("pattern").empty()) {
    return nullptr;
  }
  std::optional<NamedPattern> pattern = read_named_pattern(context.reader, "pattern");
  return pattern ? std::make_unique<RegexFormat>(std::move(*pattern), cells, context.time) : nullptr;
}

PatternDecoder::PatternDecoder(NamedPattern pattern, const CellOptions& cells, const std::optional<FieldPath>& time,
                               TimestampParser time_parser, const Schema& schema)
    : pattern_(std::move(pattern)),
      literals_(pattern_.text()),
      cells_(cells),
      columns_(pattern_.columns(schema)),
      has_time_(time.has_value()),
      time_group_(time ? pattern_.group_of(*time) : std::nullopt),
      time_parser_(std::move(time_parser)) {
  std::size_t last = time_group_.value_or(0);
  for (const NamedPattern::Column& wanted : columns_) {
    last = std::max(last, wanted.group);
  }
  found_.resize(last + 1);
}

// Literals are looked for while lines do not match, so that they cost nothing where all lines do.
bool PatternDecoder::match(std::string_view line) {
  matched_ = (matched_ || literals_.are_in(line)) && pattern_.match_first(line, found_);
  return matched_;
}

// RE2 takes no byte that is not UTF-8 for a character: it would match up to there, or not at all.
std::string_view PatternDecoder::repaired(std::string_view line, RecordBatch& batch) {
  repaired_.resize(repaired_capacity(line.size()));
  repaired_.resize(repair_utf8(line, repaired_.data()));
  if (repaired_ == line) {
    return line;
  }
  char* const kept = batch.allocate(repaired_.size() + kPadding);
  std::fill(std::copy(repaired_.begin(), repaired_.end(), kept), kept + repaired_.size() + kPadding, '\0');
  return {kept, repaired_.size()};
}

void PatternDecoder::decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) {
  for (const Line& line : lines) {
    if (line.text.empty()) {
      continue;
    }
    const std::string_view text = is_ascii(line.text) ? line.text : repaired(line.text, batch);
    if (!match(text)) {
      reject(counts, "no_match", line.text);
      continue;
    }
    if (text.data() != line.text.data()) {
      count_reason(counts.anomalies, "invalid_utf8");
    }
    const Row row = batch.append(kNoTime, line.end);
    for (const NamedPattern::Column& wanted : columns_) {
      const std::string_view group = found_[wanted.group];
      if (group.data() != nullptr) {
        batch.cell(wanted.column, row) = cell_value(group, cells_, batch, counts);
      }
    }
    if (has_time_) {
      set_time(row, batch, counts);
    }
  }
}

void PatternDecoder::set_time(Row row, RecordBatch& batch, DecodeCounts& counts) {
  const std::string_view text = time_group_ ? found_[*time_group_] : std::string_view();
  const TimePoint time = text.empty() ? kNoTime : time_parser_.parse(text);
  batch.set_time(row, time);
  if (text.empty()) {
    count_reason(counts.anomalies, "time_missing");
  } else if (time == kNoTime) {
    count_invalid_time(counts, text);
  }
}

}  // namespace leeway
