#include "agent/monitors/state/state_settings.h"

#include <array>

#include "agent/config/metric_names.h"
#include "agent/core/units.h"
#include "agent/monitors/shared/buckets.h"

namespace leeway {
namespace {

using std::chrono::hours;

constexpr std::int64_t kMostKeys = 100'000;
constexpr std::int64_t kKeys = 1000;
constexpr Duration kForget = hours(24 * 7);
// Seconds.
constexpr std::array<double, 12> kBuckets{1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 43200, 86400};

void read_times(TableReader& reader, StateSettings& settings) {
  settings.lateness = reader.duration_or_zero("lateness").value_or(Duration{});
  settings.limits.timeout = reader.duration("timeout").value_or(Duration{});
  settings.limits.forget = reader.duration("forget").value_or(std::max(kForget, settings.limits.timeout * 10));
  if (settings.limits.forget <= settings.limits.timeout) {
    reader.error("forget", "'forget' is " + format_duration(settings.limits.forget) +
                               ", at which nothing is overdue yet; "
                               "expected more than 'timeout', " +
                               format_duration(settings.limits.timeout));
  }
}

}  // namespace

StateSettings read_state_settings(TableReader& reader) {
  StateSettings settings;
  settings.name = reader.required_string("name");
  if (!settings.name.empty()) {
    if (const auto problem = metric_name_problem(settings.name + "_in_progress", MetricType::kGauge)) {
      reader.error("name", *problem);
    }
  }
  if (!reader.has("start")) {
    reader.missing("start", "a condition: the records that begin it");
  }
  if (!reader.has("end")) {
    reader.missing("end", "a condition: the records that end it");
  }
  read_times(reader, settings);
  settings.limits.max_keys = static_cast<std::size_t>(reader.integer("max_keys", 1, kMostKeys, kKeys));
  settings.limits.buckets = read_buckets(reader, kBuckets);
  if (!settings.limits.buckets.empty() && settings.limits.buckets.front() < 0) {
    reader.error("buckets", "'buckets' are of durations; expected numbers of seconds from 0 on");
  }
  return settings;
}

}  // namespace leeway
