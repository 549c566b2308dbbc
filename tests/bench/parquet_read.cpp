// The cost of reading columns of a Parquet file in the agent: decoding in the module and copying into RecordBatches,
// with the agent's own reader; and, separately, hashing the whole file first. files.py compares it with parquet_scan.
// Usage: parquet_read FILE COLUMN... Prints CPU seconds for reading and for hashing, rows and a sum.
#include <cstdio>
#include <ctime>
#include <string>

#include "agent/core/file_system.h"
#include "collectors/parquet/parquet_library.h"
#include "collectors/parquet/parquet_reader.h"

namespace leeway {
namespace {

double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

struct Totals {
  std::uint64_t rows = 0;
  double sum = 0;

  void add(const RecordBatch& batch) {
    rows += batch.rows();
    for (FieldId field = 0; field < batch.columns(); ++field) {
      for (const Value& value : batch.column(field)) {
        if (value.kind == ValueKind::kDouble) {
          sum += value.number;
        }
      }
    }
  }
};

// Calls `step` until it is done.
template <typename Step>
Expected<void> drive(ParquetReader& reader, Step step) {
  for (;;) {
    const ReadStep taken = step();
    switch (taken.state) {
      case ReadStep::State::kMore:
        break;
      case ReadStep::State::kDone:
        return {};
      case ReadStep::State::kWaiting:
        reader.wait();
        break;
      case ReadStep::State::kBroken:
      case ReadStep::State::kFailed:
        return Error{ErrorCode::kIo, taken.message};
    }
  }
}

Expected<void> read(const std::string& path, const Schema& schema) {
  const Expected<const ParquetModule*> module = load_parquet_module(parquet_module_folders());
  if (!module) {
    return module.error();
  }
  PosixFileSystem files;
  Expected<std::unique_ptr<File>> file = files.open(path, OpenMode::kRead);
  if (!file) {
    return std::move(file).error();
  }
  const Expected<FileInfo> info = (*file)->info();
  Expected<TimestampParser> times = TimestampParser::create("auto", "UTC");
  Expected<LocalZone> zone = LocalZone::locate("UTC");
  if (!info || !times || !zone) {
    return Error{ErrorCode::kIo, "'" + path + "' cannot be read"};
  }
  ParquetReader reader({.module = *module}, std::move(*times), std::move(*zone), schema);
  RecordBatch batch;
  DecodeCounts counts;
  Totals totals;
  const double start = cpu_seconds();
  reader.open({path, file->get(), info->size});
  batch.reset(schema.size());
  if (Expected<void> done = drive(reader, [&] { return reader.prepare({}, batch); }); !done) {
    return done;
  }
  const double hashed = cpu_seconds();
  reader.begin(0, batch);
  const Expected<void> done = drive(reader, [&] {
    batch.reset(schema.size());
    const ReadStep step = reader.read({}, batch, counts);
    totals.add(batch);
    return step;
  });
  std::printf("%.6f s reading, %.6f s hashing; %llu rows, sum %g\n", cpu_seconds() - hashed, hashed - start,
              static_cast<unsigned long long>(totals.rows), totals.sum);
  return done;
}

}  // namespace
}  // namespace leeway

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: parquet_read FILE COLUMN...\n", stderr);
    return 2;
  }
  leeway::Schema schema;
  for (int i = 2; i < argc; ++i) {
    schema.intern({{std::string(argv[i])}});
  }
  const leeway::Expected<void> done = leeway::read(argv[1], schema);
  if (!done) {
    std::fprintf(stderr, "%s\n", done.error().to_string().c_str());
  }
  return done ? 0 : 1;
}
