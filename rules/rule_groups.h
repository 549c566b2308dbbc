// The groups of a rule file. Rules of one group are evaluated one after the other; groups are not in any order, so what
// a rule reads of another group may be as old as an evaluation interval. Used by the writers of rules and of their
// tests.
#pragma once

#include <string>
#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

// Mimir's default for a tenant (ruler_max_rules_per_rule_group), and so Grafana Cloud's.
inline constexpr std::size_t kMostRulesInGroup = 20;

// One of both is empty.
struct RuleGroup {
  std::string name;
  std::vector<const RecordingRule*> records;
  std::vector<const AlertRule*> alerts;
};

// Groups of recording rules first. A group of the catalogue that is too large becomes several: "shop-alerts",
// "shop-alerts-2". Recording rules that read each other stay together, unless they alone are too many: then the later
// ones read what the evaluation before has recorded. Valid as long as the catalogue.
std::vector<RuleGroup> rule_groups(const Catalog& catalog);

}  // namespace leeway
