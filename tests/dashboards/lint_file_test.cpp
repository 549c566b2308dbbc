#include "dashboards/lint_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dashboards/panel_catalog.h"

namespace leeway {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LintFile, ExceptsPanelsOnRecordedSeries) {
  const GeneratedFile file = dashboard_lint_file(panel_catalog());
  EXPECT_EQ(".lint", file.name);
  EXPECT_THAT(
      file.content,
      HasSubstr("exclusions:\n  target-instance-rule:\n    entries:\n      - dashboard: \"The shop: objectives\"\n"
                "        panel: Budget\n        reason: "));
  EXPECT_THAT(file.content, Not(HasSubstr("panel: Queue")));
}

TEST(LintFile, ExceptsNothingWhereAllIsAsTheLinterWantsIt) {
  Catalog catalog = panel_catalog();
  catalog.panels.pop_back();
  EXPECT_THAT(dashboard_lint_file(catalog).content, HasSubstr("exclusions: {}\n"));
}

TEST(LintFile, ExceptsRangesOfTheAuthor) {
  Catalog catalog = panel_catalog();
  catalog.panels[0].queries[0].expr = "rate(x[5m])";
  EXPECT_THAT(dashboard_lint_file(catalog).content, HasSubstr("target-rate-interval-rule:\n    entries:\n"));
  catalog.panels[0].queries[0].expr = "changes(x[$__rate_interval])";
  EXPECT_THAT(dashboard_lint_file(catalog).content, Not(HasSubstr("target-rate-interval-rule")));
  EXPECT_THAT(dashboard_lint_file(catalog).content, HasSubstr("target-counter-agg-rule"));
}

}  // namespace
}  // namespace leeway
