// One stream of a [[change]], that of a segment or the only one: its frozen reference and its detectors. Driven by the
// monitor.
#pragma once

#include <array>
#include <variant>
#include <vector>

#include "agent/core/clock.h"
#include "agent/monitors/change/change_settings.h"
#include "agent/sketches/adwin.h"
#include "agent/sketches/cusum.h"
#include "agent/sketches/ewma_chart.h"

namespace leeway {

// Alarms of one detector in one direction.
struct ChangeAlarms {
  std::uint64_t count = 0;
  TimePoint last = kNoTime;  // of the record of the last one; kNoTime also if that has no time
};

class ChangeStream {
 public:
  explicit ChangeStream(const ChangeSettings& settings);

  // `value` is finite. The first values are the reference.
  void add(double value, TimePoint time);

  const FrozenScale& scale() const { return scale_; }
  std::uint64_t values() const { return values_; }  // after the reference
  // `detector` is the index of a design in the settings, `side` is kUp or kDown.
  const ChangeAlarms& alarms(std::size_t detector, ChangeFound side) const {
    return detectors_[detector].alarms[side == ChangeFound::kUp ? 0 : 1];
  }
  double statistic(std::size_t detector, ChangeFound side) const;

  void save(StateWriter& out) const;
  // After an error the stream must be discarded.
  Expected<void> load(StateReader& in);

 private:
  struct Detector {
    std::variant<Cusum, EwmaChart, Adwin> chart;
    std::array<ChangeAlarms, 2> alarms{};  // up, down
  };

  FrozenScale scale_;
  std::vector<Detector> detectors_;
  std::uint64_t values_ = 0;
};

}  // namespace leeway
