#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "agent/init/field_roles.h"
#include "agent/init/time_formats.h"
#include "collectors/decode/timestamp.h"

namespace leeway {
namespace {

constexpr std::array kNames = {
    "time",         "ts",      "@timestamp", "timestamp",    "datetime",   "t",
    "$date",        "asctime", "eventtime",  "event_time",   "created_at", "created",
    "date",         "at",      "@t",         "when",         "start_time", "__realtime_timestamp",
    "timestamp_ms", "repr",    "message",    "time_iso8601", "time_local", "date_time",
    "datum",        "zeit",    "zeitstempel"};

constexpr TimePoint kEarliest{std::chrono::seconds(946'684'800)};  // 2000
constexpr TimePoint kLatest{std::chrono::seconds(4'102'444'800)};  // 2100

// The share of the values, as often as they come, that are times.
double share_read(const ValueFacts& facts, const TimeChoice& choice) {
  Expected<TimestampParser> parser = TimestampParser::create(choice.format.empty() ? "auto" : choice.format,
                                                             choice.zone.empty() ? "UTC" : choice.zone);
  std::uint64_t all = 0;
  std::uint64_t read = 0;
  for (const auto& [text, count] : facts.values()) {
    const TimePoint time = parser ? parser->parse(text) : kNoTime;
    all += count;
    read += time != kNoTime && time >= kEarliest && time < kLatest ? count : 0;
  }
  return all == 0 ? 0 : static_cast<double>(read) / static_cast<double>(all);
}

bool names_zone(const ValueFacts& facts) {
  static const RE2 kZone(R"re(.*\d ?(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?)|.*GMT|[\d.]+(e\+?\d+)?)re");
  return std::all_of(facts.values().begin(), facts.values().end(),
                     [](const auto& value) { return RE2::FullMatch(value.first, kZone); });
}

// Of a field that no logger calls the time: values with a date and a time of day, or numbers where the name says so.
bool looks_like_times(const SampledField& field) {
  static const RE2 kDateTime(R"re(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d.*|\d\d/[A-Z][a-z]{2}/\d{4}:.*)re");
  static const RE2 kName(R"re(.*(_at|_ts|_time|_timestamp|stamp))re");
  const ValueFacts& facts = field.facts;
  return facts.distinct() > 1 && (RE2::FullMatch(field.name, kName) ||
                                  std::all_of(facts.values().begin(), facts.values().end(), [](const auto& value) {
                                    return RE2::FullMatch(value.first, kDateTime);
                                  }));
}

bool is_in_most(const SampledField& field) { return field.facts.present() * 2 >= field.facts.records(); }

std::vector<std::string> texts_of(const ValueFacts& facts) {
  std::vector<std::string> texts;
  for (const auto& [text, count] : facts.values()) {
    texts.push_back(text);
  }
  return texts;
}

}  // namespace

std::string zone_of_abbreviation(std::string_view text) {
  struct Named {
    const char* abbreviation;
    const char* zone;
  };
  static constexpr std::array<Named, 25> kZones = {{{"UTC", "UTC"},
                                                    {"GMT", "UTC"},
                                                    {"CET", "Europe/Berlin"},
                                                    {"CEST", "Europe/Berlin"},
                                                    {"EST", "America/New_York"},
                                                    {"EDT", "America/New_York"},
                                                    {"CST", "America/Chicago"},
                                                    {"CDT", "America/Chicago"},
                                                    {"MST", "America/Denver"},
                                                    {"MDT", "America/Denver"},
                                                    {"PST", "America/Los_Angeles"},
                                                    {"PDT", "America/Los_Angeles"},
                                                    {"BST", "Europe/London"},
                                                    {"JST", "Asia/Tokyo"},
                                                    {"IST", "Asia/Kolkata"},
                                                    {"AEST", "Australia/Sydney"},
                                                    {"AEDT", "Australia/Sydney"},
                                                    {"EET", "Europe/Helsinki"},
                                                    {"EEST", "Europe/Helsinki"},
                                                    {"HKT", "Asia/Hong_Kong"},
                                                    {"KST", "Asia/Seoul"},
                                                    {"MSK", "Europe/Moscow"},
                                                    {"NZDT", "Pacific/Auckland"},
                                                    {"NZST", "Pacific/Auckland"},
                                                    {"SGT", "Asia/Singapore"}}};
  const auto found = std::find_if(kZones.begin(), kZones.end(), [&](const Named& n) { return n.abbreviation == text; });
  return found == kZones.end() ? "" : found->zone;
}

std::vector<TimeChoice> times_of(const std::vector<SampledField>& fields) {
  std::vector<TimeChoice> times;
  for (const char* const name : kNames) {
    for (const SampledField& field : fields) {
      if (field.name != name || !is_in_most(field)) {
        continue;
      }
      TimeChoice choice{field.text, "", "", names_zone(field.facts)};
      if (share_read(field.facts, choice) >= 0.95) {
        times.push_back(choice);
        continue;
      }
      if (const std::optional<std::string> format = time_format_of(texts_of(field.facts));
          format && *format != "auto") {
        choice.format = *format;
        choice.has_zone = false;
        times.push_back(choice);
        continue;
      }
      std::string abbreviation;
      static const RE2 kEnd(R"re(\d ([A-Z]{3,4})$)re");
      if (field.facts.distinct() > 0 && RE2::PartialMatch(field.facts.values().begin()->first, kEnd, &abbreviation)) {
        choice.format = "%Y-%m-%d %H:%M:%S.%f %Z";
        choice.zone = zone_of_abbreviation(abbreviation);
        choice.has_zone = true;
        if (share_read(field.facts, choice) >= 0.95) {
          times.push_back(choice);
        }
      }
    }
  }
  const std::size_t named = times.size();
  for (const SampledField& field : fields) {
    const auto is_field = [&](const TimeChoice& time) { return time.field == field.text; };
    TimeChoice choice{field.text, "", "", names_zone(field.facts)};
    if (is_in_most(field) && looks_like_times(field) &&
        std::none_of(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(named), is_field) &&
        share_read(field.facts, choice) >= 0.95) {
      times.push_back(std::move(choice));
    }
  }
  return times;
}

TimeChoice time_of(const std::vector<SampledField>& fields) {
  const std::vector<TimeChoice> times = times_of(fields);
  return times.empty() ? TimeChoice() : times.front();
}

}  // namespace leeway
