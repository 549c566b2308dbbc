#include "agent/monitors/window/window_input.h"

#include <array>
#include <cstring>

namespace leeway {
namespace {

// The same for equal numbers, however they were written; a number is not the text of it. All bits are well mixed.
std::uint64_t hash_of_value(const Value& value) {
  if (value.kind == ValueKind::kString) {
    return hash_text(value.string());
  }
  if (value.kind == ValueKind::kBool) {
    return hash_text(value.boolean ? "\x01"
                                     "true"
                                   : "\x01"
                                     "false");
  }
  std::array<char, sizeof(double) + 1> bytes{'\x02'};
  const double number = value.as_double() + 0.0;  // -0 is 0
  std::memcpy(&bytes[1], &number, sizeof(number));
  return hash_text({bytes.data(), bytes.size()});
}

}  // namespace

std::optional<WindowInput> WindowInput::read(TableReader& reader, const Schemas& schemas, WindowInputKind kind) {
  const ErrorCheck errors(reader);
  RecordFilter filter = RecordFilter::read(reader, schemas);
  WindowInput input(std::move(filter), LabelSet::read(reader, schemas, MetricType::kGauge, {"labels", false}));
  input.good_ = SourceExpression::read(reader, "good", schemas, StaticType::kBool);
  if (kind == WindowInputKind::kNumber) {
    input.value_ = NumericValue::read(reader, "value", schemas);
  } else {
    input.anything_ = SourceExpression::read(reader, "value", schemas);
  }
  return errors.failed() ? std::nullopt : std::optional(std::move(input));
}

std::string WindowInput::subject() const {
  return value_ ? value_->text() : anything_ ? anything_->text() : good_ ? good_->text() : "";
}

// Rows without a verdict leave `rows`.
void WindowInput::decide_hits(const RecordBatch& batch, Selection& rows, FailureCounts& failures) {
  const std::span<const Value> values = good_->of(batch).evaluate(batch, rows);
  hits_.resize(rows.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (values[i].kind == ValueKind::kBool) {
      hits_[kept] = values[i].boolean ? 1 : 0;
      rows[kept++] = rows[i];
      continue;
    }
    const Failure failure = LabelInterner::failure_of(values[i]);
    ++failures[static_cast<std::size_t>(failure == Failure::kNone ? Failure::kWrongType : failure)];
  }
  rows.resize(kept);
}

// Rows without a value leave `rows`.
void WindowInput::read_hashes(const RecordBatch& batch, bool texts, Selection& rows, FailureCounts& failures) {
  const std::span<const Value> values = anything_->of(batch).evaluate(batch, rows);
  hashes_.resize(rows.size());
  values_.assign(texts ? rows.size() : 0, {});
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const Failure failure = LabelInterner::failure_of(values[i]); failure != Failure::kNone) {
      ++failures[static_cast<std::size_t>(failure)];
      continue;
    }
    hashes_[kept] = hash_of_value(values[i]);
    if (!values_.empty()) {
      values_[kept] = values[i];
    }
    rows[kept++] = rows[i];
  }
  rows.resize(kept);
}

Selection& WindowInput::select(const RecordBatch& batch, const WindowSettings& settings, FailureCounts& failures) {
  Selection& rows = filter_.select(batch, failures);
  if (!rows.empty() && good_) {
    decide_hits(batch, rows, failures);
  }
  if (!rows.empty() && value_) {
    value_->evaluate(batch, rows, failures);
  }
  if (!rows.empty() && anything_) {
    read_hashes(batch, settings.aggregate == WindowAggregate::kTop, rows, failures);
  }
  return rows;
}

Observation WindowInput::observation(std::size_t index, TimePoint time, const WindowSettings& settings) {
  Observation record{time};
  if (value_) {
    record.value = value_->numbers()[index];
  }
  if (anything_) {
    record.hash = hashes_[index];
  }
  if (!values_.empty()) {
    record.raw = &values_[index];
    record.texts = &texts_;
  }
  record.hit = good_ ? hits_[index] != 0 : settings.is_within(record.value);
  return record;
}

}  // namespace leeway
