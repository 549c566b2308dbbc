#include "agent/monitors/state/state_settings.h"

#include <cmath>

#include "agent/config/metric_names.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

using std::chrono::hours;

constexpr std::int64_t kMostKeys = 100'000;
constexpr std::int64_t kKeys = 1000;
constexpr Duration kForget = hours(24 * 7);
constexpr std::size_t kMostBuckets = 200;

const std::vector<double>& default_buckets() {
  static const std::vector<double> buckets{1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 43200, 86400};
  return buckets;
}

std::vector<double> read_buckets(TableReader& reader) {
  std::vector<double> buckets = reader.numbers("buckets").value_or(default_buckets());
  bool usable = !buckets.empty() && buckets.size() <= kMostBuckets;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    usable = usable && std::isfinite(buckets[i]) && buckets[i] >= 0 && (i == 0 || buckets[i - 1] < buckets[i]);
  }
  if (!usable) {
    reader.error("buckets", "'buckets' of durations: expected 1 to " + std::to_string(kMostBuckets) +
                                " numbers of seconds that ascend, such as [60, 600, 3600]");
    return default_buckets();
  }
  return buckets;
}

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
  settings.limits.buckets = read_buckets(reader);
  return settings;
}

}  // namespace leeway
