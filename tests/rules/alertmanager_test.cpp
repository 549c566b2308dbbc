#include "rules/alertmanager.h"

#include <gmock/gmock.h>

#include "rules/routing.h"
#include "tests/rules/example_catalog.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> receivers_of(const Routing& routing) {
  std::vector<std::string> names;
  for (const Receiver& receiver : routing.receivers) {
    names.push_back(receiver.name);
  }
  return names;
}

TEST(Routing, GivesEachTeamAReceiverAndOneToAlertsOfNoTeam) {
  const Routing routing = routing_of(example_catalog());
  EXPECT_THAT(receivers_of(routing), ElementsAre("back office", "web", "shop"));
  EXPECT_EQ(routing.root.receiver, "shop");
}

TEST(Routing, OfASingleTeamHasOneReceiver) {
  Catalog catalog;
  catalog.settings.name = "shop";
  EXPECT_THAT(receivers_of(routing_of(catalog)), ElementsAre("shop"));
  catalog.settings.team = "night";
  EXPECT_THAT(receivers_of(routing_of(catalog)), ElementsAre("night"));
  EXPECT_EQ(routing_of(catalog).root.receiver, "night");
  EXPECT_EQ(routing_of(catalog).root.routes.front().match, (RuleLabels{{"severity", "critical"}}));
}

TEST(Routing, MutesOnlyTheSeveritiesOfAWindow) {
  const std::vector<Route> routes = routing_of(example_catalog()).root.routes;
  ASSERT_EQ(routes.size(), 5U);
  EXPECT_THAT(routes[2].muted_in, ElementsAre("sunday night"));
  EXPECT_THAT(routes[3].muted_in, ElementsAre("sunday night", "backup"));
  EXPECT_THAT(routing_of(example_catalog()).root.muted_in, IsEmpty());
}

Catalog other_catalog() {
  Catalog catalog = example_catalog();
  catalog.settings.name = "cellar";
  catalog.settings.team = "web";
  catalog.settings.scope_labels = {{"job", "cellar"}};
  catalog.alerts[1].other_jobs = {"database"};
  catalog.maintenance[1].start = "22:00";
  return catalog;
}

TEST(SharedRouting, KeepsEachServiceToItself) {
  Catalog shop = example_catalog();
  shop.settings.scope_labels = {{"job", "shop"}};
  const Catalog cellar = other_catalog();
  const Expected<Routing> routing = shared_routing_of({&shop, &cellar});
  ASSERT_TRUE(routing);
  EXPECT_THAT(receivers_of(*routing), ElementsAre("unrouted", "back office", "web", "shop"));
  const std::vector<Route>& routes = routing->root.routes;
  ASSERT_EQ(routes.size(), 3U);
  EXPECT_EQ(routes[0].match,
            (RuleLabels{{"alertname", "HighLatency"}, {"severity", "warning"}, {"job", "database"}, {"team", "web"}}));
  EXPECT_EQ(routes[1].match, (RuleLabels{{"job", "shop"}}));
  EXPECT_EQ(routes[2].match, (RuleLabels{{"job", "cellar"}}));
  EXPECT_EQ(routes[2].receiver, "web");
  for (const InhibitRule& rule : routing->inhibitions) {
    EXPECT_EQ(rule.source.back().first, "job");
  }
}

TEST(SharedRouting, SharesWindowsThatAreEqualAndRenamesOthers) {
  Catalog shop = example_catalog();
  shop.settings.scope_labels = {{"job", "shop"}};
  const Catalog cellar = other_catalog();
  const Expected<Routing> routing = shared_routing_of({&shop, &cellar});
  std::vector<std::string> names;
  for (const MaintenanceWindow& window : routing->maintenance) {
    names.push_back(window.name);
  }
  EXPECT_THAT(names, ElementsAre("sunday night", "backup", "backup of cellar"));
  EXPECT_THAT(routing->root.routes[0].muted_in, ElementsAre("sunday night", "backup of cellar"));
}

TEST(SharedRouting, PutsNarrowScopesFirstAndRefusesEqualOnes) {
  Catalog all = example_catalog();
  all.settings.scope_labels = {{"job", "shop"}};
  Catalog part = other_catalog();
  part.settings.scope_labels = {{"job", "shop"}, {"namespace", "test"}};
  const Expected<Routing> routing = shared_routing_of({&all, &part});
  ASSERT_TRUE(routing);
  EXPECT_EQ(routing->root.routes[1].match, part.settings.scope_labels);
  part.settings.scope_labels = all.settings.scope_labels;
  const Expected<Routing> equal = shared_routing_of({&all, &part});
  ASSERT_FALSE(equal);
  EXPECT_THAT(equal.error().message, HasSubstr("'shop' and 'cellar' both have the scope"));
}

TEST(RoutesYaml, NamesTheReceiversThatItNeeds) {
  Catalog shop = example_catalog();
  shop.settings.scope_labels = {{"job", "shop"}};
  const std::string text = routes_yaml(*shared_routing_of({&shop}), "Corner Shop");
  EXPECT_THAT(text, HasSubstr("back office, web,\n# shop.\nroutes:\n  # Alerts of Corner Shop.\n  - matchers:\n"
                              "      - job = \"shop\"\n    receiver: shop\n"));
  EXPECT_THAT(text, Not(HasSubstr("unrouted")));
  EXPECT_THAT(text, Not(HasSubstr("receivers:")));
}

TEST(Routing, RepeatsAnAlertAtItsOwnInterval) {
  Catalog catalog = example_catalog();
  catalog.alerts[2].repeat = std::chrono::hours(24);
  const std::vector<Route> tickets = routing_of(catalog).root.routes[0].routes[1].routes;
  ASSERT_EQ(tickets.size(), 1U);
  EXPECT_EQ(tickets[0].match, (RuleLabels{{"alertname", "QueueLong"}}));
  EXPECT_EQ(tickets[0].receiver, "back office");
  EXPECT_EQ(tickets[0].repeat_interval, std::chrono::hours(24));
  EXPECT_THAT(tickets[0].muted_in, ElementsAre("sunday night", "backup"));
}

TEST(Routing, PutsPlaceholdersWhereNothingListens) {
  for (const Receiver& receiver : routing_of(hostile_catalog()).receivers) {
    EXPECT_TRUE(receiver.url.starts_with("http://set-the-receiver.invalid/"));
    EXPECT_EQ(receiver.url.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/.-%"),
              std::string::npos);
  }
}

TEST(AlertmanagerYaml, IsWrittenAsAPersonWould) {
  Catalog catalog = example_catalog();
  catalog.alerts.erase(catalog.alerts.begin(), catalog.alerts.begin() + 3);
  EXPECT_EQ(alertmanager_yaml(routing_of(catalog), "Corner Shop"),
            R"(# Alertmanager's configuration for the alerts of Corner Shop. Generated by `leeway rules`.
#
# How to use it: give each receiver at the end of this file a real address, and check it with `amtool
# check-config alertmanager.yml`. Until then every notification fails, is logged with the host
# set-the-receiver.invalid, and counts in alertmanager_notifications_failed_total: monitor that counter
# afterwards as well. For a severity with a receiver of its own, a pager for example, change the name of the
# receiver in its route. For an alertmanager.yml that exists already, `leeway rules --format routes` writes
# only what belongs below its route.
route:
  receiver: shop
  group_by: [alertname, job, slo]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
  routes:
    - matchers:
        - severity = "critical"
      receiver: shop
      mute_time_intervals: ["sunday night"]
    - matchers:
        - severity = "warning"
      receiver: shop
      mute_time_intervals: ["sunday night", backup]
    # One message a day with all of them.
    - matchers:
        - severity = "info"
      receiver: shop
      group_by: [job]
      group_interval: 1d
      repeat_interval: 23h
      mute_time_intervals: ["sunday night"]

# While a source fires, notifications of its targets are muted; they stay visible in the user interface.
# A label that both lack counts as equal.
inhibit_rules:
  # The fast burn says all that the slow one says.
  - source_matchers:
      - alertname = "ErrorBudgetBurn"
      - tier = "page-fast"
    target_matchers:
      - alertname = "ErrorBudgetBurn"
      - tier = "ticket-slow"
    equal: [job, slo]
  - source_matchers:
      - alertname = "AgentDown"
    target_matchers:
      - alertname = "HighLatency"
    equal: [job]

# Maintenance windows mute notifications; alerts that still fire at the end are sent then.
time_intervals:
  - name: sunday night
    time_intervals:
      - times:
          - start_time: "02:00"
            end_time: "04:00"
        weekdays: [sunday, "monday:tuesday"]
        location: Europe/Berlin
  - name: backup
    time_intervals:
      - times:
          - start_time: "23:00"
            end_time: "24:00"
        location: UTC

# CHANGE ME: every address below.
receivers:
  # Alerts of Corner Shop. CHANGE ME: the host does not exist.
  - name: shop
    webhook_configs:
      - url: http://set-the-receiver.invalid/shop
)");
}

TEST(AlertmanagerYaml, LeavesOutWhatTheCatalogueLacks) {
  const std::string text = alertmanager_yaml(routing_of(Catalog{}), "x");
  EXPECT_THAT(text, Not(HasSubstr("inhibit_rules")));
  EXPECT_THAT(text, Not(HasSubstr("time_intervals")));
}

}  // namespace
}  // namespace leeway
