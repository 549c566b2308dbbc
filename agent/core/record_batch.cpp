#include "agent/core/record_batch.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <numeric>

namespace leeway {
namespace {

constexpr std::size_t kArenaBlock = 64 * 1024;
// A larger block was needed for one odd record; it is given back at the next reset.
constexpr std::size_t kArenaKeep = 256 * 1024;
// Where a buffer begins a few bytes past the beginning of a page, some processors take four times as long to copy the
// pages of a file into it.
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
  std::erase_if(arena_, [](const Block& block) { return block.size > kArenaKeep; });
  block_ = 0;
  used_ = 0;
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

char* RecordBatch::allocate(std::size_t size) {
  while (block_ < arena_.size() && used_ + size > arena_[block_].size) {
    ++block_;
    used_ = 0;
  }
  if (block_ == arena_.size()) {
    const std::size_t block_size = std::max(size, kArenaBlock);
    arena_.push_back({std::make_unique_for_overwrite<char[]>(block_size), block_size});
  }
  char* memory = arena_[block_].bytes.get() + used_;
  used_ += size;
  return memory;
}

std::string_view RecordBatch::own(std::string_view text) {
  char* memory = allocate(text.size());
  std::copy(text.begin(), text.end(), memory);
  return {memory, text.size()};
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
