#include "collectors/decode/local_zone.h"

#include <date/tz.h>

#include <chrono>
#include <stdexcept>

#include "collectors/decode/zone_abbreviations.h"

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
  if (const std::string zones = zones_abbreviated(name); !zones.empty()) {
    return Error{ErrorCode::kConfiguration, "\"" + name +
                                                "\" is an abbreviation, not the name of a time zone; expected " +
                                                zones + " or another IANA name"};
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

std::optional<std::int64_t> LocalZone::to_utc(std::int64_t local, std::string_view name) {
  if (zone_ == nullptr) {
    return std::nullopt;
  }
  if (local >= from_ && local < until_) {
    return name == name_ ? std::optional(local - offset_) : std::nullopt;
  }
  look_up(local);
  const date::local_info info = zone_->zone->get_info(date::local_seconds{std::chrono::seconds(local)});
  for (const date::sys_info& then : {info.first, info.second}) {
    if (then.abbrev == name) {
      return local - then.offset.count();
    }
  }
  return std::nullopt;
}

std::int64_t LocalZone::look_up(std::int64_t local) {
  using std::chrono::seconds;
  const date::local_seconds time{seconds(local)};
  const date::local_info info = zone_->zone->get_info(time);
  if (info.result == date::local_info::unique) {
    offset_ = info.first.offset.count();
    name_ = info.first.abbrev;
    from_ = info.first.begin.time_since_epoch().count() + offset_ + kMargin;
    until_ = info.first.end.time_since_epoch().count() + offset_ - kMargin;
  }
  return zone_->zone->to_sys(time, date::choose::earliest).time_since_epoch().count();
}

}  // namespace leeway
