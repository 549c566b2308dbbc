// The entries of [[window.alerts]]. Read with the settings of a window; become rules in window_rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/metrics/rule.h"

namespace leeway {

struct WindowSettings;

struct WindowAlert {
  std::string name;
  bool lower = false;     // it fires below the limit
  bool of_usual = false;  // the limit is a multiple of the usual value
  double limit = 0;
  std::optional<double> floor;  // of an alert above the usual: the value is at least that
  std::int64_t min_count = 0;   // records in the window, at least
  Severity severity = Severity::kWarning;
  Duration hold{};
  Duration keep_firing_for{};
  std::string team;
  std::string summary;
  std::string description;
  std::string comment;
  RunbookEntry runbook;
};

// Of the key `alerts` of a window whose other settings are complete.
std::vector<WindowAlert> read_window_alerts(TableReader& reader, const WindowSettings& settings);

}  // namespace leeway
