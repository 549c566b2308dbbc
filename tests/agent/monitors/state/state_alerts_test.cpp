// The rules that [[state.alerts]] become, and what is said of wrong ones.
#include <gmock/gmock.h>

#include <algorithm>

#include "agent/alerts/alert_entry.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using ::testing::Contains;
using ::testing::HasSubstr;

std::string with_alerts(const std::string& alerts) {
  return "name = 'nightly_run'\nstart = 'event == \"begin\"'\nend = 'event == \"end\"'\ngood = 'status == \"ok\"'\n"
         "timeout = '30m'\nlabels = ['zone']\nbuckets = [60, 1800]\n" +
         alerts;
}

std::string one(const std::string& alert) { return with_alerts("[[state.alerts]]\n" + alert); }

Catalog declared(const std::string& toml) {
  MonitorFixture fixture("state", toml);
  EXPECT_EQ(fixture.errors(), "");
  Catalog catalog;
  catalog.settings.agent_alerts = false;
  fixture.monitor().describe(catalog.metrics);
  fixture.monitor().declare(catalog);
  return catalog;
}

AlertRule rule(const std::string& alert) {
  const Catalog catalog = declared(one(alert));
  EXPECT_TRUE(catalog.errors.empty()) << catalog.errors.front().message;
  EXPECT_EQ(catalog.alerts.size(), 1U);
  return catalog.alerts.empty() ? AlertRule() : catalog.alerts.front();
}

// As the same alert is written by hand.
AlertRule by_hand(const std::string& alert) {
  MonitorFixture fixture("state", with_alerts(""));
  Catalog catalog;
  fixture.monitor().describe(catalog.metrics);
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml("[[alert]]\n" + alert, "alert.toml", diagnostics);
  read_alert(config.find("alert")->get_if<ConfigArray>()->front(), catalog, diagnostics);
  EXPECT_EQ(diagnostics.to_string(), "");
  return catalog.alerts.empty() ? AlertRule() : catalog.alerts.front();
}

void expect_same(const AlertRule& typed, const AlertRule& written) {
  EXPECT_EQ(typed.name, written.name);
  EXPECT_EQ(typed.expr, written.expr);
  EXPECT_EQ(typed.range, written.range);
  EXPECT_EQ(typed.metrics, written.metrics);
  EXPECT_EQ(typed.value_unit, written.value_unit);
  ASSERT_EQ(typed.tests.size(), written.tests.size());
  for (std::size_t i = 0; i < typed.tests.size(); ++i) {
    EXPECT_EQ(typed.tests[i].name, written.tests[i].name);
  }
}

TEST(StateAlerts, AreWhatTheSameAlertIsByHand) {
  expect_same(rule("overdue = true\n"),
              by_hand("name = 'NightlyRunOverdue'\nmetric = 'nightly_run_overdue'\nabove = 0"));
  expect_same(rule("in_progress_for = '2h'\n"),
              by_hand("name = 'NightlyRunInProgressTooLong'\nmetric = 'nightly_run_oldest_start_timestamp_seconds'\n"
                      "age_above = '2h'"));
  expect_same(rule("failures_above = 2\n"),
              by_hand("name = 'NightlyRunFailed'\nmetric = 'nightly_run_ended_total{outcome=\"failure\"}'\n"
                      "increase_above = { limit = 2, window = '1h' }\nby = ['zone']"));
  expect_same(rule("failure_ratio_above = 0.2\nmin_count = 10\n"),
              by_hand("name = 'NightlyRunFailureRatioHigh'\n"
                      "metric = 'nightly_run_ended_total{outcome=~\"success|failure\"}'\nby = ['zone']\n"
                      "ratio_above = { of = 'nightly_run_ended_total{outcome=\"failure\"}', limit = 0.2, "
                      "window = '1d', min_count = 10 }"));
  expect_same(rule("duration_above = '30m'\nwindow = '2h'\n"),
              by_hand("name = 'NightlyRunSlow'\nmetric = 'nightly_run_duration_seconds'\nby = ['zone']\n"
                      "share_between = { from = 1800, above = 0, window = '2h' }"));
  expect_same(rule("duration_above = '1m'\nq = 0.9\nmin_count = 20\n"),
              by_hand("name = 'NightlyRunSlow'\nmetric = 'nightly_run_duration_seconds'\nby = ['zone']\n"
                      "quantile = { q = 0.9, above = 60, window = '1h', min_count = 20 }"));
}

TEST(StateAlerts, NoSuccessAlsoFiresWhereNoneWasSeen) {
  const AlertRule alert = rule("no_success_for = '26h'\nfor = '10m'\n");
  EXPECT_EQ(alert.name, "NightlyRunNoSuccess");
  EXPECT_EQ(
      alert.expr,
      "time() - nightly_run_last_success_timestamp_seconds > 93600\nor\n(clamp(nightly_run_in_progress, 93600, 93600)\n"
      "and nightly_run_in_progress offset 1d2h\nunless "
      "last_over_time(nightly_run_last_success_timestamp_seconds[1d2h]))");
  EXPECT_EQ(alert.tests.size(), 3U);
  EXPECT_EQ(alert.range, hours(26));
  EXPECT_EQ(alert.hold, std::chrono::minutes(10));
}

TEST(StateAlerts, HaveWordsOfTheirOwn) {
  const AlertRule alert = rule("overdue = true\n");
  EXPECT_EQ(alert.summary, "State nightly_run (zone $labels.zone) is overdue.");
  EXPECT_FALSE(alert.runbook.meaning.empty());
  EXPECT_FALSE(alert.runbook.steps.empty());
  EXPECT_THAT(alert.runbook.queries, Contains("nightly_run_oldest_start_timestamp_seconds"));
  const AlertRule own = rule(
      "name = 'RunHangs'\noverdue = true\nonly = { zone = 'a' }\nseverity = 'critical'\nteam = 'night'\n"
      "summary = 'A run hangs.'\nrunbook = ['Look.']\n");
  EXPECT_EQ(own.name, "RunHangs");
  EXPECT_EQ(own.expr, "nightly_run_overdue{zone=\"a\"} > 0");
  EXPECT_EQ(own.severity, Severity::kCritical);
  EXPECT_EQ(own.summary, "A run hangs.");
  EXPECT_EQ(own.runbook.steps, std::vector<std::string>{"Look."});
  EXPECT_EQ(*find_label(own.labels, "team"), "night");
  EXPECT_EQ(rule("overdue = true\nonly = { zone = 'a' }\n").summary, "State nightly_run is overdue.");
}

// A series whose labels are not known in advance begins with what it counts.
TEST(StateAlerts, CountTheFirstFailureOfASeries) {
  EXPECT_THAT(rule("failures_above = 0\n").expr, HasSubstr("unless last_over_time"));
  const Catalog known = declared(with_alerts("values = { zone = ['a'] }\n[[state.alerts]]\nfailures_above = 0\n"));
  EXPECT_EQ(known.alerts.at(0).expr,
            "sum without (instance, outcome, pod) "
            "(increase(nightly_run_ended_total{outcome=\"failure\"}[1h])) > 0");
}

TEST(StateAlerts, SayWhatIsWrong) {
  expect_refused("state", {{one("overdue = true\nfailures_above = 0\n"), "both 'overdue' and 'failures_above'"},
                           {one("severity = 'info'\n"), "when does it fire?"},
                           {one("overdue = false\n"), "not true"},
                           {one("overdue = true\nseverity = 'urgent'\n"), "'severity' is"},
                           {one("in_progress_for = '8d'\n"), "longer than 'forget'"},
                           {one("failures_above = -1\n"), "negative"},
                           {one("failure_ratio_above = 20\n"), "can never pass"},
                           {one("failure_ratio_above = 1\n"), "can never pass"},
                           {one("duration_above = '45m'\n"), "expected one of 1m, 30m"},
                           {one("duration_above = '30m'\nq = 0.9\n"), "a further bucket"},
                           {one("duration_above = '1m'\nq = 95\n"), "between 0 and 1"},
                           {one("overdue = true\nwindow = '1h'\n"), "'window' is not for 'overdue'"},
                           {one("failures_above = 0\nmin_count = 3\n"), "'min_count' is not for 'failures_above'"},
                           {one("overdue = true\nonly = { site = 'a' }\n"), "no label 'site'"},
                           {one("overdue = true\nfro = '5m'\n"), "'for'"},
                           {one("name = 'run hangs'\noverdue = true\n"), "CamelCase"},
                           {one("overdue = true\n[[state.alerts]]\noverdue = true\n"), "already"},
                           {with_alerts("alerts = true\n"), "an array of tables, [[state.alerts]]"}});
  expect_refused(
      "state", {{one("in_progress_for = '6d'\nfor = '1d'\n"), "'for' is 1d, but what is in progress"},
                {with_alerts("forget = '2h'\n[[state.alerts]]\noverdue = true\nfor = '90m'\n"),
                 "30m, is forgotten after 'forget', 2h"},
                {with_alerts("forget = '31m'\n[[state.alerts]]\nin_progress_for = '31m'\n"), "longer than 'forget'"}});
  expect_refused("state", {{"name = 'run'\nstart = 'a'\nend = 'b'\nforget = '30m'\nbuckets = [1800]\n"
                            "[[state.alerts]]\nduration_above = '30m'\n",
                            "nothing takes longer than 'forget', 30m"}});
  const std::string plain = "name = 'run'\nstart = 'event == \"begin\"'\nend = 'event == \"end\"'\n[[state.alerts]]\n";
  expect_refused("state",
                 {{plain + "overdue = true\n", "no 'timeout'"}, {plain + "failures_above = 0\n", "no 'good'"}});
}

// What only the rest of the configuration tells.
TEST(StateAlerts, ProblemsOfTheRuleAreThoseOfTheConfiguration) {
  const auto error_of = [](const std::string& alert) {
    const Catalog catalog = declared(one(alert));
    return catalog.errors.empty() ? "" : catalog.errors.front().message;
  };
  EXPECT_THAT(error_of("failures_above = 0\nby = ['site']\n"), HasSubstr("[[state.alerts]] 'NightlyRunFailed'"));
  EXPECT_THAT(error_of("failures_above = 0\nby = ['site']\n"), HasSubstr("no label 'site'"));
  EXPECT_THAT(error_of("failures_above = 0\nby = []\nsummary = 'Zone $labels.zone.'\n"), HasSubstr("always empty"));
  EXPECT_THAT(error_of("failures_above = 0\nwindow = '20s'\n"), HasSubstr("fewer than two samples"));
  const Catalog catalog = declared(one("failure_ratio_above = 0.2\n"));
  ASSERT_EQ(catalog.warnings.size(), 1U) << catalog.warnings.back().message;
  EXPECT_THAT(catalog.warnings[0].message, HasSubstr("single bad event"));
}

// What its metrics cannot be, in alerts that are written by hand.
TEST(StateAlerts, LimitsThatNothingPasses) {
  const auto problems = [](const std::string& state, const std::string& alert) {
    MonitorFixture fixture("state", with_alerts(state));
    EXPECT_EQ(fixture.errors(), "");
    Catalog catalog;
    fixture.monitor().describe(catalog.metrics);
    Diagnostics diagnostics;
    const ConfigTable config = parse_toml("[[alert]]\nname = 'A'\n" + alert, "alert.toml", diagnostics);
    read_alert(config.find("alert")->get_if<ConfigArray>()->front(), catalog, diagnostics);
    return diagnostics.to_string();
  };
  const std::string keyed = "key = 'id'\nmax_keys = 20\n";
  EXPECT_THAT(problems(keyed, "metric = 'nightly_run_in_progress'\nabove = 20"), HasSubstr("at most 20: that is"));
  EXPECT_EQ(problems(keyed, "metric = 'nightly_run_in_progress'\nabove = 19"), "");
  EXPECT_THAT(problems("", "metric = 'nightly_run_in_progress'\nabove = 1"), HasSubstr("without a `key`"));
  EXPECT_THAT(problems("", "metric = 'nightly_run_overdue'\nbelow = 0"), HasSubstr("can never be passed"));
  const std::string oldest = "metric = 'nightly_run_oldest_start_timestamp_seconds'\nage_above = ";
  EXPECT_THAT(problems("", oldest + "'7d'"), HasSubstr("is at most 1w ago"));
  EXPECT_EQ(problems("", oldest + "'6d'"), "");
  const std::string success = "metric = 'nightly_run_last_success_timestamp_seconds'\nage_above = ";
  EXPECT_THAT(problems("expire = '1d'\n", success + "'26h'"), HasSubstr("warning: [[alert]] 'A': a series of"));
  EXPECT_EQ(problems("expire = '2d'\n", success + "'26h'"), "");
  const Catalog catalog = declared(with_alerts("expire = '1d'\n[[state.alerts]]\nno_success_for = '26h'\n"));
  ASSERT_EQ(catalog.warnings.size(), 1U);
  EXPECT_THAT(catalog.warnings[0].message, HasSubstr("is hidden after 1d, before it is 1d2h old"));
}

}  // namespace
}  // namespace leeway
