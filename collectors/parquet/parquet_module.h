// The boundary between Leeway and libleeway_parquet.so, the only part that contains Apache Arrow, loaded only where a
// Parquet file is to be read. Functions and plain structures; no exception crosses it. Implemented by module.cpp, used
// by ParquetReader through ParquetLibrary.
#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/core/value.h"

namespace leeway {

class ParquetFile;  // an open file
class ParquetRows;  // decoded rows

// Reads up to `size` bytes at `offset`: their number, less than `size` only at the end of the file, or -1 for an error.
// Called on the thread that called the module.
struct ParquetInput {
  void* context;
  std::int64_t (*read_at)(void* context, std::uint64_t offset, void* out, std::uint64_t size);
  std::uint64_t size;
};

struct ParquetStep {
  const char* name;     // null: an element of a list
  std::uint32_t index;  // which one
};

// A wanted column: its path, and the path as one name, for a column whose name has dots.
struct ParquetPath {
  const ParquetStep* steps;
  std::size_t size;
  const char* whole;
};

// What the values of a column are. All are as in a RecordBatch except as noted here.
enum class ParquetForm : std::uint8_t {
  kAbsent,  // there is no such column
  kUnsupported,
  kPlain,
  kText,       // kString that may be invalid UTF-8
  kBytes,      // kString of any bytes
  kLocalTime,  // kTimestamp that counts as if the unknown zone were UTC
  kDate,       // likewise, at midnight
};

enum class ParquetResult : std::uint8_t {
  kOk,
  kEnd,            // there are no more rows
  kBroken,         // the file's content is wrong
  kUnsupported,    // it is written in a way that the library does not support
  kTooMuchMemory,  // decoding would take more than the limit
  kInputFailed,    // read_at() returned an error
};

struct ParquetMessage {
  char text[512];
};

// One thread at a time may use a ParquetFile, and one a ParquetRows; these may be different threads.
struct ParquetModule {
  static constexpr std::uint32_t kVersion = 2;
  static constexpr const char* kFileName = "libleeway_parquet.so";
  static constexpr const char* kSymbol = "leeway_parquet_module";

  std::uint32_t version;     // kVersion
  std::uint32_t value_size;  // sizeof(Value)

  // Opens a file that was checked to be Parquet with a footer within the limits. `input` and what it refers to must
  // outlive the file; `columns` need not. Decoding uses at most about `memory` bytes at a time. Ownership: close().
  ParquetResult (*open)(const ParquetInput* input, const ParquetPath* columns, std::size_t count, std::uint64_t memory,
                        ParquetFile** file, ParquetMessage* message);
  void (*close)(ParquetFile* file);
  // `column` is an index into the columns of open().
  ParquetForm (*form)(const ParquetFile* file, std::size_t column);
  // The next read() starts at this row of the file.
  void (*seek)(ParquetFile* file, std::uint64_t row);
  // Decodes the next rows, some tens of thousands. Ownership: release(), which may come after close().
  ParquetResult (*read)(ParquetFile* file, ParquetRows** rows, ParquetMessage* message);
  void (*release)(ParquetRows* rows);

  std::uint64_t (*count)(const ParquetRows* rows);
  // Writes the values of rows [first, first + count). Texts belong to `rows`.
  ParquetResult (*values)(const ParquetRows* rows, std::size_t column, std::uint64_t first, std::uint64_t count,
                          Value* out, ParquetMessage* message);
};

}  // namespace leeway
