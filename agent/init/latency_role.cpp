#include "agent/init/latency_role.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/number_text.h"

namespace leeway {
namespace {

constexpr double kMostNegative = 0.05;  // of the values: what loggers write where nothing was measured
constexpr double kSlow = 3600;          // seconds: a median above them is no number of seconds

struct UnitName {
  const char* suffix;
  double per_second;
};
constexpr std::array<UnitName, 20> kUnits = {
    {{"_ms", 1e3},          {"_msec", 1e3}, {"_msecs", 1e3}, {"_usec", 1e6},  {"_usecs", 1e6}, {"_nsec", 1e9},
     {"_micro", 1e6},       {"_nano", 1e9}, {"_us", 1e6},    {"_ns", 1e9},    {"_seconds", 1}, {"_secs", 1},
     {"_sec", 1},           {"_s", 1},      {"millis", 1e3}, {"micros", 1e6}, {"nanos", 1e9},  {"milliseconds", 1e3},
     {"microseconds", 1e6}, {"seconds", 1}}};

bool is_duration_name(const std::string& name) {
  for (const char* const word : {"duration", "latency", "elapsed", "took", "response_time", "responsetime",
                                 "request_time", "time_taken", "runtime", "time_ms", "process_time", "query_time"}) {
    if (name.find(word) != std::string::npos) {
      return true;
    }
  }
  // "_s" is also a plural.
  const bool unit = std::any_of(kUnits.begin(), kUnits.end(), [&](const UnitName& one) {
    return std::string_view(one.suffix) != "_s" && name.ends_with(one.suffix);
  });
  return unit || name == "ms" || name == "dur" || name.ends_with("_dur") || name == "rt";
}

std::string in_seconds_by(const std::string& field, double per_second) {
  return per_second == 1 ? field : field + " / " + plain_number(per_second) + ".0";
}

struct UnitOfTime {
  double per_second;
  const char* name;
};
constexpr std::array<UnitOfTime, 4> kUnitsOfTime = {
    {{1, "seconds"}, {1e3, "milliseconds"}, {1e6, "microseconds"}, {1e9, "nanoseconds"}}};

// The unit that was taken, and the one that would be as likely, with what the values would be then.
std::string doubt_of(const SampledField& field, double per_second, double median) {
  const auto taken = std::find_if(kUnitsOfTime.begin(), kUnitsOfTime.end(),
                                  [&](const UnitOfTime& unit) { return unit.per_second == per_second; });
  const bool smaller = taken->per_second == 1 || median / per_second >= 1;
  const UnitOfTime& other = smaller && taken + 1 != kUnitsOfTime.end() ? *(taken + 1) : *(taken - 1);
  const auto seconds = [&](double unit) { return number_text(without_noise(median / unit)) + " s"; };
  return std::string("taken for ") + taken->name + ", because nothing says its unit and half of its values are below " +
         number_text(without_noise(median)) + " (" + seconds(per_second) + "); if they are " + other.name + " (" +
         seconds(other.per_second) + "), write `" + in_seconds_by(field.text, other.per_second) + "`";
}

// By its name, else the unit in which the median is between 10 us and a minute.
Latency latency_in(SampledField& field, Logger logger) {
  Latency latency{field.text, field.text, ""};
  if (field.name == "ms") {
    latency.value = in_seconds_by(field.text, 1e3);
    return latency;
  }
  // Of the Elastic Common Schema.
  if (field.text == "event.duration" || field.text == "[\"event.duration\"]") {
    latency.value = in_seconds_by(field.text, 1e9);
    return latency;
  }
  for (const UnitName& unit : kUnits) {
    if (field.name.ends_with(unit.suffix)) {
      latency.value = in_seconds_by(field.text, unit.per_second);
      return latency;
    }
  }
  if (const std::optional<LoggerUnit> unit = unit_of(logger, field.facts)) {
    latency.value = in_seconds_by(field.text, unit->per_second);
    latency.doubt = unit->doubt;
    return latency;
  }
  const double median = field.facts.quantile(0.5);
  const bool whole = field.facts.whole() == field.facts.number_count();
  const double per_second = median >= 1e7 ? 1e9 : median >= 6e4 ? 1e6 : median >= 60 || whole || median >= 5 ? 1e3 : 1;
  latency.value = in_seconds_by(field.text, per_second);
  latency.doubt = doubt_of(field, per_second, median);
  return latency;
}

}  // namespace

bool is_part(const std::string& name) {
  for (const char* const word : {"queue", "connect", "upstream", "backend", "wait", "dns", "tls", "handshake", "header",
                                 "db_", "sql", "lock", "render", "view"}) {
    if (name.find(word) != std::string::npos) {
      return true;
    }
  }
  return false;
}

std::optional<Latency> latency_of(SampledField& field, bool in_seconds, Logger logger) {
  ValueFacts& facts = field.facts;
  // One letter may be anything: a day, a depth.
  const bool letter = field.name == "d" && facts.durations() > 0;
  if ((!is_duration_name(field.name) && !letter) || facts.present() == 0 || is_age(field)) {
    return std::nullopt;
  }
  if (nearly_all(facts.durations(), facts.present() - facts.marks())) {
    return Latency{field.text, "double(duration(" + field.text + "))", ""};
  }
  // The expression, of what may be numbers as texts.
  SampledField number{number_of(field, "double"), field.name, facts.with_numbers()};
  if (letter || !is_numbers(field) || number.facts.share_below(0) > kMostNegative) {
    return std::nullopt;
  }
  const bool seconds = in_seconds && number.facts.quantile(0.5) < kSlow &&
                       (field.name == "duration" || field.name.ends_with("_duration"));
  Latency latency = seconds ? Latency{field.text, number.text, ""} : latency_in(number, logger);
  latency.field = field.text;
  if (const double negative = number.facts.share_below(0); negative > 0) {
    const auto count =
        static_cast<std::uint64_t>(std::llround(negative * static_cast<double>(number.facts.number_count())));
    latency.number = number.text;
    latency.doubt += (latency.doubt.empty() ? "" : ", and ") + std::string("below 0 in ") + std::to_string(count) +
                     " of " + std::to_string(number.facts.number_count()) + " records, which its histogram leaves out";
  }
  return latency;
}

}  // namespace leeway
