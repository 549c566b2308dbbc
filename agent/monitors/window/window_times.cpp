#include "agent/monitors/window/window_times.h"

#include <algorithm>
#include <array>

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<Duration, 23> kSteps{seconds(1),  seconds(2),  seconds(4),  seconds(5),  seconds(10), seconds(15),
                                          seconds(20), seconds(30), minutes(1),  minutes(2),  minutes(4),  minutes(5),
                                          minutes(10), minutes(15), minutes(20), minutes(30), hours(1),    hours(2),
                                          hours(3),    hours(4),    hours(6),    hours(12),   hours(24)};
constexpr std::int64_t kMostHistorySteps = 2016;  // of 5 minutes in a week
constexpr std::int64_t kParts = 4;

}  // namespace

std::optional<Duration> step_of(Duration width, std::int64_t most) {
  const auto* const step = std::find_if(
      kSteps.begin(), kSteps.end(), [&](Duration each) { return width % each == Duration{} && width / each <= most; });
  return step == kSteps.end() ? std::nullopt : std::optional<Duration>(*step);
}

std::optional<Duration> history_step_of(Duration width, Duration age) {
  std::optional<Duration> shortest;
  for (const Duration step : kSteps) {
    if (width % step != Duration{} || age / step > kMostHistorySteps) {
      continue;
    }
    if (!shortest || width / step >= kParts) {
      shortest = step;
    }
  }
  return shortest;
}

}  // namespace leeway
