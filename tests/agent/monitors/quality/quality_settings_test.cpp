// The configuration errors of a [[quality]], and the alerts and panels that it declares.
#include <gmock/gmock.h>

#include <set>

#include "agent/metrics/catalog.h"
#include "tests/agent/monitors/quality/quality_fixture.h"

namespace leeway {
namespace {

using namespace quality_fixture;
using ::testing::HasSubstr;

TEST(Quality, SaysWhatIsWrong) {
  const auto errors = [](const std::string& kind) {
    return MonitorFixture("quality", with_checks(check(kind))).errors();
  };
  EXPECT_THAT(MonitorFixture("quality", "name = \"x\"\n").errors(), HasSubstr("a [[quality.check]]"));
  EXPECT_THAT(errors("null_rate = { column = 'x' }"), HasSubstr("did you mean 'null_ratio'"));
  EXPECT_THAT(errors("null_ratio = { colum = 'x' }"), HasSubstr("did you mean 'column'"));
  EXPECT_THAT(errors("null_ratio = { column = 'x', max = 5 }"), HasSubstr("a share from 0 to 1"));
  EXPECT_THAT(errors("rows = { min = 1 }\nvaries = 'x'"), HasSubstr("two kinds of check in one"));
  EXPECT_THAT(errors("rows = { min = 3, max = 2 }"), HasSubstr("nothing would ever pass"));
  EXPECT_THAT(errors("rows = {}"), HasSubstr("'min', 'max' or both"));
  EXPECT_THAT(errors("rows = 5"), HasSubstr("expected a table"));
  EXPECT_THAT(errors("freshness = 'soon'"), HasSubstr("soon"));
  EXPECT_THAT(errors("type = { column = 'x', is = 'numbr' }"), HasSubstr("did you mean 'number'"));
  EXPECT_THAT(errors("matches = { column = 'x', pattern = '(' }"), HasSubstr("missing )"));
  EXPECT_THAT(errors("in_set = { column = 'x', values = [] }"), HasSubstr("not a list"));
  EXPECT_THAT(errors("in_set = { column = 'x', values = [1, nan] }"), HasSubstr("nan_ratio counts such values"));
  EXPECT_THAT(errors("expression = 'x + \"a\"'"), HasSubstr("expected"));
  EXPECT_THAT(errors("correlation = { columns = ['x'], min = 0 }"), HasSubstr("expected two"));
  EXPECT_THAT(errors("group_order = { group = 'g', value = 'x', ascending = ['a'] }"), HasSubstr("two or more"));
  EXPECT_THAT(errors("columns = { required = ['x + 1'] }"), HasSubstr("is not a column"));
  EXPECT_THAT(errors("varies = 'x'\n[[quality.check]]\nvaries = 'x'"), HasSubstr("already; give this one a 'name'"));
  EXPECT_THAT(errors("varies = 'x'\nalerts = { severity = 'bad' }"), HasSubstr("severity"));
  EXPECT_THAT(errors("varies = 'x'\nalerts = { name = 'not camel' }"), HasSubstr("not an alert name"));
  EXPECT_THAT(MonitorFixture("quality", with_checks("[[quality.summary]]\ncolumns = 'x'\nquantiles = [95]\n")).errors(),
              HasSubstr("from 0 to 1"));
  EXPECT_THAT(
      MonitorFixture("quality", with_checks(check("varies = 'x'"), "window = { rows = 1, time = '1h' }\n")).errors(),
      HasSubstr("one of 'rows' and 'time'"));
}

TEST(Quality, NamesOfItsAlertsBeginAsTold) {
  MonitorFixture fixture("quality", with_checks(check("varies = 'x'") + check("varies = 'y'\nname = 'own'\n"
                                                                              "alerts = { name = 'YConstant' }"),
                                                "alerts = { name = 'Scores' }\n"));
  ASSERT_EQ(fixture.errors(), "");
  Catalog catalog;
  fixture.monitor().declare(catalog);
  std::vector<std::string> names;
  for (const AlertRule& alert : catalog.alerts) {
    names.push_back(alert.name);
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"ScoresConstantColumn", "YConstant", "ScoresNeverJudged", "ScoresNotJudged"}));
  EXPECT_THAT(MonitorFixture("quality", with_checks(check("varies = 'x'"), "alerts = { name = 'a b' }\n")).errors(),
              HasSubstr("CamelCase"));
}

TEST(Quality, AlertsOfChecksThatAreNotJudged) {
  const auto expression = [](const std::string& checks, const std::string& keys, const std::string& name) {
    MonitorFixture fixture("quality", with_checks(checks, keys));
    EXPECT_EQ(fixture.errors(), "");
    Catalog catalog;
    fixture.monitor().declare(catalog);
    for (const AlertRule& alert : catalog.alerts) {
      if (alert.name == name) {
        return alert.expr;
      }
    }
    return std::string();
  };
  EXPECT_EQ(expression(check("varies = 'x'"), "", "QualityNotJudged"),
            "leeway_quality_check_unjudged_runs{quality=\"scores\"} > 0");
  EXPECT_EQ(expression(check("varies = 'x'"), "window = { rows = 9 }\n", "QualityNotJudged"),
            "leeway_quality_check_unjudged_runs{quality=\"scores\"} > 2");
  // The first change is of nothing; a check without alerts has not this one either.
  EXPECT_EQ(expression(check("varies = 'x'") + check("rows_change = { min = 0 }") +
                           check("varies = 'y'\nname = 'quiet'\nalerts = { enabled = false }"),
                       "", "QualityNotJudged"),
            "leeway_quality_check_unjudged_runs{quality=\"scores\", check!=\"rows_change\", check!=\"quiet\"} > 0\n"
            "or leeway_quality_check_unjudged_runs{quality=\"scores\", check=~\"rows_change\"} > 1");
  EXPECT_EQ(expression(check("varies = 'x'\nalerts = { enabled = false }"), "", "QualityNotJudged"), "");
  // Runs without rows are not judged, unless their number is.
  EXPECT_EQ(expression(check("varies = 'x'"), "", "QualityNeverJudged"),
            "leeway_quality_runs_total{quality=\"scores\"} - leeway_quality_empty_runs_total{quality=\"scores\"} == 0");
  EXPECT_EQ(expression(check("rows = { max = 0 }"), "", "QualityNeverJudged"),
            "leeway_quality_runs_total{quality=\"scores\"} == 0");
}

TEST(Quality, DeclaresAlertsWithTestsAndPanels) {
  MonitorFixture fixture("quality", everything("") +
                                        check("name = 'ages'\nrange = { column = 'y', max = 120 }\n"
                                              "alerts = { name = 'AgesWrong', severity = 'critical' }") +
                                        check("name = 'quiet'\nvaries = 'y'\nalerts = { enabled = false }"));
  ASSERT_EQ(fixture.errors(), "");
  Catalog catalog;
  fixture.monitor().describe(catalog.metrics);
  fixture.monitor().declare(catalog);
  std::set<std::string> names;
  for (const AlertRule& alert : catalog.alerts) {
    names.insert(alert.name);
    EXPECT_FALSE(alert.tests.empty()) << alert.name;
    EXPECT_FALSE(alert.runbook.steps.empty()) << alert.name;
    EXPECT_EQ(alert.labels.front(), (std::pair<std::string, std::string>("quality", "scores")));
    EXPECT_EQ(alert.severity, alert.name == "AgesWrong" ? Severity::kCritical : Severity::kWarning);
    for (const std::string& metric : alert.metrics) {
      EXPECT_NE(catalog.metrics.find(metric), nullptr) << metric;
    }
  }
  // 24 kinds and extra columns, one with its own name, one for a monitor without runs, one for checks without values.
  EXPECT_EQ(catalog.alerts.size(), 28U);
  EXPECT_TRUE(names.contains("QualityNullRatio") && names.contains("QualityStale") && names.contains("AgesWrong") &&
              names.contains("QualityNeverJudged"));
  EXPECT_EQ(catalog.panels.size(), 5U);
}

}  // namespace
}  // namespace leeway
