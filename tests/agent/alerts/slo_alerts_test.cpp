// [slo.alerts] of a whole configuration: tiers, factors, names and inhibitions (SRE workbook, chapter 5).
#include <gmock/gmock.h>

#include <map>
#include <regex>

#include "agent/core/units.h"
#include "agent/monitors/slo/slo_rules.h"
#include "tests/agent/alerts/alert_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

std::string slo(const std::string& objective, const std::string& period, const std::string& alerts = "") {
  return "[[slo]]\nname = 's'\ngood = 'ok'\nobjective = " + objective + "\nperiod = '" + period + "'\n" + alerts;
}

// The factor in the expression of each tier of the SLO: "> 14.4 * 0.001".
std::map<std::string, double> factors(const Assembled& assembled) {
  std::map<std::string, double> result;
  for (const AlertRule& alert : assembled.catalog().alerts) {
    std::smatch match;
    if (alert.labels.empty() || alert.labels[0].first != "tier" || alert.labels[0].second == "exhausted") {
      continue;
    }
    EXPECT_TRUE(std::regex_search(alert.expr, match, std::regex("> ([0-9.]+) \\* "))) << alert.expr;
    result[alert.labels[0].second] = std::stod(match[1]);
  }
  return result;
}

TEST(SloAlerts, FactorsAreThoseOfAMonth) {
  EXPECT_THAT(factors(Assembled(slo("0.999", "30d"))), ElementsAre(Pair("page-fast", 14.4), Pair("page-slow", 6),
                                                                   Pair("ticket-fast", 3), Pair("ticket-slow", 1)));
  EXPECT_THAT(factors(Assembled(slo("0.999", "28d"))), ElementsAre(Pair("page-fast", 13.44), Pair("page-slow", 5.6),
                                                                   Pair("ticket-fast", 2.8), Pair("ticket-slow", 1)));
  for (const char* period : {"90d", "365d"}) {
    EXPECT_THAT(factors(Assembled(slo("0.99", period))), ElementsAre(Pair("page-fast", 14.4), Pair("page-slow", 6),
                                                                     Pair("ticket-fast", 3), Pair("ticket-slow", 1)));
  }
}

TEST(SloAlerts, ATierOfAShortPeriodSpendsAtMostPartOfTheBudget) {
  EXPECT_THAT(factors(Assembled(slo("0.999", "7d"))),
              ElementsAre(Pair("page-fast", 13.44), Pair("page-slow", 5.6), Pair("ticket-fast", 1.4)));
  EXPECT_THAT(factors(Assembled(slo("0.999", "3d"))),
              ElementsAre(Pair("page-fast", 13.44), Pair("page-slow", 5.6), Pair("ticket-fast", 1)));
  EXPECT_THAT(factors(Assembled(slo("0.999", "18h"))), ElementsAre(Pair("page-fast", 9), Pair("page-slow", 1.5)));
  EXPECT_THAT(factors(Assembled(slo("0.999", "3h"))), ElementsAre(Pair("page-fast", 1.5)));
}

TEST(SloAlerts, TiersSayWhatTheySpend) {
  const Assembled assembled(slo("0.999", "7d"));
  const std::optional<BurnRate>& burn = assembled.alert("ErrorBudgetBurnPageFast").burn;
  ASSERT_TRUE(burn.has_value());
  EXPECT_EQ(burn->tier, "page_fast");
  EXPECT_DOUBLE_EQ(burn->limit, 0.01344);
  EXPECT_NEAR(burn->spent, 0.08, 1e-9);
}

TEST(SloAlerts, FactorsThatCouldNeverFireAreRescaled) {
  EXPECT_THAT(factors(Assembled(slo("0.9", "30d"))),
              ElementsAre(Pair("page-fast", 8), Pair("page-slow", 6), Pair("ticket-fast", 3), Pair("ticket-slow", 1)));
  EXPECT_THAT(factors(Assembled(slo("0.5", "30d"))), ElementsAre(Pair("page-fast", 1.6), Pair("page-slow", 1.6),
                                                                 Pair("ticket-fast", 1.6), Pair("ticket-slow", 1)));
}

TEST(SloAlerts, EveryTierOfEveryObjectiveCanFire) {
  for (const char* objective : {"0.05", "0.1", "0.3333", "0.5", "0.64969", "0.9", "0.99", "0.99999", "0.999999999"}) {
    for (const char* period : {"3h", "18h", "72h", "7d", "30d", "365d"}) {
      const double budget = error_budget(std::stod(objective));
      for (const auto& [tier, factor] : factors(Assembled(slo(objective, period)))) {
        EXPECT_GT(factor, 0) << objective << " " << period << " " << tier;
        EXPECT_LT(factor * budget, 1) << objective << " " << period << " " << tier;
      }
    }
  }
}

TEST(SloAlerts, ConfiguredFactors) {
  EXPECT_THAT(factors(Assembled(slo("0.999", "30d", "[slo.alerts.page_fast]\nfactor = 10\n"))),
              ::testing::Contains(Pair("page-fast", 10)));
  EXPECT_THAT(
      Assembled(slo("0.9", "30d", "[slo.alerts.page_fast]\nfactor = 14.4\n")).diagnostics(),
      HasSubstr(
          "test.toml:" + std::to_string(kFirstLine + 6) +
          ":10: error: [[slo]] 's': alerts: page_fast: with this objective the tier could never fire: 14.4 times"));
  EXPECT_THAT(Assembled(slo("0.9", "30d", "[slo.alerts.page_fast]\nfactor = 0\n")).diagnostics(),
              HasSubstr("expected a positive number"));
  EXPECT_THAT(Assembled(slo("0.9", "7d", "[slo.alerts.ticket_slow]\nfactor = 2\n")).diagnostics(),
              HasSubstr("ticket_slow"));
}

TEST(SloAlerts, SettingsOfATier) {
  const Assembled assembled(
      slo("0.999", "30d",
          "[slo.alerts]\nteam = 'sre'\nmin_bad_events = 5\nmin_events = 50\n[slo.alerts.page_fast]\nname = 'FastBurn'\n"
          "severity = 'warning'\nfor = '2m'\nkeep_firing_for = '10m'\n[slo.alerts.page_slow]\nenabled = false\n"));
  const AlertRule& fast = assembled.alert("FastBurn");
  EXPECT_EQ(fast.hold, std::chrono::minutes(2));
  EXPECT_EQ(fast.keep_firing_for, std::chrono::minutes(10));
  EXPECT_EQ(fast.severity, Severity::kWarning);
  EXPECT_THAT(fast.labels, ElementsAre(Pair("tier", "page-fast"), Pair("slo", "s"), Pair("team", "sre")));
  EXPECT_EQ(fast.expr,
            "slo:leeway_slo_bad_events_per_events:ratio_increase1h{slo=\"s\"} > 14.4 * 0.001\n"
            "and\n"
            "slo:leeway_slo_bad_events_per_events:ratio_increase5m{slo=\"s\"} > 14.4 * 0.001\n"
            "and\n"
            "slo:leeway_slo_bad_events:increase1h{slo=\"s\"} >= 5\n"
            "and\n"
            "slo:leeway_slo_events:increase1h{slo=\"s\"} >= 50\n"
            "or\n"
            "(slo:leeway_slo_bad_events_per_events:ratio_increase1h{slo=\"s\"} or "
            "slo:leeway_slo_bad_events_per_events:ratio_increase1d{slo=\"s\"} or "
            "slo:leeway_slo_bad_events_per_events:ratio_increase3d{slo=\"s\"}) > 7.2 * 0.001\n"
            "and ignoring (alertname, alertstate, severity, team, tier)\n"
            "ALERTS{alertname=\"FastBurn\", alertstate=\"firing\", slo=\"s\", tier=\"page-fast\"}\n"
            "unless\n"
            "(\n"
            "slo:leeway_slo_bad_events_per_events:ratio_increase5m{slo=\"s\"} <= 7.2 * 0.001\n"
            "and\n"
            "slo:leeway_slo_bad_events_per_events:ratio_increase1h{slo=\"s\"} * "
            "slo:leeway_slo_events:increase5m{slo=\"s\"} >= 3\n"
            ")");
  EXPECT_EQ(factors(assembled).count("page-slow"), 0U);
}

TEST(SloAlerts, AFastTierLeavesFewEventsToASlowerOneThatIsAsSevere) {
  const auto least = [](const std::string& alerts) {
    const Assembled assembled(slo("0.999", "30d", alerts));
    std::smatch match;
    const std::string& expr = assembled.alert("ErrorBudgetBurnPageFast").expr;
    return std::regex_search(expr, match, std::regex("events:increase1h[^>]*>= ([0-9]+)\nor")) ? match[1].str() : "";
  };
  EXPECT_EQ(least(""), "695");  // of which 10 are bad at 1.44 %
  EXPECT_EQ(least("[slo.alerts]\nmin_bad_events = 1\nmin_events = 0\n"), "");
  EXPECT_EQ(least("[slo.alerts]\nmin_bad_events = 1\n[slo.alerts.page_slow]\nenabled = false\n"), "");
  EXPECT_EQ(least("[slo.alerts]\nmin_bad_events = 1\n[slo.alerts.page_slow]\nseverity = 'warning'\n"), "");
}

TEST(SloAlerts, WindowsOfATierThatIsOffAreNotRecorded) {
  const auto recorded = [](const std::string& alerts) {
    std::vector<std::string> names;
    const Assembled assembled(slo("0.999", "30d", alerts));
    for (const RecordingRule& rule : assembled.catalog().recording_rules) {
      names.push_back(rule.name);
    }
    return names;
  };
  const auto has = ::testing::Contains(HasSubstr("increase3d"));
  EXPECT_THAT(recorded(""), has);
  EXPECT_THAT(recorded("[slo.alerts.ticket_slow]\nenabled = false\n"), ::testing::Not(has));
  EXPECT_THAT(recorded("[slo.alerts]\nenabled = false\n"), has);
}

TEST(SloAlerts, WithoutAlertsRecordsRemain) {
  const Assembled assembled("[rules]\nagent_alerts = false\n" + slo("0.999", "30d", "[slo.alerts]\nenabled = false\n"));
  EXPECT_THAT(assembled.catalog().alerts, IsEmpty());
  EXPECT_FALSE(assembled.catalog().recording_rules.empty());
}

TEST(SloAlerts, NumbersCarryNoBinaryNoise) {
  const std::regex noise("[0-9]*\\.?[0-9]{13,}");
  for (const char* objective : {"0.999", "0.9999", "0.95", "0.3333", "0.64969", "0.994"}) {
    for (const char* period : {"7d", "30d", "1007h"}) {
      const Assembled assembled(slo(objective, period));
      for (const AlertRule& alert : assembled.catalog().alerts) {
        EXPECT_FALSE(std::regex_search(alert.expr + alert.summary + alert.description + alert.comment, noise))
            << alert.expr << alert.summary << alert.description << alert.comment;
      }
      for (const RecordingRule& rule : assembled.catalog().recording_rules) {
        EXPECT_FALSE(std::regex_search(rule.expr + rule.help, noise)) << rule.expr << rule.help;
      }
    }
  }
}

TEST(SloAlerts, FasterTiersInhibitSlowerOnesOfTheSameSlo) {
  const Assembled assembled(slo("0.999", "30d"));
  std::map<std::string, int> targets;
  for (const InhibitRule& rule : assembled.catalog().inhibitions) {
    if (rule.source.empty() || rule.source[0].first != "tier") {
      continue;
    }
    EXPECT_THAT(rule.equal, ElementsAre("slo", "job"));
    EXPECT_NE(rule.source[0].second, rule.target[0].second);
    ++targets[rule.source[0].second];
  }
  EXPECT_GE(targets["page-fast"], 3);
  EXPECT_GE(targets["page-slow"], 2);
  EXPECT_EQ(targets.count("ticket-slow"), 0U);
}

TEST(SloAlerts, ASpentBudgetNeedsEventsThatAreOldEnoughAndABadOneOfLate) {
  const Assembled assembled(slo("0.999", "30d"));
  const AlertRule& spent = assembled.alert("ErrorBudgetExhausted");
  EXPECT_EQ(spent.severity, Severity::kWarning);
  EXPECT_EQ(spent.repeat, std::chrono::hours(24));
  EXPECT_EQ(spent.expr,
            "slo:leeway_slo_bad_events_per_events:ratio_increase30d{slo=\"s\"} >= 0.001\nand\n"
            "slo:leeway_slo_bad_events:increase30d{slo=\"s\"} >= 3\nand\n"
            "slo:leeway_slo_events:increase30d_offset1d{slo=\"s\"} >= 1000\nand\n"
            "slo:leeway_slo_bad_events:increase1d{slo=\"s\"} > 0");
  EXPECT_EQ(spent.description,
            "$value of the events of the last 30d were bad; 0.1% of them are the whole budget. Changes that risk more "
            "errors should wait.");
}

TEST(SloAlerts, SettingsOfASpentBudget) {
  const Assembled assembled(
      slo("0.999", "30d",
          "[slo.alerts.exhausted]\nname = 'Spent'\nseverity = 'critical'\nfor = '1h'\nkeep_firing_for = '2h'\n"
          "min_age = '72h'\nmin_events = 50\nmin_bad_events = 7\n"));
  const AlertRule& spent = assembled.alert("Spent");
  EXPECT_EQ(spent.severity, Severity::kCritical);
  EXPECT_EQ(spent.hold, std::chrono::hours(1));
  EXPECT_EQ(spent.keep_firing_for, std::chrono::hours(2));
  EXPECT_THAT(spent.expr, HasSubstr("increase30d{slo=\"s\"} >= 7\n"));
  EXPECT_THAT(spent.expr, HasSubstr("increase30d_offset3d{slo=\"s\"} >= 50\n"));
  const Assembled without(slo("0.999", "30d", "[slo.alerts.exhausted]\nenabled = false\n"));
  for (const AlertRule& alert : without.catalog().alerts) {
    EXPECT_NE(alert.name, "ErrorBudgetExhausted");
  }
  EXPECT_THAT(Assembled(slo("0.999", "3h", "[slo.alerts.exhausted]\nmin_age = '3h'\n")).diagnostics(),
              HasSubstr("exhausted: 'min_age' is 3h; expected whole hours, less than the period of 3h"));
}

Severity colour_below_zero(const Assembled& assembled, const std::string& title) {
  for (const Panel& panel : assembled.catalog().panels) {
    if (panel.title == title) {
      return panel.thresholds.front().severity;
    }
  }
  ADD_FAILURE() << "no panel " << title;
  return Severity::kInfo;
}

TEST(SloAlerts, PanelsOfTheBudgetHaveTheColourOfItsAlert) {
  const Assembled warning(slo("0.999", "30d"));
  const Assembled critical(slo("0.999", "30d", "[slo.alerts.exhausted]\nseverity = 'critical'\n"));
  for (const char* title : {"Budget left", "Budget left over time", "Good events of 30d", "Error budgets left"}) {
    EXPECT_EQ(colour_below_zero(warning, title), Severity::kWarning) << title;
    EXPECT_EQ(colour_below_zero(critical, title), Severity::kCritical) << title;
  }
  const std::string second =
      "[[slo]]\nname = 't'\ngood = 'ok'\nobjective = 0.9\n[slo.alerts.exhausted]\nseverity = 'critical'\n";
  EXPECT_EQ(colour_below_zero(Assembled(slo("0.999", "30d") + second), "Error budgets left"), Severity::kCritical);
}

TEST(SloAlerts, TheTimeLeftIsThatOfTheMeasuredRate) {
  const Assembled assembled(slo("0.999", "30d"));
  const AlertRule& page = assembled.alert("ErrorBudgetBurnPageFast");
  ASSERT_TRUE(page.outlook.has_value());
  EXPECT_EQ(page.outlook->query,
            "(slo:leeway_slo_error_budget_remaining:ratio{slo=$labels.slo, job=$labels.job, "
            "namespace=$labels.namespace, container=$labels.container, cluster=$labels.cluster} > 0) * 2592 / $value");
}

TEST(SloAlerts, DetectionTimeOfATotalOutage) {
  const SloTarget target{"s", 0.999, std::chrono::hours(720)};
  TierSettings tier;
  tier.tier = burn_rate_tiers(target.period)[0];
  tier.factor = 14.4;
  // 14.4 * 0.001 * 60 min = 0.864 min: the first whole minute after.
  EXPECT_EQ(outage_detection(target, tier), std::chrono::minutes(1));
  tier.hold = std::chrono::minutes(2);
  EXPECT_EQ(outage_detection(target, tier), std::chrono::minutes(3));
  tier.tier = burn_rate_tiers(target.period)[3];
  tier.factor = 1;
  tier.hold = {};
  EXPECT_EQ(outage_detection(target, tier), std::chrono::minutes(5));  // 4.32
}

TEST(SloAlerts, BudgetsAreDecimals) {
  EXPECT_EQ(error_budget(0.999), 0.001);
  EXPECT_EQ(error_budget(0.9999), 0.0001);
  EXPECT_EQ(error_budget(0.95), 0.05);
}

}  // namespace
}  // namespace leeway
