#include "collectors/decode/time_keys.h"

#include <cassert>
#include <memory>
#include <utility>

#include "agent/core/nearest_word.h"
#include "collectors/decode/field_path.h"
#include "collectors/decode/local_zone.h"
#include "collectors/decode/zone_abbreviations.h"

namespace leeway {
namespace {

void read_time_format(TableReader& reader, TimeKeys& keys) {
  keys.format = reader.string("time_format", keys.format);
  const Expected<void> checked = TimestampParser::check_format(keys.format);
  if (!checked) {
    const std::string hint = did_you_mean(keys.format, TimestampParser::format_names());
    reader.error("time_format", checked.error().message + hint);
  }
}

void read_time_zone(TableReader& reader, TimeKeys& keys) {
  keys.zone = reader.string("time_zone", keys.zone);
  const Expected<LocalZone> zone = LocalZone::locate(keys.zone);
  if (!zone) {
    const bool has_choices = !zones_abbreviated(keys.zone).empty();
    const std::string hint = has_choices ? std::string() : did_you_mean(keys.zone, LocalZone::names());
    reader.error("time_zone", zone.error().message + hint);
  }
}

}  // namespace

TimeKeys read_time_keys(TableReader& reader) {
  TimeKeys keys;
  keys.field = read_field_path(reader, "time");
  read_time_format(reader, keys);
  read_time_zone(reader, keys);
  return keys;
}

void require_time_field(TableReader& reader, const TimeKeys& keys) {
  if (reader.has("time_format") && !reader.has("time") && !keys.field) {
    reader.error("time_format", "'time_format' has no effect without 'time'; expected 'time' to name a field");
  }
}

TimestampParser TimeKeys::parser() const {
  Expected<TimestampParser> created = TimestampParser::create(format, zone);
  assert(created.has_value() && "read_time_keys() reports every other format and zone");
  return std::move(*created);
}

TimeReader TimeKeys::reader() const {
  Expected<TimestampParser> created = TimestampParser::create("auto", zone);
  if (!created) {
    return {};
  }
  return [shared = std::make_shared<TimestampParser>(std::move(*created))](std::string_view text) {
    return shared->parse_date(text);
  };
}

}  // namespace leeway
