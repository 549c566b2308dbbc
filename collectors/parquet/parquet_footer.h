// The sizes in the footer of a Parquet file, read without allocating memory for them: the bounds that are checked
// before Arrow decodes anything. Used by ParquetReader.
//
// The footer is a FileMetaData of https://github.com/apache/parquet-format (parquet.thrift) in Thrift's compact
// protocol.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/decode/file_reader.h"

namespace leeway {

struct ParquetLimits {
  std::uint64_t bytes = std::uint64_t{16} << 30;    // of the file
  std::uint64_t rows = 100'000'000;                 // of one version
  std::uint64_t memory = std::uint64_t{128} << 20;  // that decoding may use at a time
  std::uint64_t ratio = 1000;                       // of the file's content, decompressed, to its size
};

struct ParquetFooter {
  static constexpr std::uint64_t kMaxBytes = 16 << 20;      // of the footer
  static constexpr std::uint64_t kMaxColumns = 10'000;      // that have values, including nested ones
  static constexpr std::uint64_t kMaxChunks = 100'000;      // columns in all row groups
  static constexpr std::uint64_t kMaxRowGroups = 100'000;   //
  static constexpr std::uint64_t kMaxElements = 1'000'000;  // of all lists in the footer
  static constexpr std::size_t kMaxDepth = 64;              // of the schema

  std::vector<std::string> names{};  // of the columns; a nested one counts as one
  std::uint64_t columns = 0;         // that have values
  std::uint64_t row_groups = 0;
  std::uint64_t rows = 0;          // of all row groups
  std::uint64_t uncompressed = 0;  // bytes, of all row groups
};

// Reads the footer `bytes` of a file of `file_size` bytes. kDone, or kBroken: "footer", "too_deep", "too_many_columns",
// "too_many_row_groups", "too_many_records", "too_compressed".
ReadStep read_parquet_footer(std::string_view bytes, std::uint64_t file_size, const ParquetLimits& limits,
                             ParquetFooter& footer);

}  // namespace leeway
