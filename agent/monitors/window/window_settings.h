// The settings of a [[window]] entry. Read from its table; used by the monitor and by the rules that it declares.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/metrics/metric_desc.h"
#include "agent/monitors/shared/monitor_context.h"
#include "agent/monitors/window/window_aggregates.h"
#include "agent/monitors/window/window_alerts.h"
#include "agent/monitors/window/window_usual.h"

namespace leeway {

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
  double q = 0;                  // of a quantile
  std::size_t most_values = 10;  // of top: so many are listed
  std::optional<double> above;   // of a share: its records have a value above, and below
  std::optional<double> below;
  std::optional<WindowUsual> usual;
  std::vector<WindowAlert> alerts;

  const AggregateKind& kind() const { return kind_of(aggregate); }
  bool has_samples() const { return kind().has_samples; }
  bool grows_with_time() const { return aggregate == WindowAggregate::kCount || aggregate == WindowAggregate::kSum; }
  std::int64_t steps() const { return over / step; }  // of one that has a window
  // Also of the window before, if that is the usual one.
  std::int64_t kept_steps() const { return usual && usual->kind == UsualKind::kPrevious ? 2 * steps() : steps(); }
  bool is_within(double value) const { return (!above || value > *above) && (!below || value < *below); }
};

// All but the expressions, labels and alerts. Errors go to the reader; the result is then unusable.
WindowSettings read_window_settings(TableReader& reader);

}  // namespace leeway
