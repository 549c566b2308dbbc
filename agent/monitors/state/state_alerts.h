// The entries of [[state.alerts]]: typed conditions on what a state exports. Read with the settings of a state; become
// rules as entries of [[alert]] do, so that clocks, births and tests are those of all alerts.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/core/clock.h"
#include "agent/metrics/catalog.h"

namespace leeway {

struct StateSettings;

enum class StateCondition : std::uint8_t { kOverdue, kInProgressFor, kFailures, kNoSuccess, kFailureRatio, kDuration };

struct StateAlert {
  std::string name;
  StateCondition condition = StateCondition::kOverdue;
  double limit = 0;                                         // of failures, or of their share
  Duration time{};                                          // in progress, without a success, or of an end that is slow
  Duration window{};                                        // in which ends count
  double q = 0;                                             // of durations; 0: a single slow end is enough
  std::vector<std::pair<std::string, std::string>> only{};  // labels that its series have
  std::vector<std::string> by{};                            // labels that sums of ends keep
  Position place{};                                         // of the condition
  ConfigTable entry{};                                      // as written
};

// Of the key `alerts` of a state whose other settings are complete but for its metrics. `labels` are its own.
std::vector<StateAlert> read_state_alerts(TableReader& reader, const StateSettings& settings, bool has_good,
                                          const std::vector<std::string>& labels);

// Adds the rules of the alerts; what is wrong with them becomes a problem of the catalogue.
void add_state_alerts(const StateSettings& settings, Catalog& catalog);

}  // namespace leeway
