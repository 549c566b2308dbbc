// The keys of [[state]] that say what is exported and which limits there are. Used by the monitor and its metrics.
#pragma once

#include <string>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/metrics/metric_desc.h"
#include "agent/monitors/state/state_alerts.h"
#include "agent/monitors/state/state_tracker.h"

namespace leeway {

struct StateSettings {
  std::string name;     // what its metrics begin with
  Duration lateness{};  // a record counts once the event clock is so far beyond it
  StateLimits limits;
  std::vector<StateAlert> alerts{};

  // Metrics, with the labels of the entry.
  MetricDesc in_progress;
  MetricDesc overdue;  // with a timeout
  MetricDesc oldest_start;
  MetricDesc ended;      // label outcome
  MetricDesc timed_out;  // with a timeout
  MetricDesc duration;
  MetricDesc last_success;
  MetricDesc last_failure;  // with `good`

  bool times_out() const { return limits.timeout > Duration{}; }
};

// Reads them; reports errors to the reader's diagnostics.
StateSettings read_state_settings(TableReader& reader);

}  // namespace leeway
