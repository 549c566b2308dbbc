#include <gmock/gmock.h>

#include "tests/agent/alerts/alert_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(RuleSettings, DefaultsNameTheSetAfterTheFile) {
  const Assembled assembled("");
  ASSERT_TRUE(assembled.valid()) << assembled.diagnostics();
  const RuleSettings& settings = assembled.catalog().settings;
  EXPECT_EQ(settings.name, "test");
  EXPECT_EQ(settings.title, "test");
  EXPECT_EQ(settings.scrape_interval, std::chrono::seconds(15));
  EXPECT_EQ(settings.retention, std::chrono::hours(24 * 15));
  EXPECT_THAT(settings.fleet_labels, ElementsAre("instance", "pod"));
  EXPECT_TRUE(settings.agent_alerts);
}

TEST(RuleSettings, AreRead) {
  const Assembled assembled(
      "[rules]\nname = 'shop-2'\ntitle = 'Shop'\nscrape_interval = '30s'\nevaluation_interval = '2m'\n"
      "retention = '33d'\nteam = 'a'\nrunbook_url = 'https://example.org/r.md/'\nagent_alerts = false\n"
      "agent_job = 'agents'\nsilent_after = '2h'\n");
  ASSERT_TRUE(assembled.valid()) << assembled.diagnostics();
  const RuleSettings& settings = assembled.catalog().settings;
  EXPECT_EQ(settings.name, "shop-2");
  EXPECT_EQ(settings.title, "Shop");
  EXPECT_EQ(settings.evaluation_interval, std::chrono::minutes(2));
  EXPECT_EQ(settings.runbook_url, "https://example.org/r.md");
  EXPECT_TRUE(assembled.catalog().alerts.empty());
}

TEST(RuleSettings, TheScopeIsAJobOrASelector) {
  const auto settings_of = [](const std::string& keys) {
    return Assembled("[rules]\n" + keys + "\n").catalog().settings;
  };
  EXPECT_EQ(settings_of("name = 'shop'").scope, R"(job="shop")");
  EXPECT_EQ(settings_of("name = 'shop'\njob = 'a \"b\"'").scope, R"(job="a \"b\"")");
  const RuleSettings selected = settings_of(R"(selector = '{ app="x", job=~"y.*" }')");
  EXPECT_EQ(selected.scope, R"(app="x", job=~"y.*")");
  EXPECT_EQ(selected.scope_labels, (RuleLabels{{"app", "x"}}));
  EXPECT_EQ(job_name(selected), "test");
  EXPECT_THAT(selected.target_labels, ::testing::Contains("app"));
}

TEST(RuleSettings, WhatNoToolWouldTake) {
  for (const char* settings : {"name = 'Shop'",
                               "name = 'a b'",
                               "name = '-a'",
                               "name = ''",
                               "name = 'abcdefghijklmnopqrstuvwxyz12345'",
                               "evaluation_interval = '6m'",
                               "fleet_labels = ['a-b']",
                               "target_labels = ['']",
                               "runbook_url = 'example.org'",
                               "runbook_url = 'https://e.org/{{ $value }}'",
                               "dashboard_url = 'javascript:x'",
                               "scrape_interval = '0s'",
                               "scrape_interval = '6m'",
                               "retention = 5",
                               "job = ''",
                               "selector = 'up'",
                               "selector = '{}'",
                               "selector = '{job=~\"a.*\"}'",
                               "selector = '{a=\"b\"} or up'",
                               "selector = '{a=\"b\"'",
                               "selector = '{a=\"b\"}'\njob = 'a'",
                               "agent_alerts = 'no'",
                               "unknown = 1"}) {
    EXPECT_THAT(Assembled(std::string("[rules]\n") + settings + "\n").diagnostics(),
                HasSubstr("test.toml:" + std::to_string(kFirstLine + 1) + ":"))
        << settings;
  }
}

TEST(RuleSettings, ALookBackBeyondTheRetentionIsWarnedOf) {
  const std::string alert =
      alert_entry("metric = 'queue_length'\ntimes_above_usual = { factor = 2, window = '1d', usual = '20d' }");
  EXPECT_THAT(Assembled("[rules]\nretention = '19d'\n" + alert).diagnostics(),
              HasSubstr("[[alert]] 'A': its rule 'A' looks back 20d"));
  EXPECT_EQ(Assembled("[rules]\nretention = '20d'\n" + alert).diagnostics(), "");
}

TEST(Maintenance, IsRead) {
  const Assembled assembled(
      "[[maintenance]]\nname = 'night'\nweekdays = ['sunday', 'monday:friday']\nstart = '22:30'\nend = '24:00'\n"
      "time_zone = 'Europe/Berlin'\nseverities = ['warning']\n");
  ASSERT_TRUE(assembled.valid()) << assembled.diagnostics();
  ASSERT_EQ(assembled.catalog().maintenance.size(), 1U);
  EXPECT_EQ(assembled.catalog().maintenance[0].end, "24:00");
}

TEST(Maintenance, TimesAndDaysThatAreNone) {
  for (const char* keys :
       {"start = '22:30'\nend = '22:30'", "start = '22:30'\nend = '02:00'", "start = '25:00'\nend = '26:00'",
        "start = '1:00'\nend = '2:00'", "start = '01:60'\nend = '02:00'", "start = '01:00'",
        "start = '01:00'\nend = '02:00'\nweekdays = ['sundays']",
        "start = '01:00'\nend = '02:00'\nweekdays = ['friday:monday']",
        "start = '01:00'\nend = '02:00'\nseverities = ['page']", "start = '01:00'\nend = '24:01'"}) {
    EXPECT_THAT(Assembled(std::string("[[maintenance]]\nname = 'x'\n") + keys + "\n").diagnostics(), HasSubstr("error"))
        << keys;
  }
  const std::string window = "[[maintenance]]\nname = 'x'\nstart = '01:00'\nend = '02:00'\n";
  EXPECT_THAT(Assembled(window + window).diagnostics(), HasSubstr("names are unique"));
}

TEST(ExternalMetric, CanBeAlertedOn) {
  const Assembled assembled(
      "[[external_metric]]\nname = 'theirs_total'\ntype = 'counter'\nlabels = ['code']\n" +
      alert_entry("metric = 'theirs_total{code=\"5\"}'\nincrease_above = { limit = 1, window = '1h' }"));
  EXPECT_THAT(assembled.alert("A").expr, StartsWith("sum without (code, instance, pod) ("));
  EXPECT_THAT(assembled.alert("A").expr, EndsWith("or increase(theirs_total{code=\"5\"}[1h])\n) > 1"));
}

TEST(ExternalMetric, IsNoneOfOurs) {
  EXPECT_THAT(Assembled("[[external_metric]]\nname = 'queue_length'\n").diagnostics(),
              HasSubstr("exported by this configuration itself"));
  EXPECT_THAT(Assembled("[[external_metric]]\nname = 'a b'\n").diagnostics(), HasSubstr("is not a metric name"));
  EXPECT_THAT(Assembled("[[external_metric]]\nname = 'x'\ntype = 'summary'\n").diagnostics(), HasSubstr("counter"));
  EXPECT_THAT(Assembled("[[external_metric]]\nname = 'up'\n").diagnostics(), HasSubstr("error"));
}

}  // namespace
}  // namespace leeway
