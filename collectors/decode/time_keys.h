// When records happened: the keys `time`, `time_format` and `time_zone` of a source, the same for all formats. Read by
// the builder of a source, used by its format.
#pragma once

#include <optional>
#include <string>

#include "agent/config/table_reader.h"
#include "agent/core/schema.h"
#include "collectors/decode/timestamp.h"

namespace leeway {

struct TimeKeys {
  std::optional<FieldPath> field{};  // `time`
  std::string format = "auto";       // or a strftime-like pattern with %f for fractions
  std::string zone = "UTC";          // IANA name, for times without a zone

  // As expressions name it; "" if there is none.
  std::string field_name() const { return field ? field->to_string() : ""; }
  TimestampParser parser() const;
  // Reads dates with a time of day (ISO 8601); those without a zone are in `zone`.
  TimeReader reader() const;
};

// Errors are in the reader; the result must not be used then.
TimeKeys read_time_keys(TableReader& reader);
// Once the format is read, which may know the field: an error if `time_format` is there without any.
void require_time_field(TableReader& reader, const TimeKeys& keys);

}  // namespace leeway
