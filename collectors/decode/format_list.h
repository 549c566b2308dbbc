// The format of a source of lines, which may be a list: each line is a record of the first format that reads it. Used
// by the builder of log sources.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/config/table_reader.h"
#include "collectors/decode/format.h"
#include "collectors/decode/time_keys.h"

namespace leeway {

struct LineFormatChoice {
  std::string name;  // "json", or "json, regex" for a list
  std::unique_ptr<LineFormat> format;
};

//   format = "json"
//   format = ["json", { format = "regex", pattern = '...', time = "at" }]
// The formats of a list are tried in their order, whatever the lines before were, so that what a line is depends on
// that line only. A format that is a string reads its keys from the source, one that is a table from the table, whose
// `time`, `time_format` and `time_zone` replace those of the source. A line that none of them reads is a reject
// ("no_format"). `files`: the names that suggest a format where the key is missing. No format after an error, which is
// in the reader.
// Where `time`, of the source, names no field, it becomes that of the format, or of the first one that knows its own.
LineFormatChoice read_line_format(TableReader& reader, std::span<const FormatKind> formats,
                                  const std::vector<std::string>& files, TimeKeys& time);

}  // namespace leeway
