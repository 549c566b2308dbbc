#include "agent/core/record_batch.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <numeric>

namespace leeway {
namespace {

// If a buffer begins a few bytes past the start of a page, some processors take four times as long to copy the pages
// of a file into it.
constexpr std::align_val_t kPage{4096};

}  // namespace

void RecordBatch::FreePages::operator()(char* pages) const { ::operator delete(pages, kPage); }

void RecordBatch::reset(std::size_t columns) {
  if (columns != columns_ || values_.empty()) {
    columns_ = columns;
    values_.resize(std::max<std::size_t>(columns, 1) * kColumnStride);
  }
  rows_ = 0;
  file_version_.reset();
  held_.reset();
  arena_.reset();
}

char* RecordBatch::raw_buffer(std::size_t size) {
  if (size + kPadding > raw_size_) {
    raw_size_ = size + kPadding;
    raw_.reset();
    raw_.reset(static_cast<char*>(::operator new(raw_size_, kPage)));
    std::memset(raw_.get() + size, 0, kPadding);
  }
  return raw_.get();
}

std::span<const Value> RecordBatch::own(std::span<const Value> values) { return arena_.copy(values); }

Value RecordBatch::own(const Value& value) {
  if (value.kind == ValueKind::kString) {
    return Value::of_string(own(value.string()));
  }
  if (!value.is_container() || value.items().empty()) {
    return value;
  }
  const std::span<const Value> items = value.items();
  auto* const copies = reinterpret_cast<Value*>(arena_.allocate(items.size_bytes(), alignof(Value)));
  std::transform(items.begin(), items.end(), copies, [this](const Value& item) { return own(item); });
  Value result = value;
  result.elements = copies;
  return result;
}

void RecordBatch::append_rows(Row count, std::uint64_t end) {
  std::fill_n(times_.data() + rows_, count, kNoTime);
  std::iota(ends_.data() + rows_, ends_.data() + rows_ + count, end);
  rows_ += count;
}

void RecordBatch::retain(std::span<const Row> rows) {
  for (std::size_t kept = 0; kept < rows.size(); ++kept) {
    const Row row = rows[kept];
    times_[kept] = times_[row];
    ends_[kept] = ends_[row];
    for (std::size_t field = 0; field < columns_; ++field) {
      cell(static_cast<FieldId>(field), static_cast<Row>(kept)) = cell(static_cast<FieldId>(field), row);
    }
  }
  rows_ = rows.size();
}

}  // namespace leeway
