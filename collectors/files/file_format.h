// The formats of a file source: their keys, and the readers that they make. To add one, write a DocumentLoader or a
// StreamReader and a row in file_format.cpp. Used by FileSource.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/core/schema.h"
#include "collectors/decode/format.h"
#include "collectors/decode/named_pattern.h"
#include "collectors/files/csv_reader.h"
#include "collectors/files/document_reader.h"
#include "collectors/files/file_reader.h"
#include "collectors/files/record_columns.h"
#include "collectors/files/record_path.h"
#include "collectors/files/sqlite_loader.h"
#include "collectors/files/stream_reader.h"
#include "collectors/parquet/parquet_reader.h"

namespace leeway {

struct FileFormat {
  std::string name;   // `format`
  FormatConfig time;  // `time`, `time_format`, `time_zone`
  // Documents.
  SqliteOptions sqlite;
  RecordPath records;
  RecordNames names;
  DocumentLimits document_limits;
  // Rows one after the other.
  CsvOptions csv;
  std::optional<NamedPattern> pattern;
  StreamLimits stream_limits;
  ParquetOptions parquet;
};

// Reads `format`, the keys of that format, the time's, `max_size` and `max_records`; no value after an error. "parquet"
// loads its module.
std::optional<FileFormat> read_file_format(TableReader& reader);
// `schema` must outlive the reader and not change any more.
std::unique_ptr<FileReader> make_reader(const FileFormat& format, const Schema& schema);

}  // namespace leeway
