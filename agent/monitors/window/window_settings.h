// The settings of a [[window]] entry. Read from its table; used by the monitor and by the rules that it declares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/metrics/metric_desc.h"
#include "agent/monitors/shared/monitor_context.h"
#include "agent/monitors/window/window_alerts.h"
#include "agent/monitors/window/window_usual.h"

namespace leeway {

enum class WindowAggregate : std::uint8_t { kCount, kRate, kSum, kMean, kMin, kMax, kShare, kRatio };

// What an aggregate is made from, and how users name it.
struct AggregateKind {
  WindowAggregate aggregate;
  const char* name;         // of the key `aggregate`
  const char* words;        // "Mean of %", with the text of `value` for %
  bool takes_value;         // needs `value`
  bool takes_good;          // needs `good`
  bool of_any_time;         // that of a longer time is comparable with that of the window
  std::int64_t most_steps;  // of a window
};
const AggregateKind& kind_of(WindowAggregate aggregate);

struct WindowSettings {
  MetricDesc desc;     // of the value
  MetricDesc samples;  // of the number of records behind it
  MetricDesc usual_value;
  MetricDesc times_usual;  // the value in units of the usual one
  MetricDesc above_usual;  // the value minus the usual one
  WindowAggregate aggregate = WindowAggregate::kCount;
  Duration over{};
  Duration step{};
  Duration lateness{};
  std::uint64_t min_count = 1;
  std::optional<double> above;  // of a share: its records have a value above, and below
  std::optional<double> below;
  std::optional<WindowUsual> usual;
  std::vector<WindowAlert> alerts;

  bool has_samples() const { return aggregate != WindowAggregate::kCount; }
  bool is_zero_without_records() const {
    return aggregate == WindowAggregate::kCount || aggregate == WindowAggregate::kRate;
  }
  bool grows_with_time() const { return aggregate == WindowAggregate::kCount || aggregate == WindowAggregate::kSum; }
  std::int64_t steps() const { return over / step; }
  // Also of the window before, if that is the usual one.
  std::int64_t kept_steps() const { return usual && usual->kind == UsualKind::kPrevious ? 2 * steps() : steps(); }
  bool is_within(double value) const { return (!above || value > *above) && (!below || value < *below); }
};

// All but the expressions and labels. Errors go to the reader; the result is then unusable.
WindowSettings read_window_settings(TableReader& reader);

}  // namespace leeway
