// A batch of records of one source: the only thing that passes from collectors to monitors.
// It has one column of values for each field of the source's Schema, plus the event time and the end position of each
// record. The batch owns, or holds together with others, every byte that its values point to. Filled by one collector,
// then read by many monitors, all on the writer's thread; reused for the next batch, so that a steady stream allocates
// nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/arena.h"
#include "agent/core/clock.h"
#include "agent/core/schema.h"
#include "agent/core/value.h"

namespace leeway {

using Row = std::uint32_t;

// Bytes readable past the end of any record, for parsers that load whole vector registers (simdjson wants 64).
inline constexpr std::size_t kPadding = 64;
inline constexpr std::size_t kMaxBatchRows = 4096;

// Distance of columns in memory: not a power of two; otherwise the cells of one row would compete for the same few
// lines of the processor's L1 cache.
inline constexpr std::size_t kColumnStride = kMaxBatchRows + 36;

// Rows of a batch, ascending, without repetition.
using Selection = std::vector<Row>;

// The version of a file, or of several together, that the records of a batch are from, and their place in it.
struct FileVersionPart {
  std::uint64_t file = 0;                  // identifies what it is a version of within the source, in every run
  std::uint64_t id = 0;                    // of its content
  TimePoint modified = kNoTime;            // of the file, or of the newest
  bool first = false;                      // it begins here: an earlier version that has not ended is discarded
  bool last = false;                       // it ends here and is complete
  std::span<const std::string> columns{};  // where a file begins: names of a table's columns, if the format has them
  std::string_view path{};                 // of the file, or of the directory; empty for all files of the source
};

class RecordBatch {
 public:
  RecordBatch() = default;
  RecordBatch(const RecordBatch&) = delete;
  RecordBatch& operator=(const RecordBatch&) = delete;

  // Forgets all records and bytes; capacity stays. `columns` is the size of the source's schema.
  void reset(std::size_t columns);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  bool full() const { return rows() == kMaxBatchRows; }

  std::span<const Value> column(FieldId field) const { return {values_.data() + field * kColumnStride, rows()}; }
  // Event times; kNoTime where the record has none.
  std::span<const TimePoint> times() const { return {times_.data(), rows_}; }
  // Position just past each record in its file: where reading resumes once the record is applied.
  std::span<const std::uint64_t> ends() const { return {ends_.data(), rows_}; }
  // Of a file that is read as a whole. A batch that begins or ends a version may hold no records.
  const std::optional<FileVersionPart>& file_version() const { return file_version_; }
  // For a monitor of several sources, which of them the records are from, in its own order: set by the pipeline.
  std::size_t input() const { return input_; }
  void set_input(std::size_t input) { input_ = input; }

  // --- for collectors and decoders ---

  // A buffer of `size` bytes plus kPadding to read into, at the beginning of a page. Valid until the next reset() or
  // raw_buffer().
  char* raw_buffer(std::size_t size);
  // Copies `text` into memory of the batch.
  std::string_view own(std::string_view text) { return arena_.copy(text); }
  // Copies a value with all that it points to.
  Value own(const Value& value);
  // Copies the values, but not what they point to.
  std::span<const Value> own(std::span<const Value> values);
  // Keeps alive the memory that values point into, until the next reset().
  void hold(std::shared_ptr<const void> memory) { held_ = std::move(memory); }
  // Uninitialised memory of the batch, valid until reset().
  char* allocate(std::size_t size) { return arena_.allocate(size); }

  // Adds a record whose columns are all missing; only while !full().
  Row append(TimePoint time, std::uint64_t end) {
    const auto row = static_cast<Row>(rows_++);
    times_.data()[row] = time;
    ends_.data()[row] = end;
    for (std::size_t field = 0; field < columns_; ++field) {
      cell(static_cast<FieldId>(field), row) = Value::missing();
    }
    return row;
  }
  // Adds `count` records without a time, no more than fit, which end at `end`, `end` + 1 and so on. Their cells are the
  // caller's to write, every one.
  void append_rows(Row count, std::uint64_t end);
  // Removes the last record.
  void drop_last() { --rows_; }
  Value& cell(FieldId field, Row row) { return values_.data()[field * kColumnStride + row]; }
  void set_time(Row row, TimePoint time) { times_.data()[row] = time; }
  // The memory of `part` must remain valid until reset().
  void set_file_version(const FileVersionPart& part) { file_version_ = part; }
  // Keeps only `rows` (ascending), in their order.
  void retain(std::span<const Row> rows);

 private:
  struct FreePages {
    void operator()(char* pages) const;
  };

  std::size_t columns_ = 0;
  std::vector<Value> values_;  // column after column, kColumnStride apart
  std::size_t rows_ = 0;
  std::vector<TimePoint> times_ = std::vector<TimePoint>(kMaxBatchRows);         // of the first rows_
  std::vector<std::uint64_t> ends_ = std::vector<std::uint64_t>(kMaxBatchRows);  // likewise
  std::optional<FileVersionPart> file_version_;
  std::size_t input_ = 0;
  std::shared_ptr<const void> held_;
  std::unique_ptr<char[], FreePages> raw_;
  std::size_t raw_size_ = 0;
  Arena arena_;
};

}  // namespace leeway
