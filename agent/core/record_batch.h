// A batch of records of one source: the only thing that passes from collectors to monitors.
// One column of values for each field of the source's Schema, plus the event time and the end position of each record.
// The batch owns every byte that its values point to. Filled by one collector, then read by many monitors, all on the
// writer's thread; reused for the next batch, so that a steady stream allocates nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/schema.h"
#include "agent/core/value.h"

namespace leeway {

using Row = std::uint32_t;

// Bytes readable past the end of any record, for parsers that load whole vector registers (simdjson wants 64).
inline constexpr std::size_t kPadding = 64;
inline constexpr std::size_t kMaxBatchRows = 4096;

// Distance of columns in memory: not a power of two, or the cells of one row would compete for the same few lines of
// the processor's nearest cache.
inline constexpr std::size_t kColumnStride = kMaxBatchRows + 36;

// Rows of a batch, ascending, without repetition.
using Selection = std::vector<Row>;

class RecordBatch {
 public:
  RecordBatch() = default;
  RecordBatch(const RecordBatch&) = delete;
  RecordBatch& operator=(const RecordBatch&) = delete;

  // Forgets all records and bytes; capacity stays. `columns` is the size of the source's schema.
  void reset(std::size_t columns);

  std::size_t rows() const { return times_.size(); }
  std::size_t columns() const { return columns_; }
  bool full() const { return rows() == kMaxBatchRows; }

  std::span<const Value> column(FieldId field) const { return {values_.data() + field * kColumnStride, rows()}; }
  // Event times; kNoTime where the record has none.
  std::span<const TimePoint> times() const { return times_; }
  // Position just past each record in its file: where reading resumes once the record is applied.
  std::span<const std::uint64_t> ends() const { return ends_; }

  // --- for collectors and decoders ---

  // A buffer of `size` bytes plus kPadding to read into. Valid until the next reset() or raw_buffer().
  char* raw_buffer(std::size_t size);
  // Copies `text` into memory of the batch.
  std::string_view own(std::string_view text);
  // Uninitialised memory of the batch, valid until reset().
  char* allocate(std::size_t size);

  // Adds a record whose columns are all missing; only while !full().
  Row append(TimePoint time, std::uint64_t end);
  // Takes back the last record.
  void drop_last();
  Value& cell(FieldId field, Row row) { return values_.data()[field * kColumnStride + row]; }
  void set_time(Row row, TimePoint time) { times_[row] = time; }
  // Keeps only `rows` (ascending), in their order.
  void retain(std::span<const Row> rows);

 private:
  std::size_t columns_ = 0;
  std::vector<Value> values_;  // column after column, kColumnStride apart
  std::vector<TimePoint> times_;
  std::vector<std::uint64_t> ends_;
  std::unique_ptr<char[]> raw_;
  std::size_t raw_size_ = 0;
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::vector<Block> arena_;
  std::size_t block_ = 0;  // the block in use
  std::size_t used_ = 0;   // bytes used of it
};

}  // namespace leeway
