// Part of DriftColumn: captures the reference, and decides when it is complete.
#include <algorithm>
#include <array>

#include "agent/monitors/drift/column_values.h"
#include "agent/monitors/drift/drift_column.h"

namespace leeway {
namespace {

constexpr std::size_t kBlock = 256;  // values that are captured together

}  // namespace

void DriftColumn::begin_capture() {
  capture_ = std::make_unique<ReferenceCapture>();
  counter_.emplace();
}

void DriftColumn::capture(std::span<const Value> values) {
  std::array<double, kBlock> numbers;
  ColumnFactsCounter unused;
  ColumnFactsCounter& facts = counter_ ? *counter_ : unused;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    std::size_t size = 0;
    for (const Value& value : values.subspan(begin, std::min(kBlock, values.size() - begin))) {
      if (const std::optional<double> number = finite_number(value)) {
        numbers[size++] = *number;
        facts.add_number(*number);
      } else if (value.kind == ValueKind::kBool) {
        capture_->add_category(texts_.text_of(value));
        facts.add_boolean(value.boolean);
      } else if (is_category(value)) {
        const std::string_view text = texts_.text_of(value);
        capture_->add_category(text);
        facts.add_text(text, hash_text(text));
      } else {
        capture_->add_missing();
        facts.add_missing(is_absent(value));
      }
    }
    capture_->add_numbers(std::span(numbers).first(size));
  }
}

void DriftColumn::freeze() {
  facts_ = counter_ ? counter_->facts() : ColumnFacts{};
  if (counter_ && counter_->values() < ColumnFacts::kLeastValues) {
    if (counter_->values() == 0) {
      begin_capture();
    }
    return;
  }
  ColumnReference reference = capture_->freeze(settings_.reference);
  if (reference.value_rows() == 0) {
    begin_capture();
    return;
  }
  reference.facts = facts_;
  adopt(std::move(reference));
}

void DriftColumn::freeze_late(std::uint64_t rows) {
  if (!counter_ || capture_->rows() == 0) {
    return;
  }
  if (capture_->rows() >= rows || counter_->values() == 0) {
    freeze();
  } else {
    facts_ = counter_->facts();
  }
  unfilled_ = frozen() ? settings_.slots - 1 : 0;
}

void DriftColumn::capture_again() {
  facts_ = reference_->facts;
  reference_.reset();
  scorer_.reset();
  calibrations_.reset();
  index_.reset();
  results_.clear();
  scored_bins_.clear();
  scored_ = false;
  begin_capture();
}

Expected<void> DriftColumn::load_capture(StateReader& in) {
  std::uint8_t parts = 1;
  if (in.version() >= kFactsVersion) {
    facts_ = ColumnFacts::load(in);
    parts = in.u8();
  }
  if (!in.ok() || (parts & 1) != (capture_ ? 1 : 0)) {
    return Error{ErrorCode::kCorrupt, "saved drift column is invalid"};
  }
  counter_.reset();
  Expected<void> loaded = capture_ ? capture_->load(in) : Expected<void>{};
  if (loaded && (parts & 2) != 0) {
    loaded = counter_.emplace().load(in);
  }
  return loaded;
}

}  // namespace leeway
