// What a [[window]] keeps for one set of label values. Driven by the monitor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "agent/core/clock.h"
#include "agent/core/state_io.h"
#include "agent/core/status.h"
#include "agent/monitors/window/window_cells.h"
#include "agent/monitors/window/window_settings.h"

namespace leeway {

// Of one instant.
struct WindowReading {
  std::optional<double> value;
  std::uint64_t samples = 0;
  std::optional<double> usual;
};

class WindowState {
 public:
  virtual ~WindowState() = default;

  // False if the window had passed the record.
  virtual bool add(const Observation& record) = 0;
  // `first` is the time of the source's first record.
  virtual WindowReading read(TimePoint now, TimePoint first) const = 0;

  // Of the aggregate top: the most frequent values, without the labels.
  virtual TopValues top(TimePoint /*now*/) const { return {}; }

  virtual void save(StateWriter& out) const = 0;
  // False if the state is not valid: it must then be discarded.
  virtual bool load(StateReader& in) = 0;
};

// The settings must outlive it.
std::unique_ptr<WindowState> make_window_state(const WindowSettings& settings);

}  // namespace leeway
