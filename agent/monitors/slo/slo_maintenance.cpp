#include "agent/monitors/slo/slo_maintenance.h"

#include <algorithm>

#include "agent/core/nearest_word.h"

namespace leeway {
namespace {

constexpr std::int64_t kMinutesOfDay = 24 * 60;  // minutes
constexpr std::array<std::string_view, 7> kWeekdays = {"sunday",   "monday", "tuesday", "wednesday",
                                                       "thursday", "friday", "saturday"};

std::int64_t floor_divide(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

// Of a name that was checked when the window was read.
std::size_t day_of(std::string_view name) {
  return static_cast<std::size_t>(std::find(kWeekdays.begin(), kWeekdays.end(), name) - kWeekdays.begin());
}

std::array<bool, 7> days_of(const std::vector<std::string>& weekdays) {
  std::array<bool, 7> days{};
  for (const std::string& range : weekdays) {
    const std::size_t colon = range.find(':');
    const std::size_t first = day_of(range.substr(0, colon));
    const std::size_t last = colon == std::string::npos ? first : day_of(range.substr(colon + 1));
    for (std::size_t day = first; day <= last && day < days.size(); ++day) {
      days.at(day) = true;
    }
  }
  if (weekdays.empty()) {
    days.fill(true);
  }
  return days;
}

std::int64_t minutes_of(const std::string& time) {
  return time.size() == 5 ? std::stoi(time.substr(0, 2)) * 60 + std::stoi(time.substr(3)) : 0;
}

}  // namespace

SloMaintenance SloMaintenance::read(TableReader& reader, std::span<const MaintenanceWindow> windows) {
  SloMaintenance maintenance;
  for (const std::string& name : reader.strings("maintenance").value_or(std::vector<std::string>{})) {
    const auto found =
        std::find_if(windows.begin(), windows.end(), [&name](const auto& window) { return window.name == name; });
    if (found == windows.end()) {
      std::vector<std::string> known;
      std::transform(windows.begin(), windows.end(), std::back_inserter(known),
                     [](const MaintenanceWindow& window) { return window.name; });
      reader.error("maintenance", "no [[maintenance]] is named '" + name + "'" + did_you_mean(name, known));
      continue;
    }
    Expected<ZoneOffset> offset = zone_offset(found->time_zone);
    if (!offset) {
      reader.error("maintenance", "[[maintenance]] '" + name + "': " + offset.error().message);
      continue;
    }
    maintenance.windows_.push_back(
        {name, days_of(found->weekdays), minutes_of(found->start), minutes_of(found->end), std::move(*offset)});
  }
  return maintenance;
}

std::vector<std::string> SloMaintenance::names() const {
  std::vector<std::string> names;
  std::transform(windows_.begin(), windows_.end(), std::back_inserter(names),
                 [](const Window& window) { return window.name; });
  return names;
}

bool SloMaintenance::holds(const Window& window, std::int64_t minute) {
  const std::int64_t local = minute + window.offset(minute * 60) / 60;
  const std::int64_t day = floor_divide(local, kMinutesOfDay);
  const std::int64_t of_day = local - day * kMinutesOfDay;
  // The epoch was a Thursday.
  const std::int64_t weekday = ((day + 4) % 7 + 7) % 7;
  return window.days.at(static_cast<std::size_t>(weekday)) && of_day >= window.start && of_day < window.end;
}

bool SloMaintenance::holds(TimePoint time) {
  if (time == kNoTime) {
    return false;
  }
  const std::int64_t minute = floor_divide(time.time_since_epoch().count(), Duration(std::chrono::minutes(1)).count());
  if (!asked_ || minute != minute_) {
    asked_ = true;
    minute_ = minute;
    held_ =
        std::any_of(windows_.begin(), windows_.end(), [minute](const Window& window) { return holds(window, minute); });
  }
  return held_;
}

}  // namespace leeway
