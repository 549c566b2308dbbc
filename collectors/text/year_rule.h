// The year of dates that are written without one, such as "Nov  8 04:25:02". Does not depend on the clock: a replay
// gives the same. Used by syslog and klog.
#pragma once

#include <optional>
#include <string_view>

#include "agent/config/table_reader.h"
#include "collectors/text/line_parser.h"

namespace leeway {

// A date and a time of day as lines have them.
struct YearlessTime {
  unsigned month = 0;
  unsigned day = 0;
  std::string_view clock{};  // "04:25:02", with or without a fraction
};

class YearRule {
 public:
  // All dates are in this year. Without one, a date is in the latest year in which it is not more than a day after the
  // file was modified.
  explicit YearRule(std::optional<int> year) : year_(year) {}

  void set_modified(TimePoint modified);
  // No value while it is unknown when the file was modified.
  std::optional<int> year_of(unsigned month, unsigned day) const;
  // Sets `part` to "2026-11-08T04:25:02"; or, with the anomaly "year_unknown", to `text`, which is no time.
  void set_time(const YearlessTime& time, std::string_view text, Part& part, RecordBatch& batch,
                DecodeCounts& counts) const;

 private:
  std::optional<int> year_;
  // The last day that a file may have, 0 if unknown.
  int last_year_ = 0;
  unsigned last_day_ = 0;  // month * 100 + day
};

// The key `year`.
std::optional<int> read_year(TableReader& reader);

}  // namespace leeway
