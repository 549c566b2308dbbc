#include "agent/monitors/shared/window_clock.h"

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <stdexcept>

namespace leeway {
namespace {

constexpr Duration kDay = std::chrono::hours(24);
constexpr Duration kHour = std::chrono::hours(1);
// Whose offset tells the minutes of the zone's hours, which hardly ever change.
constexpr date::sys_seconds kAnyTime{std::chrono::seconds(1'600'000'000)};
constexpr Duration kFirstMonday = 4 * kDay;  // 5 January 1970

const date::time_zone* find_zone(const std::string& name) {
  if (name.empty() || name == "UTC") {
    return nullptr;
  }
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

}  // namespace

WindowClock::WindowClock(Duration length, const std::string& zone)
    : length_(length > Duration{} ? length : Duration(1)),
      is_of_days_(length_ % kDay == Duration{}),
      zone_(find_zone(zone)) {
  if (is_of_days_) {
    first_ = length_ % (7 * kDay) == Duration{} ? kFirstMonday : Duration{};
  } else if (length_ % kHour == Duration{} && zone_ != nullptr) {
    first_ = -(zone_->get_info(kAnyTime).offset % kHour);
  }
}

TimePoint WindowClock::local(TimePoint time) const {
  if (zone_ == nullptr || time == kNoTime) {
    return time;
  }
  return time + zone_->get_info(std::chrono::floor<std::chrono::seconds>(time)).offset;
}

// The first moment at which clocks show `local` or more.
TimePoint WindowClock::from_local(TimePoint local) const {
  const date::local_seconds seconds(std::chrono::floor<std::chrono::seconds>(local).time_since_epoch());
  const date::local_info found = zone_->get_info(seconds);
  return found.result == date::local_info::nonexistent ? TimePoint(found.first.end) : local - found.first.offset;
}

std::int64_t WindowClock::number(TimePoint time) const {
  const Duration since = (is_of_days() ? local(time) : time).time_since_epoch() - first_;
  const std::int64_t result = since / length_ - (since % length_ < Duration{} ? 1 : 0);
  // Clocks that are put back over midnight show the day before again.
  return is_of_days() && time >= end(result) ? result + 1 : result;
}

TimePoint WindowClock::begin(std::int64_t number) const {
  // The number of a saved state may be that of no time.
  const std::int64_t most = kLastPlausible.time_since_epoch() / length_;
  const TimePoint begin(first_ + std::clamp(number, -most, most) * length_);
  return is_of_days() ? from_local(begin) : begin;
}

TimePoint WindowClock::end(std::int64_t number) const {
  return begin(number < std::numeric_limits<std::int64_t>::max() ? number + 1 : number);
}

TimePoint WindowClock::shift(TimePoint time, Duration by) const {
  return is_of_days() ? from_local(local(time) + by) : time + by;
}

}  // namespace leeway
