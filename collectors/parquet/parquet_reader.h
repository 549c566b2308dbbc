// The `parquet` format: the wanted columns of a table, row group by row group. Made by parquet_format.
//
// A version is checked before anything is decoded: the magic at both ends, the footer against the limits, then its
// schema. Decoding is done by the module with Apache Arrow, on a thread of its own and one read ahead; the writer's
// thread only copies. The position is the number of the next row.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/core/schema.h"
#include "collectors/decode/file_reader.h"
#include "collectors/decode/local_zone.h"
#include "collectors/decode/timestamp.h"
#include "collectors/files/background_task.h"
#include "collectors/files/content_hash.h"
#include "collectors/parquet/parquet_footer.h"
#include "collectors/parquet/parquet_module.h"

namespace leeway {

struct ParquetOptions {
  const ParquetModule* module = nullptr;
  ParquetLimits limits{};
  std::optional<FieldPath> time{};
};

class ParquetReader final : public FileReader {
 public:
  // `zone` is for dates and times without one.
  ParquetReader(const ParquetOptions& options, TimestampParser time_parser, LocalZone zone, const Schema& schema);
  ~ParquetReader() override;

  void open(const FileToRead& version) override;
  ReadStep prepare(Budget budget, RecordBatch& scratch) override;
  std::uint64_t hash() const override { return content_.value(); }
  ReadStep begin(std::uint64_t position, RecordBatch& scratch) override;
  ReadStep read(Budget budget, RecordBatch& batch, DecodeCounts& counts) override;
  std::uint64_t position() const override { return next_; }
  void wait() override { task_.wait(); }
  void set_wake(const std::function<void()>& wake) override { task_.set_wake(wake); }
  void close() override;
  std::uint64_t shape() const override { return shape_; }
  std::span<const std::string> columns() const override { return footer_.names; }

 private:
  // What the module reads from, on its thread.
  struct Input {
    FileToRead version;
    std::stop_token stop;
    std::optional<Error> error;

    static std::int64_t read_at(void* context, std::uint64_t offset, void* out, std::uint64_t size);
  };
  // The path to a column, as the module expects it: one for each field of the schema, and the time's.
  struct Path {
    explicit Path(const FieldPath& path);
    ParquetPath view() const { return {steps.data(), steps.size(), whole.c_str()}; }

    std::vector<std::string> names;
    std::vector<ParquetStep> steps;  // point into `names`
    std::string whole;
  };
  struct Close {
    const ParquetModule* module;
    void operator()(ParquetFile* file) const { module->close(file); }
  };
  // Shared with the batch that contains the values.
  using Rows = std::shared_ptr<ParquetRows>;

  ReadStep check_ends();
  ReadStep hash_piece(Budget budget, RecordBatch& scratch);
  ReadStep open_file(std::stop_token stop);
  ReadStep read_footer();
  ReadStep decode(std::stop_token stop);
  ReadStep step_of(ParquetResult result, const ParquetMessage& message) const;
  void start_decoding();
  ReadStep next_rows();
  void count_unsupported(DecodeCounts& counts) const;
  void append(Budget budget, RecordBatch& batch, DecodeCounts& counts);
  void write_columns(Row rows, RecordBatch& batch);
  Row affordable_rows(Budget budget, const RecordBatch& batch) const;
  void own_column(FieldId column, RecordBatch& batch, DecodeCounts& counts);
  void set_times(RecordBatch& batch, DecodeCounts& counts);
  TimePoint time_of(const Value& value);
  Instant to_utc(const Instant& local);
  std::uint64_t bytes_before(std::uint64_t row) const;

  const ParquetOptions options_;
  TimestampParser time_parser_;
  LocalZone zone_;
  const std::size_t fields_;
  std::vector<Path> paths_;

  Input input_;
  ContentHash content_;
  std::uint64_t hashed_ = 0;
  ParquetFooter footer_;
  std::uint64_t shape_ = 0;
  ParquetInput module_input_{};
  std::unique_ptr<ParquetFile, Close> file_;
  std::vector<ParquetForm> forms_;  // of paths_
  Rows ahead_;                      // what the task decoded
  bool ended_ = false;              // there is nothing after it
  Rows rows_;                       // being returned
  std::uint64_t used_ = 0;          // of rows_
  std::uint64_t next_ = 0;
  bool first_ = false;  // nothing of this version was returned yet, in this run
  std::vector<Value> times_;
  BackgroundTask task_;  // the last member: it is destroyed before the data that it uses
};

}  // namespace leeway
