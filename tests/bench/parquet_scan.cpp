// The cost of reading columns of a Parquet file with Arrow alone, with the settings of the module: the floor for
// files.py. Usage: parquet_scan FILE COLUMN... Prints CPU seconds, rows and a sum, so that nothing is optimised away.
#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <cstdio>
#include <ctime>
#include <numeric>
#include <string>
#include <vector>

namespace {

constexpr std::int64_t kBatchRows = 8192;
constexpr std::int64_t kBufferBytes = 64 << 10;

double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

arrow::Status scan(const std::string& path, const std::vector<std::string>& columns) {
  const double start = cpu_seconds();
  parquet::ReaderProperties properties;
  properties.enable_buffered_stream();
  properties.set_buffer_size(kBufferBytes);
  parquet::ArrowReaderProperties arrow_properties(false);
  arrow_properties.set_batch_size(kBatchRows);
  arrow_properties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_ASSIGN_OR_RAISE(const std::shared_ptr<arrow::io::ReadableFile> file, arrow::io::ReadableFile::Open(path));
  ARROW_RETURN_NOT_OK(builder.Open(file, properties));
  builder.properties(arrow_properties);
  ARROW_ASSIGN_OR_RAISE(const std::unique_ptr<parquet::arrow::FileReader> reader, builder.Build());
  std::vector<int> leaves;
  for (const std::string& column : columns) {
    leaves.push_back(reader->parquet_reader()->metadata()->schema()->ColumnIndex(column));
  }
  std::vector<int> groups(static_cast<std::size_t>(reader->num_row_groups()));
  std::iota(groups.begin(), groups.end(), 0);
  ARROW_ASSIGN_OR_RAISE(const std::unique_ptr<arrow::RecordBatchReader> batches,
                        reader->GetRecordBatchReader(groups, leaves));
  std::int64_t rows = 0;
  double sum = 0;
  for (std::shared_ptr<arrow::RecordBatch> batch;;) {
    ARROW_RETURN_NOT_OK(batches->ReadNext(&batch));
    if (batch == nullptr) {
      break;
    }
    rows += batch->num_rows();
    for (const std::shared_ptr<arrow::Array>& array : batch->columns()) {
      if (array->type_id() == arrow::Type::DOUBLE) {
        const double* const values = static_cast<const arrow::DoubleArray&>(*array).raw_values();
        sum = std::accumulate(values, values + array->length(), sum);
      }
    }
  }
  std::printf("%.6f s reading; %lld rows, sum %g\n", cpu_seconds() - start, static_cast<long long>(rows), sum);
  return arrow::Status::OK();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: parquet_scan FILE COLUMN...\n", stderr);
    return 2;
  }
  const arrow::Status done = scan(argv[1], {argv + 2, argv + argc});
  if (!done.ok()) {
    std::fprintf(stderr, "%s\n", done.ToString().c_str());
  }
  return done.ok() ? 0 : 1;
}
