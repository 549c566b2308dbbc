#include "agent/alerts/rule_scope.h"

#include <gmock/gmock.h>

#include "agent/promql/promql_check.h"
#include "agent/promql/promql_scope.h"
#include "tests/agent/alerts/alert_fixture.h"

namespace leeway {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

struct Scoped {
  explicit Scoped(const std::string& text) : assembled(text), catalog(assembled.catalog()) {
    apply_scope(catalog, diagnostics);
  }
  const AlertRule& alert(const std::string& name) const {
    return *std::find_if(catalog.alerts.begin(), catalog.alerts.end(),
                         [&name](const AlertRule& alert) { return alert.name == name; });
  }

  Assembled assembled;
  Catalog catalog;
  Diagnostics diagnostics;
};

constexpr const char* kSlo = "[[slo]]\nname = 'availability'\ngood = 's < 1'\nobjective = 0.99\nperiod = '30d'\n";

TEST(RuleScope, IsTheNameOfTheSet) {
  const Scoped scoped(alert_entry("metric = 'queue_length'\nabove = 1"));
  EXPECT_EQ(scoped.alert("A").expr, R"(queue_length{job="test"} > 1)");
  EXPECT_THAT(scoped.alert("A").labels, IsEmpty());
  EXPECT_EQ(scoped.alert("LeewayDown").expr, R"(up{job="test"} < 1)");
  EXPECT_THAT(scoped.alert("A").tests[0].input[0].series, HasSubstr(R"(job="test")"));
  EXPECT_EQ(scoped.diagnostics.to_string(), "");
}

TEST(RuleScope, ReachesEveryExpressionOfEveryKind) {
  for (const char* rules : {"", "[rules]\njob = 'b'\n", "[rules]\nselector = '{namespace=\"n\", app=\"b\"}'\n"}) {
    const Scoped scoped(std::string(rules) + kSlo +
                        "[[panel]]\ntitle = 'P'\ndescription = 'P.'\npromql = 'queue_length'\n");
    std::vector<std::string> expressions;
    for (const RecordingRule& rule : scoped.catalog.recording_rules) {
      expressions.push_back(rule.expr);
    }
    for (const AlertRule& alert : scoped.catalog.alerts) {
      expressions.push_back(alert.expr);
      expressions.insert(expressions.end(), alert.runbook.queries.begin(), alert.runbook.queries.end());
      for (const auto& [label, value] : scoped.catalog.settings.scope_labels) {
        EXPECT_TRUE(keeps_label(alert.expr, label) ||
                    std::find(alert.labels.begin(), alert.labels.end(), std::pair(label, value)) != alert.labels.end())
            << alert.name;
      }
    }
    for (const Panel& panel : scoped.catalog.panels) {
      for (const PanelQuery& query : panel.queries) {
        expressions.push_back(query.expr);
      }
    }
    EXPECT_GT(expressions.size(), 80U);
    for (const std::string& expr : expressions) {
      for (const Selector& selector : selectors_of(expr)) {
        for (const auto& wanted : scoped.catalog.settings.scope_labels) {
          EXPECT_TRUE(std::any_of(selector.matchers.begin(), selector.matchers.end(), [&](const LabelMatcher& matcher) {
            return matcher.label == wanted.first && (matcher.value == wanted.second || matcher.value == "$job");
          })) << expr;
        }
      }
      for (const PromqlProblem& problem : check_promql(expr, scoped.catalog).problems) {
        // The value with which a series begins is its first increase.
        if (expr.substr(0, problem.offset).ends_with("last_over_time(")) {
          continue;
        }
        ADD_FAILURE() << problem.message << "\n" << expr;
      }
    }
  }
}

TEST(RuleScope, LeavesSelectorsThatNameAJob) {
  const Scoped scoped(alert_entry("promql = 'up{job=\"db\"} == 0 and on () queue_length > 1'"));
  EXPECT_EQ(scoped.alert("A").expr, R"(up{job="db"} == 0 and on () queue_length{job="test"} > 1)");
  EXPECT_THAT(scoped.alert("A").labels, IsEmpty());
}

TEST(RuleScope, AnAlertCarriesWhatItsExpressionDrops) {
  const Scoped scoped(alert_entry("promql = 'sum(queue_length) > 1'"));
  EXPECT_THAT(scoped.alert("A").labels, ElementsAre(Pair("job", "test")));
}

TEST(RuleScope, DoesNotMakeSeriesOfAnotherJobEqual) {
  const auto alert_of = [](const std::string& promql) {
    return Scoped("[rules]\nselector = '{namespace=\"shop\"}'\n" + alert_entry("promql = '" + promql + "'")).alert("A");
  };
  // Each namespace has an "up" of its own.
  EXPECT_THAT(alert_of("up{job=\"db\"} == 0").labels, IsEmpty());
  EXPECT_THAT(alert_of("sum without (pod) (up{job=\"db\"}) == 0").labels, IsEmpty());
  EXPECT_THAT(alert_of("up{job=\"db\"} == 0").other_jobs, ElementsAre("db"));
  EXPECT_THAT(alert_of("sum by (job) (up{job=\"db\"}) == 0").labels, ElementsAre(Pair("namespace", "shop")));
  EXPECT_THAT(alert_of("sum(up{job=\"db\"}) == 0").other_jobs, ElementsAre(""));
}

TEST(RuleScope, ReplacesThePlaceholderInTestsButNotAnotherJob) {
  const std::string test =
      "[[alert.test]]\nname = 'x'\ninput = { 'queue_length{job=\"a\"}' = '5x9', 'up{job=\"db\"}' = '1x9' }\n"
      "fires = ['5m']\nlabels = { job = 'a' }\nvalue = 5\n";
  const Scoped scoped(alert_entry("promql = 'queue_length > 1 and on () up{job=\"db\"} == 1'\n" + test));
  const AlertTest& own = scoped.alert("A").tests[0];
  EXPECT_EQ(own.input[0].series, R"(queue_length{job="test"})");
  EXPECT_EQ(own.input[1].series, R"(up{job="db"})");
  EXPECT_THAT(own.expectations[0].firing[0].labels, ElementsAre(Pair("job", "test")));
}

TEST(RuleScope, InhibitsOnlyWithinTheService) {
  const Scoped scoped(std::string(kSlo) +
                      alert_entry("metric = 'up{job=\"db\"}'\nbelow = 1\ninhibits = ['LeewayDown']") +
                      "[[alert]]\nname = 'B'\nmetric = 'queue_length'\nabove = 1\ninhibits = ['A']\n");
  EXPECT_GT(scoped.catalog.inhibitions.size(), 5U);
  for (const InhibitRule& rule : scoped.catalog.inhibitions) {
    if (rule.source[0].second == "A") {
      EXPECT_THAT(rule.source, Contains(Pair("job", "db")));
      EXPECT_THAT(rule.target, Contains(Pair("job", "test")));
    } else {
      EXPECT_THAT(rule.equal, Contains("job")) << rule.source[0].second;
    }
  }
}

TEST(RuleScope, AgentJobIsOnlyAboutUp) {
  const Scoped scoped("[rules]\njob = 'shop'\nagent_job = 'monitoring/leeway'\n");
  EXPECT_EQ(scoped.alert("LeewayDown").expr, R"(up{job="monitoring/leeway"} < 1)");
  EXPECT_THAT(scoped.alert("LeewayDown").labels, ElementsAre(Pair("job", "shop")));
  EXPECT_EQ(scoped.alert("LeewayStale").expr, R"(leeway_snapshot_age_seconds{job="shop"} > 60)");
}

TEST(RuleScope, WarnsOfAnotherExportersMetricWithoutAJob) {
  const std::string external = "[[external_metric]]\nname = 'db_seconds'\n";
  const Scoped scoped(external + alert_entry("metric = 'db_seconds'\nabove = 1"));
  EXPECT_THAT(scoped.diagnostics.to_string(), HasSubstr("'A' reads 'db_seconds' of another exporter"));
  const Scoped named(external + alert_entry("metric = 'db_seconds{job=\"db\"}'\nabove = 1"));
  EXPECT_EQ(named.diagnostics.to_string(), "");
}

}  // namespace
}  // namespace leeway
