// Reads lines as a source with some keys would. Shared by the tests of this room.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/config/toml_reader.h"
#include "tests/collectors/decode/decode_lines.h"

namespace leeway {

using ReadFormat = std::unique_ptr<LineFormat> (*)(FormatContext&);

struct ReadKeys {
  std::unique_ptr<LineFormat> format;
  std::string errors;
  bool has_time = false;
};

inline ReadKeys read_keys(ReadFormat read, const std::string& keys) {
  Diagnostics diagnostics;
  const ConfigTable table = parse_toml(keys, "keys.toml", diagnostics);
  TableReader reader(table, {}, "[[source]]", diagnostics);
  TimeKeys time = read_time_keys(reader);
  FormatContext context{reader, time};
  ReadKeys result{read(context), "", false};
  reader.report_unused_keys();
  result.errors = diagnostics.has_errors() ? diagnostics.to_string() : "";
  result.has_time = time.field.has_value();
  return result;
}

// A source with these fields.
class TextLines {
 public:
  TextLines(ReadFormat read, const std::string& keys, std::vector<std::string> fields)
      : fields_(std::move(fields)),
        keys_(read_keys(read, keys)),
        lines_(fields_, [this](const Schema& schema) { return keys_.format->make_decoder(schema); }) {}

  // "field=value" of each field that the line has, separated by ", "; "no_match", or the anomalies at the end.
  std::string read(const std::string& line) {
    lines_.decode({line});
    std::string text;
    for (FieldId field = 0; field < fields_.size() && lines_.batch.rows() == 1; ++field) {
      const Value& value = lines_.value(field);
      if (value.kind != ValueKind::kMissing) {
        text += (text.empty() ? "" : ", ") + fields_[field] + "=" + text_of(value);
      }
    }
    for (const ReasonCounts& counts : {lines_.counts.rejects, lines_.counts.anomalies}) {
      for (const auto& [reason, count] : counts) {
        text += (text.empty() ? "" : ", ") + reason + (count == 1 ? "" : " " + std::to_string(count));
      }
    }
    return text;
  }
  TimePoint time() const { return lines_.batch.times()[0]; }
  LineDecoder& lines() { return lines_; }

 private:
  const std::vector<std::string> fields_;
  const ReadKeys keys_;
  LineDecoder lines_;
};

}  // namespace leeway
