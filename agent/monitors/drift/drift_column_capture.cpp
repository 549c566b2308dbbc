// Part of DriftColumn: captures the reference, and decides when it is complete.
#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "agent/monitors/drift/column_values.h"
#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/reference_part.h"
#include "agent/sketches/window_capture.h"

namespace leeway {
namespace {

constexpr std::size_t kBlock = 256;  // values that are captured together

}  // namespace

void DriftColumn::begin_capture() {
  capture_ = std::make_unique<ReferenceCapture>();
  capture_->divide();
  counter_.emplace();
}

void DriftColumn::end_captured(TimePoint begin, bool cut) {
  if (capture_) {
    capture_->end_window(begin, cut);
  }
}

double DriftColumn::missing_share() const {
  const std::uint64_t rows = reference_ ? reference_->rows : facts_.rows;
  const std::uint64_t values = reference_ ? reference_->value_rows() : facts_.values();
  return rows == 0 ? 0 : static_cast<double>(rows - values) / static_cast<double>(rows);
}

std::string_view DriftColumn::reason() const {
  return !frozen() && facts_.values() >= ColumnFacts::kLeastValues ? "capturing" : to_string(facts().reason());
}

void DriftColumn::capture(std::span<const Value> values, ReferenceCapture& into, ColumnFactsCounter* counter) {
  std::array<double, kBlock> numbers;
  ColumnFactsCounter unused;
  ColumnFactsCounter& facts = counter != nullptr ? *counter : unused;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    std::size_t size = 0;
    for (const Value& value : values.subspan(begin, std::min(kBlock, values.size() - begin))) {
      if (const std::optional<double> number = finite_number(value)) {
        numbers[size++] = *number;
        facts.add_number(*number);
      } else if (value.kind == ValueKind::kBool) {
        into.add_category(captured_texts_.text_of(value));
        facts.add_boolean(value.boolean);
      } else if (is_category(value)) {
        const std::string_view text = captured_texts_.text_of(value);
        into.add_category(text);
        facts.add_text(text, hash_text(text));
      } else {
        into.add_missing();
        value.is_container() ? facts.add_nested() : facts.add_missing(is_absent(value));
      }
    }
    into.add_numbers(std::span(numbers).first(size));
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

// The rows of the window in the cells of the reference, which did not exist when they arrived.
void DriftColumn::take_window(const ReferenceCapture& window) {
  std::vector<Value> block;
  const auto take = [&](const Value& value, std::uint64_t rows) {
    for (; rows > 0; --rows) {
      block.push_back(value);
      if (block.size() == kBlock) {
        count(block, slots_[slot_]);
        block.clear();
      }
    }
  };
  std::uint64_t missing = window.rows() - window.texts();
  for (const WeightedValue& number : window.numbers()) {
    take(Value::of_double(number.value), number.weight);
    missing -= number.weight;
  }
  for (const auto& [text, rows] : window.categories()) {
    take(Value::of_string(text), rows);
  }
  for (std::uint32_t i = 0; i < kTextClasses; ++i) {
    const std::uint64_t beyond = window.beyond()[i];
    if (reference_->kind == ColumnKind::kCategory) {
      slots_[slot_].sums.cells[reference_->unseen_cell(i)] += static_cast<double>(beyond);
    } else {
      missing += beyond;
    }
  }
  take(Value::null(), missing);
  count(block, slots_[slot_]);
}

void DriftColumn::renew(const std::vector<WindowSpan>& windows) {
  ColumnReference reference = rolling_->merged().freeze(settings_.reference);
  if (reference.value_rows() < ColumnFacts::kLeastValues) {
    forget_reference();
    return;
  }
  for (std::size_t i = 0; i < windows.size(); ++i) {
    reference.windows.push_back(window_of(rolling_->block(i), reference));
    reference.windows.back().begin = settings_.spans.local(windows[i].begin);
  }
  adopt(std::move(reference));
  take_window(rolling_->open(0));
}

void DriftColumn::forget_reference() {
  reference_.reset();
  scorer_.reset();
  calibrations_.reset();
  index_.reset();
  results_.clear();
  scored_bins_.clear();
  scored_ = false;
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
  unfilled_ = frozen() ? settings_.held_slots() - 1 : 0;
}

void DriftColumn::capture_again() {
  facts_ = reference_->facts;
  forget_reference();
  begin_capture();
}

// The windows of a reference from elsewhere are those that it came with.
Expected<ColumnReference> DriftColumn::load_reference(StateReader& in) const {
  Expected<ColumnReference> result = leeway::load_reference(in);
  if (result && in.version() < ReferenceCapture::kDividedVersion && reference_) {
    result->windows = reference_->windows;
  }
  return result;
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
