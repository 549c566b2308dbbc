#include "collectors/records/record_decoder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "agent/core/rfc3339.h"
#include "collectors/decode/cell_text.h"
#include "collectors/decode/first_part.h"
#include "collectors/records/colours.h"

namespace leeway {
namespace {

std::optional<FieldId> field_of_container(const Schema& schema, const std::string& name) {
  const FieldPath path{{"container", name}};
  const auto found = std::find(schema.fields().begin(), schema.fields().end(), path);
  return found == schema.fields().end() ? std::nullopt
                                        : std::optional<FieldId>(static_cast<FieldId>(found - schema.fields().begin()));
}

// Fields such as `container.attrs.tag`.
std::vector<RecordDecoder::WantedAttribute> wanted_attributes(const Schema& schema) {
  std::vector<RecordDecoder::WantedAttribute> wanted;
  for (FieldId field = 0; field < schema.size(); ++field) {
    const FieldPath& path = schema.fields()[field];
    const std::string* const name = path.steps.size() == 3 ? std::get_if<std::string>(&path.steps[2]) : nullptr;
    if (name != nullptr && path == FieldPath{{"container", "attrs", *name}}) {
      wanted.push_back({*name, field});
    }
  }
  return wanted;
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t newline = rest.find('\n');
  std::string_view line = rest.substr(0, newline);
  rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
  line.remove_suffix(line.ends_with('\r') ? 1 : 0);
  return line;
}

bool is_frame_last(std::string_view text) {
  const std::size_t newline = text.rfind('\n');
  return MultilineRule::is_frame(newline == std::string_view::npos ? text : text.substr(newline + 1));
}

// JSON with colours around it is none.
bool is_object(std::string_view text) { return text.size() > 1 && text.front() == '{' && text.back() == '}'; }

}  // namespace

RecordDecoder::RecordDecoder(const RecordRules& rules, std::unique_ptr<Decoder> format, const Schema& schema)
    : rules_(rules),
      format_(std::move(format)),
      stream_(field_of_container(schema, "stream")),
      name_(field_of_container(schema, "name")),
      time_(field_of_container(schema, "time")),
      attributes_(wanted_attributes(schema)),
      adds_fields_(stream_ || name_ || time_ || !attributes_.empty() || rules_.join.envelope == Envelope::kCri ||
                   rules_.join.envelope == Envelope::kDocker),
      plain_(rules_.json && !adds_fields_ && rules_.join.envelope == Envelope::kNone && !rules_.join.multiline &&
             rules_.ignore.empty() && rules_.redact.empty()) {}

void RecordDecoder::decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) {
  if (plain_) {
    decode_together(lines, batch, counts);
    return;
  }
  for (const Line& line : lines) {
    if (line.text.empty()) {
      continue;
    }
    if (rules_.join.envelope == Envelope::kNone) {
      decode_text(line.text, true, {}, line.end, batch, counts);
    } else {
      decode_wrapped(line, batch, counts);
    }
  }
  decode_waiting(batch, counts);
}

// All records of which lines were read together. Where only the parts of cut lines are joined, a line that was not cut
// is alone.
void RecordDecoder::decode_wrapped(const Line& record, RecordBatch& batch, DecodeCounts& counts) {
  std::string_view rest;
  std::string_view first = record.text;
  if (rules_.join.multiline) {
    rest = first;
    first = take_line(rest);
  } else {
    first.remove_suffix(first.ends_with('\r') ? 1 : 0);
  }
  Unwrapped line;
  const bool whole = unwrap(rules_.join.envelope, first, scratch_, line);
  if (whole && rest.empty() && !line.partial) {
    const bool in_place = line.content.data() >= first.data() && line.content.data() <= first.data() + first.size();
    decode_text(in_place ? line.content : own(line.content, batch), in_place, line, record.end, batch, counts);
    return;
  }
  rest = record.text;
  while (!rest.empty()) {
    const std::string_view text = take_line(rest);
    if (unwrap(rules_.join.envelope, text, scratch_, line)) {
      add_line(line, record.end, batch, counts);
    } else if (!text.empty()) {
      reject_unwrapped(text, counts);
    }
  }
  close(0, record.end, batch, counts);
  close(1, record.end, batch, counts);
}

void RecordDecoder::reject_unwrapped(std::string_view line, DecodeCounts& counts) {
  constexpr std::string_view kReason = "no_envelope";
  const bool kept = counts.examples != nullptr && counts.examples->wants(kReason);
  reject(counts, kReason, kept && rules_.redact.apply(line, redacted_) ? redacted_ : line);
}

void RecordDecoder::add_line(const Unwrapped& line, std::uint64_t end, RecordBatch& batch, DecodeCounts& counts) {
  const std::size_t stream = line.is_stderr() ? 1 : 0;
  Open& open = open_[stream];
  if (open.any && !open.partial) {
    if (rules_.join.multiline && !rules_.join.multiline->begins(line.content, is_frame_last(open.text))) {
      open.text += '\n';
    } else {
      close(stream, end, batch, counts);
    }
  }
  if (!open.any) {  // the time is that of the first part
    open.any = true;
    open.time = line.time;
    open.name = line.name;
    open.attrs = line.attrs;
  }
  open.text += line.content;
  open.partial = line.partial;
}

void RecordDecoder::close(std::size_t stream, std::uint64_t end, RecordBatch& batch, DecodeCounts& counts) {
  Open& open = open_[stream];
  if (open.any) {
    const Unwrapped from{
        {},   stream == 1 ? "stderr" : "stdout", own(open.time, batch), own(open.name, batch), own(open.attrs, batch),
        false};
    decode_text(own(open.text, batch), false, from, end, batch, counts);
  }
  open.text.clear();
  open.any = false;
  open.partial = false;
}

std::string_view RecordDecoder::own(std::string_view text, RecordBatch& batch) const {
  char* const copy = batch.allocate(text.size() + kPadding);
  std::memcpy(copy, text.data(), text.size());
  std::memset(copy + text.size(), ' ', kPadding);
  return {copy, text.size()};
}

void RecordDecoder::decode_text(std::string_view text, bool in_place, const Unwrapped& from, std::uint64_t end,
                                RecordBatch& batch, DecodeCounts& counts) {
  if (!rules_.json && has_colours(text)) {
    char* const copy = batch.allocate(text.size() + kPadding);
    const std::size_t size = without_colours(text, copy);
    std::memset(copy + size, ' ', kPadding);
    text = {copy, size};
    in_place = false;
  }
  if (!rules_.ignore.empty() && rules_.ignore.matches(text)) {
    ++counts.ignored;
    return;
  }
  if (!rules_.redact.empty() && rules_.redact.apply(text, redacted_)) {
    text = own(redacted_, batch);
    in_place = false;
  }
  const bool several = rules_.join.multiline && text.find('\n') != std::string_view::npos;
  const bool coloured = rules_.json && (!is_object(text) || several || !in_place) && has_colours(text);
  if (in_place && !coloured && !several) {
    if (waiting_count_ == waiting_.size()) {
      waiting_.resize(2 * waiting_count_ + 1);
      waiting_from_.resize(adds_fields_ ? waiting_.size() : 0);
    }
    if (adds_fields_) {
      waiting_from_[waiting_count_] = from;
    }
    waiting_[waiting_count_++] = {text, end};
    return;
  }
  decode_waiting(batch, counts);
  decode_alone(text, coloured, several, from, end, batch, counts);
}

void RecordDecoder::decode_alone(std::string_view text, bool coloured, bool several, const Unwrapped& from,
                                 std::uint64_t end, RecordBatch& batch, DecodeCounts& counts) {
  const std::size_t rows = batch.rows();
  if (coloured || several) {
    decode_by_first_part(text, several, end, batch, counts);
  } else {
    const Line line{text, end};
    format_->decode(std::span(&line, 1), batch, counts);
  }
  if (batch.rows() > rows) {
    add_fields(from, static_cast<Row>(rows), batch, counts);
  }
}

void RecordDecoder::decode_waiting(RecordBatch& batch, DecodeCounts& counts) {
  decode_together({waiting_.data(), std::exchange(waiting_count_, 0)}, batch, counts);
}

// The rows of records are known by the ends of their lines, which all differ.
void RecordDecoder::decode_together(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) {
  const std::size_t rows = batch.rows();
  tried_.examples = counts.examples == nullptr ? nullptr : &tried_examples_;
  if (counts.examples != nullptr) {
    tried_examples_.begin(counts.examples->file());
  }
  format_->decode(lines, batch, tried_);
  tried_.examples = nullptr;
  if (rules_.json && batch.rows() - rows < lines.size() && has_coloured_reject(lines, rows, batch)) {
    forget_tried();
    tried_examples_.clear();
    while (batch.rows() > rows) {
      batch.drop_last();
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Unwrapped from = adds_fields_ ? waiting_from_[i] : Unwrapped();
      decode_alone(lines[i].text, has_colours(lines[i].text), false, from, lines[i].end, batch, counts);
    }
    return;
  }
  add_counts(counts.rejects, tried_.rejects);
  add_counts(counts.anomalies, tried_.anomalies);
  add_counts(counts.untimed, tried_.untimed);
  forget_tried();
  if (counts.examples != nullptr) {
    counts.examples->take(tried_examples_);
  }
  std::size_t row = rows;
  for (std::size_t i = 0; adds_fields_ && i < lines.size() && row < batch.rows(); ++i) {
    if (batch.ends()[row] == lines[i].end) {
      add_fields(waiting_from_[i], static_cast<Row>(row++), batch, counts);
    }
  }
}

bool RecordDecoder::has_coloured_reject(std::span<const Line> lines, std::size_t row, const RecordBatch& batch) {
  for (const Line& line : lines) {
    if (row < batch.rows() && batch.ends()[row] == line.end) {
      ++row;
    } else if (has_colours(line.text)) {
      return true;
    }
  }
  return false;
}

void RecordDecoder::forget_tried() {
  reset_counts(tried_.rejects);
  reset_counts(tried_.anomalies);
  reset_counts(tried_.untimed);
}

// JSON that is written in colours is read without them. A record of several lines that the format does not read as a
// whole is read by its first part, as an object with a trace behind it.
void RecordDecoder::decode_by_first_part(std::string_view text, bool several, std::uint64_t end, RecordBatch& batch,
                                         DecodeCounts& counts) {
  const Line line{text, end};
  const std::size_t rows = batch.rows();
  format_->decode(std::span(&line, 1), batch, tried_);
  if (batch.rows() > rows) {
    add_counts(counts.anomalies, tried_.anomalies);
    add_counts(counts.untimed, tried_.untimed);
  } else {
    char* const copy = batch.allocate(text.size() + kPadding);
    const std::size_t size = without_colours(text, copy);
    std::memset(copy + size, ' ', kPadding);
    const Line plain{several ? first_part({copy, size}) : std::string_view(copy, size), end};
    format_->decode(std::span(&plain, 1), batch, counts);
  }
  forget_tried();
}

void RecordDecoder::add_fields(const Unwrapped& from, Row row, RecordBatch& batch, DecodeCounts& counts) {
  const auto set = [&](const std::optional<FieldId>& field, std::string_view text) {
    if (field && !text.empty()) {
      batch.cell(*field, row) = text_value(text, batch, counts);
    }
  };
  set(stream_, from.stream);
  set(name_, from.name);
  set(time_, from.time);
  std::string_view attrs = attributes_.empty() ? std::string_view() : from.attrs;
  for (Attribute attribute; next_attribute(attrs, attribute_scratch_, attribute);) {
    for (const WantedAttribute& wanted : attributes_) {
      if (wanted.name == attribute.name) {
        batch.cell(wanted.field, row) = text_value(batch.own(attribute.value), batch, counts);
      }
    }
  }
  if (rules_.time_of_envelope || (!from.time.empty() && batch.times()[row] == kNoTime)) {
    batch.set_time(row, parse_rfc3339(from.time).value_or(kNoTime));
  }
}

}  // namespace leeway
