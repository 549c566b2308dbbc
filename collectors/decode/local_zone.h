// Converts local times to UTC: the IANA zone of a source whose timestamps have none. Used by TimestampParser.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"

namespace leeway {

// Not thread-safe: remembers the last offset.
class LocalZone {
 public:
  // `name` is from the system's IANA database ("Europe/Berlin", "UTC"), but not an abbreviation that several zones use.
  // Error: kConfiguration; names what to choose from.
  static Expected<LocalZone> locate(const std::string& name);
  // All names; only "UTC" if the system has no database.
  static std::vector<std::string> names();

  LocalZone(LocalZone&&) noexcept;
  LocalZone& operator=(LocalZone&&) noexcept;
  ~LocalZone();

  bool is_utc() const { return zone_ == nullptr; }
  // Seconds since the epoch (UTC) of `local`, which counts seconds as if the zone were UTC. A time that clocks show
  // twice (set back) means the earlier one; a time that they skip (set forward) means the moment of the change.
  std::int64_t to_utc(std::int64_t local);
  // The same for a time whose text also has the zone's name ("CEST"), which tells those apart that clocks show twice.
  // No value where clocks of the zone show another name then.
  std::optional<std::int64_t> to_utc(std::int64_t local, std::string_view name);

 private:
  struct Zone;
  explicit LocalZone(std::unique_ptr<Zone> zone);
  std::int64_t look_up(std::int64_t local);

  std::unique_ptr<Zone> zone_;  // null for UTC
  // The local times for which `offset_` certainly holds.
  std::int64_t from_ = 0;
  std::int64_t until_ = 0;
  std::int64_t offset_ = 0;
  std::string name_;  // and the zone's name then
};

}  // namespace leeway
