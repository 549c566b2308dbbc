#include "collectors/files/file_format.h"

#include <cassert>
#include <limits>
#include <utility>

#include "collectors/decode/pattern_decoder.h"
#include "collectors/files/line_reader.h"
#include "collectors/files/toml_loader.h"
#include "collectors/files/yaml_loader.h"
#include "collectors/parquet/parquet_library.h"

namespace leeway {
namespace {

// Of a document, which is in memory as a whole: its tokens take up to four times its size on top.
constexpr std::uint64_t kLargestDocument = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostMemory = std::uint64_t{64} << 30;
constexpr std::int64_t kHighestRatio = 1'000'000'000;

bool is_stream(const std::string& format) {
  return format == "jsonl" || format == "csv" || format == "tsv" || format == "regex";
}

void read_names(TableReader& reader, FileFormat& format) {
  if (const std::optional<std::string> text = reader.string("records")) {
    Expected<RecordPath> path = RecordPath::parse(*text);
    if (!path) {
      reader.error("records", path.error().message);
      return;
    }
    format.records = std::move(*path);
  }
  format.names.keys = reader.strings("key").value_or(std::vector<std::string>{});
  format.names.parents = reader.strings("parents").value_or(std::vector<std::string>{});
  const std::size_t wildcards = format.records.wildcards();
  if (!format.names.keys.empty() && format.names.keys.size() != wildcards) {
    reader.error("key", "has " + std::to_string(format.names.keys.size()) + " names, `records` has " +
                            std::to_string(wildcards) + " '*'; expected a name for each");
  }
  if (format.names.parents.size() > format.records.ancestors()) {
    reader.error("parents", "has more names than there is around a record; expected at most " +
                                std::to_string(format.records.ancestors()) +
                                ": the document, then what each '*' of `records` stands for but the last");
  }
}

std::optional<char> read_character(TableReader& reader, const char* key) {
  const std::optional<std::string> text = reader.string(key);
  if (!text) {
    return std::nullopt;
  }
  if (text->size() != 1 || *text == "\"" || *text == "\n" || *text == "\r") {
    reader.error(key, "expected one character");
    return std::nullopt;
  }
  return text->front();
}

void read_table_keys(TableReader& reader, FileFormat& format) {
  format.csv.delimiter = format.name == "tsv" ? '\t' : read_character(reader, "delimiter").value_or(',');
  format.csv.cells.thousands = read_character(reader, "thousands").value_or('\0');
  format.csv.columns = reader.strings("columns").value_or(std::vector<std::string>{});
  const std::optional<std::string> unpivot = reader.string("unpivot");
  if (!unpivot) {
    return;
  }
  Expected<NamedPattern> pattern = NamedPattern::compile(*unpivot);
  if (!pattern) {
    reader.error("unpivot", pattern.error().message);
    return;
  }
  format.csv.unpivot = std::move(*pattern);
}

void read_pattern(TableReader& reader, FileFormat& format) {
  format.csv.cells.thousands = read_character(reader, "thousands").value_or('\0');
  const std::string text = reader.required_string("pattern");
  if (text.empty()) {
    return;
  }
  Expected<NamedPattern> pattern = NamedPattern::compile(text);
  if (!pattern) {
    reader.error("pattern", pattern.error().message);
    return;
  }
  format.pattern = std::move(*pattern);
}

void read_query(TableReader& reader, FileFormat& format) {
  format.records = RecordPath::parse("*").value();
  format.sqlite.query = reader.required_string("query");
  format.sqlite.timeout = reader.duration("timeout").value_or(format.sqlite.timeout);
  if (!format.sqlite.query.empty()) {
    if (const Expected<void> checked = SqliteLoader::check_query(format.sqlite.query); !checked) {
      reader.error("query", checked.error().message);
    }
  }
}

void read_parquet_keys(TableReader& reader, ParquetOptions& options) {
  const Expected<const ParquetModule*> module = load_parquet_module(parquet_module_folders());
  if (module) {
    options.module = *module;
  } else {
    reader.error("format", module.error().message);
  }
  options.limits.memory = reader.byte_size("max_memory").value_or(options.limits.memory);
  if (options.limits.memory > kMostMemory) {
    reader.error("max_memory", "expected at most 64GiB");
  }
  options.limits.ratio = static_cast<std::uint64_t>(
      reader.integer("max_ratio", 1, kHighestRatio).value_or(static_cast<std::int64_t>(options.limits.ratio)));
}

void read_limits(TableReader& reader, FileFormat& format) {
  const std::optional<std::uint64_t> size = reader.byte_size("max_size");
  const std::optional<std::int64_t> records =
      reader.integer("max_records", 1, std::numeric_limits<std::uint32_t>::max() - 1);
  if (format.name == "parquet") {
    ParquetLimits& limits = format.parquet.limits;
    limits.bytes = size.value_or(limits.bytes);
    limits.rows = static_cast<std::uint64_t>(records.value_or(static_cast<std::int64_t>(limits.rows)));
    return;
  }
  if (is_stream(format.name)) {
    format.stream_limits.bytes = size.value_or(format.stream_limits.bytes);
    format.stream_limits.rows =
        static_cast<std::uint64_t>(records.value_or(static_cast<std::int64_t>(format.stream_limits.rows)));
    return;
  }
  format.document_limits.bytes = size.value_or(format.document_limits.bytes);
  format.document_limits.records =
      static_cast<std::uint64_t>(records.value_or(static_cast<std::int64_t>(format.document_limits.records)));
  if (format.document_limits.bytes > kLargestDocument) {
    reader.error("max_size", "expected at most 1GiB: a document is held in memory as a whole");
  }
}

std::unique_ptr<DocumentLoader> make_loader(const FileFormat& format) {
  if (format.name == "sqlite") {
    return std::make_unique<SqliteLoader>(format.sqlite);
  }
  if (format.name == "yaml") {
    return std::make_unique<YamlLoader>();
  }
  if (format.name == "toml") {
    return std::make_unique<TomlLoader>();
  }
  return std::make_unique<JsonLoader>();
}

}  // namespace

std::optional<FileFormat> read_file_format(TableReader& reader) {
  const std::size_t errors = reader.diagnostics().errors().size();
  FileFormat format;
  if (!reader.has("format")) {
    reader.missing("format", "a format of file");
  }
  format.name = reader.choice("format", {"json", "jsonl", "csv", "tsv", "parquet", "regex", "sqlite", "yaml", "toml"})
                    .value_or("");
  if (format.name == "json" || format.name == "yaml" || format.name == "toml") {
    read_names(reader, format);
  } else if (format.name == "csv" || format.name == "tsv") {
    read_table_keys(reader, format);
  } else if (format.name == "parquet") {
    read_parquet_keys(reader, format.parquet);
  } else if (format.name == "regex") {
    read_pattern(reader, format);
  } else if (format.name == "sqlite") {
    read_query(reader, format);
  }
  format.time.format = "json";
  static_cast<void>(read_time_keys(reader, format.time));
  read_limits(reader, format);
  format.names.time = format.time.time_field;
  format.csv.time = format.time.time_field;
  format.parquet.time = format.time.time_field;
  return reader.diagnostics().errors().size() == errors ? std::optional(std::move(format)) : std::nullopt;
}

std::unique_ptr<FileReader> make_reader(const FileFormat& format, const Schema& schema) {
  if (format.name == "jsonl") {
    return std::make_unique<LineReader>(make_decoder(format.time, schema), format.stream_limits);
  }
  Expected<TimestampParser> times = TimestampParser::create(format.time.time_format, format.time.time_zone);
  assert(times.has_value() && "read_time_keys accepts no other format or zone");
  if (format.name == "csv" || format.name == "tsv") {
    return std::make_unique<CsvReader>(format.csv, std::move(*times), schema, format.stream_limits);
  }
  if (format.name == "parquet") {
    Expected<LocalZone> zone = LocalZone::locate(format.time.time_zone);
    assert(zone.has_value() && "read_time_keys accepts no other zone");
    return std::make_unique<ParquetReader>(format.parquet, std::move(*times), std::move(*zone), schema);
  }
  if (format.name == "regex") {
    return std::make_unique<LineReader>(
        std::make_unique<PatternDecoder>(*format.pattern, format.csv.cells, format.csv.time, std::move(*times), schema),
        format.stream_limits);
  }
  return std::make_unique<DocumentReader>(make_loader(format), format.records,
                                          RecordColumns(format.names, format.records, schema, std::move(*times)),
                                          format.document_limits);
}

}  // namespace leeway
