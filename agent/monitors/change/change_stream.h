// One stream of a [[change]], that of a segment or the only one: its frozen reference and its detectors. Driven by the
// monitor.
//
// The first values are the reference. Once it is complete, the detectors are fitted to it in the background; values
// that arrive meanwhile wait. If too many do, the source waits, or if it cannot, further values are not judged.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent/core/background.h"
#include "agent/core/clock.h"
#include "agent/monitors/change/change_calibration.h"
#include "agent/monitors/change/change_settings.h"
#include "agent/sketches/adwin.h"
#include "agent/sketches/cusum.h"
#include "agent/sketches/ewma_chart.h"

namespace leeway {

inline constexpr std::uint32_t kChangeStateVersion = FrozenScale::kRestVersion;

// Alarms of one detector in one direction.
struct ChangeAlarms {
  std::uint64_t count = 0;
  TimePoint last = kNoTime;  // of the record of the last one; kNoTime also if that has no time
};

class ChangeStream {
 public:
  // The settings must outlive it.
  explicit ChangeStream(const ChangeSettings& settings);

  // `value` is finite, and one that the scale takes.
  void add(double value, TimePoint time);
  // Fits the detectors to a complete reference in `background`, and gives them the values that waited for it. Whether
  // anything changed.
  bool settle(Background& background);
  // Whether no further value should wait.
  bool is_full() const;

  // Why the reference that has just been completed is not steady; empty if it is. Once.
  std::string_view take_problem() { return std::exchange(problem_, {}); }

  const FrozenScale& scale() const { return scale_; }
  // None until the detectors are fitted.
  const std::optional<ChangeCalibration>& calibration() const { return calibration_; }
  std::uint64_t values() const { return values_; }  // that detectors have seen
  std::uint64_t waiting() const { return waiting_.size(); }
  // Values that no detector will see: too many were waiting, and the source could not.
  std::uint64_t unjudged() const { return unjudged_; }
  // `detector` is the index of a design in the settings, `side` is kUp or kDown.
  const ChangeAlarms& alarms(std::size_t detector, ChangeFound side) const {
    return detectors_[detector].alarms[side == ChangeFound::kUp ? 0 : 1];
  }
  // Only when calibrated.
  double statistic(std::size_t detector, ChangeFound side) const;

  void save(StateWriter& out) const;
  // Also of version 1. After an error the stream must be discarded.
  Expected<void> load(StateReader& in);

 private:
  using Chart = std::variant<Cusum, EwmaChart, Adwin>;
  struct Detector {
    Chart chart;
    std::array<ChangeAlarms, 2> alarms{};  // up, down
  };
  struct Waiting {
    double value;
    TimePoint time;
  };
  // Of all segments, but for a batch of records: 16 bytes each.
  static constexpr std::size_t kMostWaiting = 1 << 20;

  void judge(double value, TimePoint time);
  void make_charts(const std::vector<ChangeDesign>& designs);
  bool load_detectors(StateReader& in);
  bool load_unfitted(StateReader& in);
  // Those of version 1 had limits for independent values, and no rows in their order.
  Expected<void> load_first_version(StateReader& in);

  const ChangeSettings* settings_;
  FrozenScale scale_;
  std::vector<double> rows_;  // the first of the reference in their order, until the detectors are fitted
  std::vector<Waiting> waiting_;
  BackgroundResult<ChangeCalibration> fitting_;
  std::optional<ChangeCalibration> calibration_;
  std::vector<Detector> detectors_;  // with charts of the settings' designs until it is calibrated
  std::string_view problem_;
  std::uint64_t values_ = 0;
  std::uint64_t unjudged_ = 0;
};

}  // namespace leeway
