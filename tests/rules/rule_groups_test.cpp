// How the rules of a catalogue are divided into groups that Mimir accepts.
#include "rules/rule_groups.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace leeway {
namespace {

using ::testing::ElementsAre;

void add_records(int count, const std::string& first, Catalog& catalog) {
  for (int i = 0; i < count; ++i) {
    const std::string name = "a:" + first + std::to_string(i);
    RecordingRule rule;
    rule.name = name;
    rule.expr = i == 0 ? "sum(x)" : "a:" + first + "0 + 1";
    rule.group = "records";
    catalog.recording_rules.push_back(rule);
  }
}

void add_alerts(int count, const std::string& group, Catalog& catalog) {
  for (int i = 0; i < count; ++i) {
    AlertRule alert;
    alert.name = "A" + std::to_string(i);
    alert.group = group;
    catalog.alerts.push_back(alert);
  }
}

// "NAME SIZE".
std::vector<std::string> sizes_of(const Catalog& catalog) {
  std::vector<std::string> sizes;
  for (const RuleGroup& group : rule_groups(catalog)) {
    sizes.push_back(group.name + " " + std::to_string(group.records.size() + group.alerts.size()));
  }
  return sizes;
}

Catalog shop() {
  Catalog catalog;
  catalog.settings.name = "shop";
  return catalog;
}

TEST(RuleGroups, HaveAtMostTwentyRules) {
  Catalog catalog = shop();
  add_alerts(41, "alerts", catalog);
  EXPECT_THAT(sizes_of(catalog), ElementsAre("shop-alerts 20", "shop-alerts-2 20", "shop-alerts-3 1"));
}

TEST(RuleGroups, TakeNoNameThatAnotherGroupHas) {
  Catalog catalog = shop();
  add_records(1, "x", catalog);
  add_alerts(21, "alerts", catalog);
  add_alerts(1, "alerts-2", catalog);
  add_alerts(1, "records", catalog);
  EXPECT_THAT(sizes_of(catalog), ElementsAre("shop-records 1", "shop-alerts 20", "shop-alerts-3 1", "shop-alerts-2 1",
                                             "shop-records-2 1"));
}

TEST(RuleGroups, KeepRecordingRulesThatReadEachOtherTogether) {
  Catalog catalog = shop();
  add_records(12, "x", catalog);
  add_records(12, "y", catalog);
  std::swap_ranges(catalog.recording_rules.begin() + 6, catalog.recording_rules.begin() + 12,
                   catalog.recording_rules.begin() + 12);
  EXPECT_THAT(sizes_of(catalog), ElementsAre("shop-records 12", "shop-records-2 12"));
  for (const RuleGroup& group : rule_groups(catalog)) {
    const char which = group.records.front()->name[2];
    EXPECT_TRUE(std::all_of(group.records.begin(), group.records.end(),
                            [which](const RecordingRule* rule) { return rule->name[2] == which; }));
    EXPECT_EQ(group.records.front()->expr, "sum(x)") << "what is read comes first";
  }
}

TEST(RuleGroups, DivideRecordingRulesThatAloneAreTooMany) {
  Catalog catalog = shop();
  add_records(1, "x", catalog);
  add_records(25, "y", catalog);
  EXPECT_THAT(sizes_of(catalog), ElementsAre("shop-records 20", "shop-records-2 6"));
}

}  // namespace
}  // namespace leeway
