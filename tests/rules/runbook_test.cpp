#include "rules/runbook.h"

#include <gmock/gmock.h>

#include <map>

#include "rules/annotations.h"
#include "rules/links.h"
#include "rules/text.h"
#include "tests/rules/example_catalog.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

TEST(Links, MakeTheAnchorOfAHeadingAsGitHubDoes) {
  EXPECT_EQ(runbook_anchor("HighErrorRate"), "higherrorrate");
  EXPECT_EQ(runbook_anchor("Alerts: a_b-c"), "alerts-a_b-c");
}

TEST(Links, PointToTheAlertsOwnPageBeforeTheGeneratedOne) {
  Catalog catalog = example_catalog();
  EXPECT_EQ(runbook_url(catalog, catalog.alerts[0]), "");
  catalog.settings.runbook_url = "https://example.org/runbook.md";
  EXPECT_EQ(runbook_url(catalog, catalog.alerts[0]), "https://example.org/runbook.md#higherrorrate");
  catalog.alerts[0].runbook.link = "https://example.org/other";
  EXPECT_EQ(runbook_url(catalog, catalog.alerts[0]), "https://example.org/other");
}

TEST(Links, PointToThePanelThatShowsWhatTheAlertReads) {
  Catalog catalog = example_catalog();
  EXPECT_EQ(dashboard_url(catalog, catalog.alerts[0]), "");
  catalog.settings.dashboard_url = "https://grafana.example.org";
  EXPECT_EQ(dashboard_url(catalog, catalog.alerts[0]), "https://grafana.example.org/d/shop?viewPanel=1");
  EXPECT_EQ(dashboard_url(catalog, catalog.alerts[4]), "");
}

TEST(Runbook, TellsWhatToDo) {
  Catalog catalog = example_catalog();
  catalog.settings.dashboard_url = "https://grafana.example.org";
  EXPECT_THAT(runbook_markdown(catalog), HasSubstr(R"(
## Alerts: shop

### HighErrorRate

Requests fail.

Severity critical, team web. Fires when this has a result for 5m:

```promql
rate(errors_total[5m]) > 0.5
```

**What it means:** Customers see errors.

**What to look at:**

```promql
sum by (code) (rate(requests_total[5m]))
```

**Dashboard:** [Errors](<https://grafana.example.org/d/shop?viewPanel=1>)

**First steps:**

1. It pages: begin now; assess the impact and begin mitigation within 5 minutes.
2. Look at the last deploy.
3. Roll back.

**Escalation:** after 15m: engineering manager

### HighLatency
)"));
}

TEST(Runbook, BeginsWithWhatTheRouteOfTheSeverityMeans) {
  Catalog catalog = example_catalog();
  for (const auto& [severity, words] : {std::pair(Severity::kWarning, "1. It is a ticket: "),
                                        std::pair(Severity::kInfo, "1. It is in the daily digest: ")}) {
    catalog.alerts = {catalog.alerts[0]};
    catalog.alerts[0].severity = severity;
    EXPECT_THAT(runbook_markdown(catalog), HasSubstr(std::string("**First steps:**\n\n") + words));
    EXPECT_THAT(runbook_markdown(catalog), Not(HasSubstr("It pages")));
  }
}

TEST(Annotations, NameTheSectionOfTheRunbookThatIsPublishedNowhere) {
  Catalog catalog = example_catalog();
  const auto of_first = [&catalog](std::string_view name) {
    const RuleLabels annotations = annotation_templates(catalog, catalog.alerts[0]);
    const std::string* text = find_label(annotations, name);
    return text == nullptr ? std::string() : *text;
  };
  EXPECT_EQ(of_first("runbook"), "runbook.md#higherrorrate");
  EXPECT_EQ(of_first("runbook_url"), "");
  catalog.settings.runbook_url = "https://example.org/runbook.md";
  EXPECT_EQ(of_first("runbook"), "");
  EXPECT_EQ(of_first("runbook_url"), "https://example.org/runbook.md#higherrorrate");
}

TEST(Runbook, HasOneSectionForAlertsOfOneName) {
  const std::string text = runbook_markdown(example_catalog());
  EXPECT_EQ(count(text, "### ErrorBudgetBurn\n"), 1U);
  EXPECT_THAT(text, HasSubstr("tier page-fast"));
  EXPECT_THAT(text, HasSubstr("tier ticket-slow"));
}

TEST(Runbook, GivesOnlyAlertsTheAnchorOfAnAlert) {
  const Catalog catalog = example_catalog();
  std::map<std::string, int> anchors;
  for_each_line(runbook_markdown(catalog), [&anchors](std::string_view line) {
    if (line.starts_with('#')) {
      ++anchors[runbook_anchor(line.substr(line.find(' ') + 1))];
    }
  });
  for (const AlertRule& alert : catalog.alerts) {
    EXPECT_EQ(anchors[runbook_anchor(alert.name)], 1) << alert.name;
  }
}

// Lines outside code blocks that start a block, and characters with a meaning within a line.
TEST(Runbook, KeepsTextOfTheConfigurationInert) {
  std::string fence;
  std::size_t headings = 0;
  for_each_line(runbook_markdown(hostile_catalog()), [&](std::string_view line) {
    if (fence.empty() && line.starts_with("```")) {
      fence = line.substr(0, line.find_first_not_of('`'));
    } else if (!fence.empty()) {
      fence = line == fence ? "" : fence;
    } else {
      headings += line.starts_with('#') ? 1 : 0;
      EXPECT_THAT(line, Not(HasSubstr(" <img")));
      EXPECT_THAT(line, Not(HasSubstr(" ```")));
      EXPECT_FALSE(line.starts_with("- ")) << line;
    }
  });
  EXPECT_EQ(fence, "");
  EXPECT_EQ(headings, 1U + 1U + 1U + 5U);  // title, severities, one group, five names
}

TEST(Runbook, EscapesWhatWouldStartAList) {
  Catalog catalog = example_catalog();
  catalog.alerts[0].summary = "1. x_total is _high_";
  EXPECT_THAT(runbook_markdown(catalog), HasSubstr("\n1\\. x_total is \\_high\\_\n"));
}

// No series fires on a page: a label stands for all of its values.
TEST(Runbook, NamesLabelsWithoutAnAlertThatFires) {
  Catalog catalog = example_catalog();
  catalog.alerts[0].summary = "SLO api $labels.route burns: $value, source lost ($labels.reason).";
  EXPECT_THAT(runbook_markdown(catalog),
              HasSubstr("\nSLO api (each route) burns: (value), source lost (each reason).\n"));
}

}  // namespace
}  // namespace leeway
