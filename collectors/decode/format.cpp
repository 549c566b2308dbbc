#include "collectors/decode/format.h"

#include <utility>
#include <vector>

#include "agent/core/nearest_word.h"
#include "collectors/decode/field_path.h"
#include "collectors/decode/local_zone.h"
#include "collectors/decode/timestamp.h"

namespace leeway {
namespace {

bool read_time_field(TableReader& reader, FormatConfig& config) {
  const std::optional<std::string> text = reader.string("time");
  if (!text) {
    return !reader.has("time");
  }
  Expected<FieldPath> path = parse_field_path(*text);
  if (!path) {
    reader.error("time", path.error().message);
    return false;
  }
  config.time_field = std::move(*path);
  return true;
}

bool read_time_format(TableReader& reader, FormatConfig& config) {
  config.time_format = reader.string("time_format").value_or("auto");
  const Expected<void> checked = TimestampParser::check_format(config.time_format);
  if (!checked) {
    const std::string hint = did_you_mean(config.time_format, TimestampParser::format_names());
    reader.error("time_format", checked.error().message + hint);
  }
  return checked.has_value();
}

bool read_time_zone(TableReader& reader, FormatConfig& config) {
  config.time_zone = reader.string("time_zone").value_or("UTC");
  const Expected<LocalZone> zone = LocalZone::locate(config.time_zone);
  if (!zone) {
    reader.error("time_zone", zone.error().message + did_you_mean(config.time_zone, LocalZone::names()));
  }
  return zone.has_value();
}

}  // namespace

bool read_time_keys(TableReader& reader, FormatConfig& config) {
  bool ok = read_time_field(reader, config);
  ok = read_time_format(reader, config) && ok;
  ok = read_time_zone(reader, config) && ok;
  if (reader.has("time_format") && !reader.has("time")) {
    reader.error("time_format", "has no meaning without `time`; expected `time` to name the field that it is for");
    ok = false;
  }
  return ok;
}

TimeReader make_time_reader(const FormatConfig& config) {
  Expected<TimestampParser> parser = TimestampParser::create("auto", config.time_zone);
  if (!parser) {
    return {};
  }
  return [shared = std::make_shared<TimestampParser>(std::move(*parser))](std::string_view text) {
    // A number as text is not a date, whatever its magnitude.
    constexpr std::size_t kYear = 4;
    return text.size() > kYear && text[kYear] == '-' ? shared->parse(text) : kNoTime;
  };
}

std::optional<FormatConfig> read_format(TableReader& reader) {
  FormatConfig config;
  const bool has_format = reader.has("format");
  const std::optional<std::string> format = reader.choice("format", {"json"});
  if (!has_format) {
    reader.missing("format", "\"json\"");
  }
  config.format = format.value_or("");
  const std::optional<bool> prefix = reader.boolean("prefix");
  bool ok = format.has_value() && (prefix.has_value() || !reader.has("prefix"));
  config.text_prefix = prefix.value_or(false);
  ok = read_time_keys(reader, config) && ok;
  return ok ? std::optional<FormatConfig>(std::move(config)) : std::nullopt;
}

}  // namespace leeway
