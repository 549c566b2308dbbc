// Every expression generated from a configuration passes the check for hand-written ones.
#include <gtest/gtest.h>

#include "agent/config/toml_reader.h"
#include "agent/config/variables.h"
#include "agent/core/whole_file.h"
#include "agent/pipeline/assembly.h"
#include "agent/promql/promql_check.h"

namespace leeway {
namespace {

std::string content(const std::string& path) {
  PosixFileSystem files;
  return read_whole_file(files, std::string(LEEWAY_SOURCE_DIR) + "/" + path, 1 << 20).value();
}

class GeneratedExpressions : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    Diagnostics diagnostics;
    Variables variables([](const std::string&) { return std::optional<std::string>(); });
    const ConfigTable config = parse_toml(content(GetParam()), GetParam(), diagnostics, &variables);
    PosixFileSystem files;
    assembly_ = assemble(config, {}, files, diagnostics);
    ASSERT_TRUE(assembly_.has_value()) << diagnostics.to_string();
  }

  PromqlReport check(const std::string& name, const std::string& expr) const {
    PromqlReport report = check_promql(expr, assembly_->catalog);
    for (const PromqlProblem& problem : report.problems) {
      // The value with which a series begins is its first increase.
      if (expr.substr(0, problem.offset).ends_with("last_over_time(")) {
        continue;
      }
      ADD_FAILURE() << name << ": at " << problem.offset << ": " << problem.message << "\n" << expr;
    }
    EXPECT_FALSE(report.has_variables) << name;
    return report;
  }

  std::optional<Assembly> assembly_;
};

TEST_P(GeneratedExpressions, OfRecordsHaveNoProblem) {
  for (const RecordingRule& rule : assembly_->catalog.recording_rules) {
    const PromqlReport report = check(rule.name, rule.expr);
    EXPECT_LE(report.range, rule.range) << rule.name;
  }
}

TEST_P(GeneratedExpressions, OfAlertsHaveNoProblemAndCompare) {
  EXPECT_GT(assembly_->catalog.alerts.size(), 20U);
  for (const AlertRule& alert : assembly_->catalog.alerts) {
    const PromqlReport report = check(alert.name, alert.expr);
    EXPECT_TRUE(report.compares) << alert.name;
    EXPECT_LE(report.range, alert.range) << alert.name;
    for (const std::string& metric : report.metrics) {
      const bool told = std::find(alert.metrics.begin(), alert.metrics.end(), metric) != alert.metrics.end();
      // These tell whether an agent was scraped, a source has records, or an alert fires.
      const bool aside =
          metric == "leeway_ready" || metric == "up" || metric == "leeway_source_records_total" || metric == "ALERTS";
      EXPECT_TRUE(told || aside || metric.starts_with("slo:")) << alert.name << " reads " << metric;
    }
  }
}

TEST_P(GeneratedExpressions, OfRunbooksHaveNoProblem) {
  for (const AlertRule& alert : assembly_->catalog.alerts) {
    for (const std::string& query : alert.runbook.queries) {
      static_cast<void>(check(alert.name, query));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, GeneratedExpressions,
                         ::testing::Values("deploy/packs/echo-ridge.toml", "tests/data/alerts/all_conditions.toml"),
                         [](const auto& file) { return file.index == 0 ? "pack" : "all_conditions"; });

}  // namespace
}  // namespace leeway
