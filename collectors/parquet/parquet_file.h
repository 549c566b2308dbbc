// A Parquet file and the rows decoded from it, as the module returns them: row group by row group, batch by batch, only
// the wanted columns, with memory for a few batches. Used by module.cpp. Errors are statuses; Arrow may throw as
// well.
#pragma once

#include <arrow/record_batch.h>
#include <parquet/arrow/reader.h>

#include <memory>
#include <vector>

#include "collectors/parquet/input_file.h"
#include "collectors/parquet/limited_pool.h"
#include "collectors/parquet/wanted_column.h"

namespace leeway {

// The columns, and their places in a batch: shared by a file and its rows.
struct ParquetColumns {
  std::vector<WantedColumn> wanted;
  std::vector<int> places;  // of each, in a batch; -1 where it is not in any
  std::vector<int> leaves;  // of all, ascending, each once
};

class ParquetRows {
 public:
  using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

  // The batches are allocated from `pool`.
  ParquetRows(std::shared_ptr<LimitedPool> pool, std::shared_ptr<const ParquetColumns> columns, Batches batches);

  std::uint64_t count() const { return count_; }
  // As ParquetModule::values; first + count is at most count().
  void values(std::size_t column, std::uint64_t first, std::uint64_t count, Value* out) const;

 private:
  std::shared_ptr<LimitedPool> pool_;  // before the batches, so that it outlives them
  std::shared_ptr<const ParquetColumns> columns_;
  Batches batches_;
  std::uint64_t count_ = 0;
};

class ParquetFile {
 public:
  // `input` outlives the file.
  ParquetFile(const ParquetInput& input, std::uint64_t memory);

  arrow::Status open(const ParquetPath* columns, std::size_t count);
  ParquetForm form(std::size_t column) const { return columns_->wanted[column].form; }
  void seek(std::uint64_t row);
  // The next rows, some tens of thousands; null at the end.
  arrow::Result<std::unique_ptr<ParquetRows>> read();
  bool input_failed() const { return input_->failed(); }

 private:
  static constexpr std::int64_t kBatchRows = 8192;
  static constexpr std::int64_t kBatchBytes = 4 << 20;  // fewer rows per batch where they are larger
  static constexpr std::int64_t kChunkRows = 65'536;    // of one read()
  static constexpr std::int64_t kChunkBytes = 4 << 20;  // likewise: a read() ends beyond it
  static constexpr std::int64_t kBufferBytes = 64 << 10;

  void choose_columns();
  arrow::Status open_group();
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> next_batch();
  std::int64_t group_rows() const;
  std::int64_t batch_rows() const;

  std::shared_ptr<LimitedPool> pool_;  // outlives everything allocated from it
  std::shared_ptr<InputFile> input_;
  std::shared_ptr<ParquetColumns> columns_ = std::make_shared<ParquetColumns>();
  std::unique_ptr<parquet::arrow::FileReader> reader_;
  std::shared_ptr<parquet::FileMetaData> metadata_;
  int group_ = 0;             // that rows come from
  std::int64_t skip_ = 0;     // rows of the group before the wanted one
  std::int64_t decoded_ = 0;  // rows of the group
  std::unique_ptr<arrow::RecordBatchReader> batches_;
};

}  // namespace leeway
