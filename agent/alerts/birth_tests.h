// Rule tests of series that begin, next to one that their target has in each scrape. Used by the tests of conditions
// that count births.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/alerts/condition.h"
#include "agent/metrics/rule.h"

namespace leeway {

struct Birth {
  std::string scraped;                                 // scraped_series()
  std::vector<std::pair<std::string, double>> series;  // with their first value, which alone passes the limit
  RuleLabels firing;
  double value;  // of the alert
  bool state_only;
  Duration window;
};

// A series that the target of one with these labels has in each scrape.
std::string scraped_series(const ConditionContext& context, const MetricDesc& desc, const RuleLabels& labels);

std::vector<AlertTest> birth_tests(const ConditionContext& context, const Birth& birth);

}  // namespace leeway
