// Tables as Parquet files, written by Arrow.
#pragma once

#include <arrow/array.h>
#include <parquet/properties.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace leeway {

struct TableColumn {
  std::string name;
  std::shared_ptr<arrow::Array> values;
};

struct TableLayout {
  std::int64_t group_rows = 1 << 20;
  parquet::Compression::type codec = parquet::Compression::UNCOMPRESSED;
  bool dictionary = true;
  bool arrow_schema = false;  // Arrow's own types are stored along with the file's
  std::int64_t page_bytes = 1 << 20;
  bool checksums = false;
};

// The bytes of a file with these columns.
std::string table_file(const std::vector<TableColumn>& columns, const TableLayout& layout = {});

// An array of `type` from Arrow's form of JSON: "[1, null, 3]".
std::shared_ptr<arrow::Array> array_of(const std::shared_ptr<arrow::DataType>& type, const std::string& json);
// 0, 1, 2, ... count - 1
std::shared_ptr<arrow::Array> row_numbers(std::int64_t count);

}  // namespace leeway
