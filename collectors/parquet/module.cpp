// The functions of ParquetModule: they turn Arrow's statuses and every exception into results.
#include <arrow/io/interfaces.h>
#include <arrow/util/thread_pool.h>

#include <algorithm>
#include <exception>
#include <new>
#include <string_view>

#include "collectors/parquet/parquet_file.h"
#include "collectors/parquet/parquet_module.h"

namespace leeway {
namespace {

void set_message(std::string_view text, ParquetMessage* message) {
  const std::size_t size = std::min(text.size(), sizeof(message->text) - 1);
  std::copy_n(text.begin(), size, message->text);
  message->text[size] = '\0';
}

ParquetResult result_of(const arrow::Status& status, ParquetMessage* message) {
  set_message(status.message(), message);
  switch (status.code()) {
    case arrow::StatusCode::OK:
      return ParquetResult::kOk;
    case arrow::StatusCode::OutOfMemory:
      return ParquetResult::kTooMuchMemory;
    case arrow::StatusCode::NotImplemented:
      return ParquetResult::kUnsupported;
    default:
      return ParquetResult::kBroken;
  }
}

// The result of `work`, whatever it throws.
template <typename Work>
ParquetResult guarded(ParquetMessage* message, Work work) noexcept {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    set_message("there is not enough memory to decode it", message);
    return ParquetResult::kTooMuchMemory;
  } catch (const parquet::ParquetStatusException& error) {
    return result_of(error.status(), message);
  } catch (const std::exception& error) {
    set_message(error.what(), message);
  } catch (...) {
    set_message("it cannot be decoded", message);
  }
  return ParquetResult::kBroken;
}

ParquetResult open_file(const ParquetInput* input, const ParquetPath* columns, std::size_t count, std::uint64_t memory,
                        ParquetFile** file, ParquetMessage* message) {
  std::unique_ptr<ParquetFile> opened;
  const ParquetResult result = guarded(message, [&] {
    opened = std::make_unique<ParquetFile>(*input, memory);
    return result_of(opened->open(columns, count), message);
  });
  if (result != ParquetResult::kOk) {
    return opened != nullptr && opened->input_failed() ? ParquetResult::kInputFailed : result;
  }
  *file = opened.release();
  return result;
}

void close_file(ParquetFile* file) { delete file; }

ParquetForm column_form(const ParquetFile* file, std::size_t column) { return file->form(column); }

void seek_row(ParquetFile* file, std::uint64_t row) { file->seek(row); }

ParquetResult read_rows(ParquetFile* file, ParquetRows** rows, ParquetMessage* message) {
  const ParquetResult result = guarded(message, [&] {
    arrow::Result<std::unique_ptr<ParquetRows>> read = file->read();
    if (!read.ok()) {
      return result_of(read.status(), message);
    }
    *rows = read->release();
    return *rows == nullptr ? ParquetResult::kEnd : ParquetResult::kOk;
  });
  const bool good = result == ParquetResult::kOk || result == ParquetResult::kEnd;
  return !good && file->input_failed() ? ParquetResult::kInputFailed : result;
}

void release_rows(ParquetRows* rows) { delete rows; }

std::uint64_t row_count(const ParquetRows* rows) { return rows->count(); }

ParquetResult row_values(const ParquetRows* rows, std::size_t column, std::uint64_t first, std::uint64_t count,
                         Value* out, ParquetMessage* message) {
  return guarded(message, [&] {
    rows->values(column, first, count, out);
    return ParquetResult::kOk;
  });
}

constexpr ParquetModule kModule = {
    ParquetModule::kVersion,
    sizeof(Value),
    open_file,
    close_file,
    column_form,
    seek_row,
    read_rows,
    release_rows,
    row_count,
    row_values,
};

}  // namespace
}  // namespace leeway

// The symbol that ParquetLibrary looks up. Null if Arrow cannot be set up.
extern "C" __attribute__((visibility("default"))) const leeway::ParquetModule* leeway_parquet_module() {
  // Files are read on the calling thread: Arrow needs no threads of its own.
  const bool set = leeway::guarded(nullptr, [] {
                     const bool ok =
                         arrow::SetCpuThreadPoolCapacity(1).ok() && arrow::io::SetIOThreadPoolCapacity(1).ok();
                     return ok ? leeway::ParquetResult::kOk : leeway::ParquetResult::kBroken;
                   }) == leeway::ParquetResult::kOk;
  return set ? &leeway::kModule : nullptr;
}
