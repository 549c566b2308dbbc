// Where the windows of a reference end while it is captured: windows as long as those that will be compared with it,
// one after the other. Used by DriftSegment and for references that are read from files.
#pragma once

#include <optional>
#include <span>

#include "agent/core/clock.h"
#include "agent/core/state_io.h"
#include "agent/monitors/drift/drift_settings.h"

namespace leeway {

class ReferenceDivider {
 public:
  struct End {
    TimePoint begin;  // of the window, by the clocks of the source's zone
    bool cut;         // it may lack rows
  };

  // The settings must outlive it.
  explicit ReferenceDivider(const DriftSettings& settings) : settings_(&settings) {}

  // How many rows from the first one on, at most `longest`, belong to one window. add() them together.
  std::size_t run_length(std::span<const TimePoint> times, std::size_t longest) const;
  // Before these rows are captured, and after it: the window that has ended.
  std::optional<End> before(TimePoint first);
  std::optional<End> after(std::span<const TimePoint> times);
  std::optional<End> end_version(TimePoint modified);
  // The reference is complete.
  std::optional<End> finish();

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  std::optional<End> end(bool cut);

  const DriftSettings* settings_;
  std::uint64_t rows_ = 0;      // of the window
  std::uint64_t versions_ = 0;  // likewise
  TimePoint begin_ = kNoTime;   // likewise
  std::int64_t step_ = 0;       // windows by time: its number
  TimePoint end_ = kNoTime;     // and its end
  bool first_ = true;           // nothing says that records before its first one would have been captured
};

}  // namespace leeway
