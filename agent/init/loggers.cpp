#include "agent/init/loggers.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <string>

namespace leeway {
namespace {

std::size_t place_of(const std::vector<SampledField>& fields, const char* text) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return field.text == text; });
  return static_cast<std::size_t>(found - fields.begin());
}

// Of the different values, which times mostly are.
bool most_match(const ValueFacts& facts, const RE2& pattern) {
  const auto matching = std::count_if(facts.values().begin(), facts.values().end(),
                                      [&](const auto& value) { return RE2::FullMatch(value.first, pattern); });
  return static_cast<std::size_t>(matching) * 2 > facts.distinct();
}

// "2026-11-30T22:16:55.989278823Z"; zeros at the end may be left out.
bool has_nanoseconds(const ValueFacts& facts) {
  static const RE2 kNanoseconds(R"re(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7,9}(?:Z|[+-]\d\d:\d\d))re");
  return most_match(facts, kNanoseconds);
}

// As other languages write times, always with as many digits.
bool has_fixed_fraction(const ValueFacts& facts) {
  static const RE2 kFixed(R"re(.*:\d\d[.,]\d{3}(?:\d{3})?(?:\D.*)?)re");
  return most_match(facts, kFixed);
}

}  // namespace

bool grows(const ValueFacts& facts) {
  constexpr std::uint64_t kLeastRises = 10;
  return facts.rises() >= kLeastRises && facts.falls() * 200 <= facts.rises();
}

Logger logger_of(const std::vector<SampledField>& fields) {
  const std::size_t none = fields.size();
  const std::size_t level = place_of(fields, "level");
  const std::size_t time = place_of(fields, "time");
  const std::size_t stamp = place_of(fields, "ts");
  const std::size_t msg = place_of(fields, "msg");
  const std::size_t message = place_of(fields, "message");
  const bool words = level != none && nearly_all(fields[level].facts.levels(), fields[level].facts.present());
  if (time != none && fields[time].facts.number_count() == 0 && has_nanoseconds(fields[time].facts)) {
    return Logger::kGo;
  }
  if (!words) {
    return Logger::kUnknown;
  }
  if (stamp != none && msg != none && place_of(fields, "caller") != none && level < stamp && stamp < msg &&
      nearly_all(fields[stamp].facts.number_count(), fields[stamp].facts.present())) {
    return Logger::kZap;
  }
  if (time != none && message != none && level < time && time < message) {
    return Logger::kZerolog;
  }
  // slog writes them in this order, logrus by their names.
  const bool slog = time < level && level < msg && !has_fixed_fraction(fields[time].facts);
  const bool logrus = level < msg && msg < time && time != none;
  return msg != none && (slog || logrus) && fields[time].facts.number_count() == 0 ? Logger::kGo : Logger::kUnknown;
}

bool is_age(const SampledField& field) {
  static constexpr std::array kNames = {"uptime", "relative_created", "relativecreated", "since_start"};
  // loguru's, of a record of which it writes all parts.
  return field.text == "record.elapsed.seconds" || grows(field.facts) ||
         std::any_of(kNames.begin(), kNames.end(),
                     [&](const char* word) { return field.name.find(word) != std::string::npos; });
}

std::optional<LoggerUnit> unit_of(Logger logger, ValueFacts& facts) {
  constexpr double kLeastNanoseconds = 1e4;
  constexpr double kMostMilliseconds = 6e4;
  const double median = facts.quantile(0.5);
  if (logger == Logger::kGo && nearly_all(facts.whole(), facts.number_count()) && median >= kLeastNanoseconds) {
    return LoggerUnit{1e9,
                      "taken for nanoseconds, because its fields and times are those of a logger of Go, which writes "
                      "durations as whole nanoseconds"};
  }
  if (logger == Logger::kZap && facts.whole() < facts.number_count()) {
    return LoggerUnit{1, "taken for seconds, because the fields are those of zap, which writes durations in seconds"};
  }
  if (logger == Logger::kZerolog && median < kMostMilliseconds) {
    return LoggerUnit{
        1e3, "taken for milliseconds, because the fields are those of zerolog, which writes durations in milliseconds"};
  }
  return std::nullopt;
}

}  // namespace leeway
