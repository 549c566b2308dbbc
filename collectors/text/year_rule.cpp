#include "collectors/text/year_rule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <string>

#include "agent/core/civil_time.h"
#include "agent/core/reason_counts.h"
#include "agent/core/rfc3339.h"

namespace leeway {

void YearRule::set_modified(TimePoint modified) {
  constexpr Duration kDay = std::chrono::hours(24);
  last_year_ = 0;
  if (modified < TimePoint() || modified > kLastPlausible) {
    return;
  }
  const std::string text = format_rfc3339(modified + kDay);
  std::from_chars(text.data(), text.data() + 4, last_year_);
  last_day_ = two_digits(text.data() + 5) * 100 + two_digits(text.data() + 8);
}

std::optional<int> YearRule::year_of(unsigned month, unsigned day) const {
  if (year_ || last_year_ == 0) {
    return year_;
  }
  return month * 100 + day <= last_day_ ? last_year_ : last_year_ - 1;
}

void YearRule::set_time(const YearlessTime& time, std::string_view text, Part& part, RecordBatch& batch,
                        DecodeCounts& counts) const {
  const std::optional<int> year = year_of(time.month, time.day);
  if (!year) {
    count_reason(counts.anomalies, "year_unknown");
    if (counts.examples != nullptr) {
      counts.examples->add("year_unknown", text);
    }
    part.set(PartKind::kText, text);
    return;
  }
  std::array<char, sizeof("YYYY-MM-DDT")> date;
  std::snprintf(date.data(), date.size(), "%04d-%02u-%02uT", *year % 10000, time.month % 100, time.day % 100);
  const std::size_t size = date.size() - 1;
  char* const memory = batch.allocate(size + time.clock.size());
  std::copy_n(date.begin(), size, memory);
  std::copy(time.clock.begin(), time.clock.end(), memory + size);
  part.set(PartKind::kText, {memory, size + time.clock.size()});
}

std::optional<int> read_year(TableReader& reader) {
  const std::optional<std::int64_t> year = reader.integer("year", 1970, 2261);
  return year ? std::optional(static_cast<int>(*year)) : std::nullopt;
}

}  // namespace leeway
