// An alert on a share of events that are counted apart: those that failed, and the rest. With rule tests that hold both
// of its limits. Used by the alerts on lines that are no records, and on records that an SLO cannot judge.
#pragma once

#include <cstdint>
#include <string>

#include "agent/metrics/catalog.h"
#include "agent/metrics/rule.h"

namespace leeway {

struct CounterShare {
  // Selectors of counters of agents, such as `errors_total{kind="a"}`. `rest` is there from the start, `failed` may
  // begin with the first failures.
  std::string failed;
  std::string rest;
  std::vector<std::string> summed;         // labels of `failed` that `rest` has not; besides those of the fleet
  std::vector<std::string> rest_summed{};  // the other way round
  double limit = 0;                        // of the share of `failed` in both
  Duration window{};
  std::int64_t least = 0;  // events in the window, or the alert does not fire
  // For the tests: one series of each, and the labels of their sum.
  std::string failed_series;
  std::string rest_series;
  RuleLabels firing;
};

// Sets the expression, its range and its tests. `alert` has its `for`.
void use_share(const CounterShare& share, const RuleSettings& settings, AlertRule& alert);

}  // namespace leeway
