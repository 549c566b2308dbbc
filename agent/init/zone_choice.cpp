#include "agent/init/zone_choice.h"

#include <algorithm>
#include <array>

#include "collectors/decode/local_zone.h"

namespace leeway {
namespace {

bool has_key(const SourceKeys& keys, const char* name) {
  return std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return key.first == name; });
}

// Presets and templates know where their time is, others name it.
bool has_times(const FormatCandidate& format) {
  const std::string& name = format.keys.front().second;
  const bool named = name == "\"json\"" || name == "\"logfmt\"" || name == "\"regex\"" || name == "\"csv\"";
  return named ? has_key(format.keys, "time") : format.timed;
}

std::pair<TimePoint, TimePoint> times_in(FormatChoice choice, const std::string& zone, const std::string& text) {
  set_zone(choice, zone);
  const Expected<SourceTrial> trial = try_source(keys_of(choice), {text});
  return trial ? std::pair(trial->first, trial->last) : std::pair(kNoTime, kNoTime);
}

}  // namespace

bool depends_on_zone(const FormatChoice& choice) {
  FormatChoice plain = choice;
  plain.container.clear();
  std::string text;
  for (const std::string& line : choice.lines) {
    text += line + "\n";
  }
  return times_in(plain, "UTC", text) != times_in(plain, "Asia/Tokyo", text);
}

void set_zone(FormatChoice& choice, const std::string& zone) {
  for (FormatCandidate& format : choice.formats) {
    if (has_times(format) && !has_key(format.keys, "time_zone")) {
      format.keys.emplace_back("time_zone", toml_text(zone));
    }
  }
}

std::optional<std::chrono::minutes> offset_of(TimePoint last, TimePoint modified) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  constexpr seconds kBefore{90};
  constexpr seconds kAfter{2};
  const auto difference = std::chrono::duration_cast<seconds>(last - modified);
  // The first multiple that is not below it, but for a little.
  const auto quarter = std::chrono::ceil<std::chrono::duration<std::int64_t, std::ratio<900>>>(difference - kAfter);
  const auto offset = std::chrono::duration_cast<seconds>(quarter);
  if (offset - difference > kBefore || offset < minutes(-12 * 60) || offset > minutes(14 * 60)) {
    return std::nullopt;
  }
  return std::chrono::duration_cast<minutes>(offset);
}

bool is_zone(const std::string& name) { return LocalZone::locate(name).has_value(); }

std::string zone_with_offset(std::chrono::minutes offset, TimePoint local, const std::string& preferred) {
  static constexpr std::array kZones = {
      "Europe/Berlin",     "America/New_York",    "Asia/Kolkata",      "America/Los_Angeles",
      "Asia/Shanghai",     "Europe/London",       "America/Chicago",   "Asia/Tokyo",
      "America/Denver",    "America/Sao_Paulo",   "Europe/Helsinki",   "Europe/Moscow",
      "Asia/Dubai",        "Asia/Karachi",        "Asia/Dhaka",        "Asia/Bangkok",
      "Australia/Sydney",  "Australia/Brisbane",  "Pacific/Auckland",  "Asia/Kathmandu",
      "Asia/Tehran",       "Asia/Kabul",          "Asia/Yangon",       "Australia/Adelaide",
      "Australia/Darwin",  "America/St_Johns",    "America/Halifax",   "America/Caracas",
      "America/Anchorage", "Pacific/Honolulu",    "Atlantic/Azores",   "Atlantic/South_Georgia",
      "Pacific/Pago_Pago", "Pacific/Guadalcanal", "Pacific/Tongatapu", "Pacific/Kiritimati",
      "Pacific/Marquesas", "Pacific/Chatham",     "Australia/Eucla",   "Australia/Lord_Howe"};
  const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(local.time_since_epoch()).count();
  const auto fits = [&](const std::string& name) {
    Expected<LocalZone> zone = name.empty() ? Error{ErrorCode::kConfiguration, ""} : LocalZone::locate(name);
    return zone && seconds - zone->to_utc(seconds) == std::chrono::seconds(offset).count();
  };
  if (fits(preferred)) {
    return preferred;
  }
  const auto* const found = std::find_if(kZones.begin(), kZones.end(), [&](const char* name) { return fits(name); });
  return found == kZones.end() ? "" : *found;
}

}  // namespace leeway
