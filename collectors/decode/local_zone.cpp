#include "collectors/decode/local_zone.h"

#include <date/tz.h>

#include <chrono>
#include <stdexcept>

namespace leeway {
namespace {

// No change of an offset moves clocks by more than a day (Samoa skipped one in 2011).
constexpr std::int64_t kMargin = 26 * 3600;

}  // namespace

struct LocalZone::Zone {
  const date::time_zone* zone = nullptr;
};

LocalZone::LocalZone(std::unique_ptr<Zone> zone) : zone_(std::move(zone)) {}
LocalZone::LocalZone(LocalZone&&) noexcept = default;
LocalZone& LocalZone::operator=(LocalZone&&) noexcept = default;
LocalZone::~LocalZone() = default;

Expected<LocalZone> LocalZone::locate(const std::string& name) {
  if (name == "UTC") {
    return LocalZone(nullptr);
  }
  try {
    return LocalZone(std::make_unique<Zone>(Zone{date::locate_zone(name)}));
  } catch (const std::runtime_error&) {
    return Error{ErrorCode::kConfiguration, "unknown time zone \"" + name + "\"; expected an IANA name such as \"" +
                                                "Europe/Berlin\" that the package tzdata provides"};
  }
}

std::vector<std::string> LocalZone::names() {
  std::vector<std::string> names = {"UTC"};
  try {
    for (const date::time_zone& zone : date::get_tzdb().zones) {
      names.push_back(zone.name());
    }
  } catch (const std::runtime_error&) {
  }
  return names;
}

std::int64_t LocalZone::to_utc(std::int64_t local) {
  if (zone_ == nullptr) {
    return local;
  }
  return local >= from_ && local < until_ ? local - offset_ : look_up(local);
}

std::int64_t LocalZone::look_up(std::int64_t local) {
  using std::chrono::seconds;
  const date::local_seconds time{seconds(local)};
  const date::local_info info = zone_->zone->get_info(time);
  if (info.result == date::local_info::unique) {
    offset_ = info.first.offset.count();
    from_ = info.first.begin.time_since_epoch().count() + offset_ + kMargin;
    until_ = info.first.end.time_since_epoch().count() + offset_ - kMargin;
  }
  return zone_->zone->to_sys(time, date::choose::earliest).time_since_epoch().count();
}

}  // namespace leeway
