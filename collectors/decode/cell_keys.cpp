#include "collectors/decode/cell_keys.h"

#include <string>
#include <utility>
#include <vector>

#include "collectors/decode/csv_columns.h"

namespace leeway {

std::optional<char> read_character(TableReader& reader, std::string_view key) {
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

std::optional<NamedPattern> read_named_pattern(TableReader& reader, std::string_view key) {
  const std::optional<std::string> text = reader.string(key);
  if (!text) {
    return std::nullopt;
  }
  Expected<NamedPattern> pattern = NamedPattern::compile(*text);
  if (!pattern) {
    reader.error(key, "'" + std::string(key) + "': " + pattern.error().message);
    return std::nullopt;
  }
  return std::move(*pattern);
}

CellOptions read_cell_keys(TableReader& reader) {
  CellOptions options;
  options.thousands = read_character(reader, "thousands").value_or('\0');
  options.decimal = read_character(reader, "decimal").value_or('\0');
  if (options.decimal != '\0' && options.decimal == options.thousands) {
    reader.error("decimal", "'decimal' and 'thousands' are the same character");
  }
  return options;
}

CellOptions read_table_cell_keys(TableReader& reader) {
  CellOptions options = read_cell_keys(reader);
  options.nulls =
      NullValues(reader.strings("null_values")
                     .value_or(std::vector<std::string>{"NA", "N/A", "NULL", "null", "None", "nan", "NaN"}));
  return options;
}

std::vector<std::string> read_column_names(TableReader& reader) {
  std::vector<std::string> names = reader.strings("columns").value_or(std::vector<std::string>());
  if (const std::string wrong = repeated_column(names); !wrong.empty()) {
    reader.error("columns", wrong);
  }
  return names;
}

}  // namespace leeway
