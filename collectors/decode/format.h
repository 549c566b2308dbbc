// How a source's lines are written: the `format` and `time*` keys of a source. Read once by the source that needs it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/config/table_reader.h"
#include "agent/core/schema.h"
#include "collectors/decode/decoder.h"

namespace leeway {

struct FormatConfig {
  std::string format;                   // "json"
  bool text_prefix = false;             // the JSON begins at the first '{' of the line
  std::optional<FieldPath> time_field;  // `time`
  std::string time_format;              // "auto" or a strftime-like pattern with %f for fractions
  std::string time_zone;                // IANA name for times without a zone; "UTC" by default
};

// Reads the keys `format`, `prefix`, `time`, `time_format` and `time_zone`; no value after an error.
std::optional<FormatConfig> read_format(TableReader& reader);
// Only the keys `time`, `time_format` and `time_zone`; false after an error.
bool read_time_keys(TableReader& reader, FormatConfig& config);
// Reads dates with a time of day (ISO 8601); those without a zone are of the configuration's.
TimeReader make_time_reader(const FormatConfig& config);
// `schema` must outlive the decoder and not change any more.
std::unique_ptr<Decoder> make_decoder(const FormatConfig& config, const Schema& schema);

}  // namespace leeway
