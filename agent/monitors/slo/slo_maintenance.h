// The times in which an SLO does not judge: those of the [[maintenance]] windows that its key `maintenance` names. Used
// by the SLO monitor.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/core/clock.h"
#include "agent/expressions/time_zone.h"
#include "agent/metrics/catalog.h"

namespace leeway {

class SloMaintenance {
 public:
  // Without the key, there are none.
  static SloMaintenance read(TableReader& reader, std::span<const MaintenanceWindow> windows);

  bool empty() const { return windows_.empty(); }
  std::vector<std::string> names() const;
  // Whether the time is in one of them. Quick if the last one was in the same minute.
  bool holds(TimePoint time);

 private:
  struct Window {
    std::string name;
    std::array<bool, 7> days{};  // from Sunday on
    std::int64_t start = 0;      // minutes of the day
    std::int64_t end = 0;
    ZoneOffset offset;
  };

  static bool holds(const Window& window, std::int64_t minute);

  std::vector<Window> windows_;
  std::int64_t minute_ = 0;  // since the epoch, the last one that was asked for
  bool held_ = false;        // the answer for it
  bool asked_ = false;
};

}  // namespace leeway
