#include "agent/panels/panel_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/config/toml_reader.h"
#include "agent/panels/metric_panels.h"

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The catalogue after the entries of the text, and the diagnostics about them.
struct Outcome {
  Catalog catalog;
  std::string said;

  std::vector<std::string> titles() const {
    std::vector<std::string> list;
    for (const Panel& panel : catalog.panels) {
      list.push_back(panel.row + "/" + panel.title);
    }
    return list;
  }
};

Outcome read(const std::string& text) {
  Outcome outcome;
  Catalog& catalog = outcome.catalog;
  for (const char* name : {"reads_total", "writes_total"}) {
    const MetricDesc desc{name, MetricType::kCounter, "Help.", {"disk"}, {}};
    EXPECT_TRUE(catalog.metrics.add(desc));
    add_metric_panels(desc, catalog);
  }
  catalog.configured_metrics = catalog.metrics.metrics().size();
  EXPECT_TRUE(catalog.external.add({"up", MetricType::kGauge, "", {}, {}}));
  catalog.add_recording_rule({"slo:reads:ratio", "vector(1)", "g", "", {}, {}, {}});
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml(text, "test.toml", diagnostics);
  const auto for_each = [&](const char* section, void (*reader)(const ConfigValue&, Catalog&, Diagnostics&)) {
    const ConfigValue* list = config.find(section);
    for (const ConfigValue& entry : list == nullptr ? ConfigArray{} : *list->get_if<ConfigArray>()) {
      reader(entry, catalog, diagnostics);
    }
  };
  for_each("row", read_row);
  for_each("panel", read_panel);
  catalog.arrange();
  outcome.said = diagnostics.to_string();
  return outcome;
}

std::string panel(const std::string& promql, const std::string& more = "") {
  return "[[panel]]\ntitle = \"T\"\ndescription = \"D\"\npromql = '" + promql + "'\n" + more;
}
std::string expr_of(const std::string& promql) {
  const Outcome outcome = read(panel(promql));
  EXPECT_EQ("", outcome.said);
  for (const Panel& panel : outcome.catalog.panels) {
    if (panel.title == "T") {
      return panel.queries.at(0).expr;
    }
  }
  return "";
}

TEST(Row, TakesPanelsInTheOrderOfItsMetrics) {
  EXPECT_THAT(read("").titles(), ElementsAre("Other metrics/Help", "Other metrics/Writes"));
  EXPECT_THAT(read("[[row]]\ntitle = \"Disk\"\nmetrics = [\"writes_total\", \"reads_total\"]").titles(),
              ElementsAre("Disk/Writes", "Disk/Help"));
  EXPECT_THAT(read("[[row]]\ntitle = \"Disk\"\nmetrics = [\"writes_total\"]").titles(),
              ElementsAre("Disk/Writes", "Other metrics/Help"));
}

TEST(Row, SaysWhatIsWrong) {
  EXPECT_THAT(read("[[row]]\ntitle = \"Disk\"\nmetrics = [\"write_total\"]").said,
              HasSubstr("no [[metric]] is named 'write_total'; did you mean 'writes_total'?"));
  EXPECT_THAT(read("[[row]]\ntitle = \"A\"\nmetrics = [\"reads_total\"]\n"
                   "[[row]]\ntitle = \"B\"\nmetrics = [\"reads_total\"]")
                  .said,
              HasSubstr("'reads_total' is already in an earlier row"));
  EXPECT_THAT(read("[[row]]\ntitle = \"A\"\n[[row]]\ntitle = \"A\"\nmetric = 1").said,
              testing::AllOf(HasSubstr("titles of rows are unique"), HasSubstr("metrics")));
}

TEST(Panel, IsNarrowedToTheVariables) {
  EXPECT_EQ(R"(sum(rate(reads_total{job=~"$job", instance=~"$instance"}[$__rate_interval])))",
            expr_of("sum(rate(reads_total[$__rate_interval]))"));
  EXPECT_EQ(R"(rate(reads_total {job=~"$job", instance=~"$instance", disk="a"}[1h]) )"
            R"(+ rate(writes_total{job=~"$job", instance=~"$instance"}[1h]))",
            expr_of(R"(rate(reads_total {disk="a"}[1h]) + rate(writes_total{}[1h]))"));
  EXPECT_EQ(R"(rate(reads_total{instance=~"$instance", job="x"}[1h]))", expr_of(R"(rate(reads_total{job="x"}[1h]))"));
  EXPECT_EQ("up", expr_of("up"));
  EXPECT_EQ(R"(slo:reads:ratio{job=~"$job"})", expr_of("slo:reads:ratio"));
}

TEST(Panel, HasItsKeys) {
  const Outcome outcome = read(panel("rate(reads_total[1h])", R"(
legend = "{{disk}}"
row = "Mine"
show = "stat"
unit = "bytes_per_second"
width = 24
)"));
  ASSERT_EQ("", outcome.said);
  const Panel& panel = outcome.catalog.panels.at(0);
  EXPECT_EQ("Mine", panel.row);
  EXPECT_EQ(PanelKind::kStat, panel.kind);
  EXPECT_EQ(PanelUnit::kBytesPerSecond, panel.unit);
  EXPECT_EQ(24, panel.width);
  EXPECT_EQ("{{disk}}", panel.queries.at(0).legend);
  EXPECT_TRUE(panel.queries[0].instant);
  EXPECT_THAT(panel.metrics, ElementsAre("reads_total"));
}

TEST(Panel, SaysAllThatIsWrong) {
  const std::string said =
      read(panel("rate(read_total[1h])", "unit = \"byte\"\nwidth = 25\nshow = \"pie\"\nx = 1")).said;
  EXPECT_THAT(said, HasSubstr("did you mean 'reads_total'"));
  EXPECT_THAT(said, HasSubstr("did you mean 'bytes'"));
  EXPECT_THAT(said, HasSubstr("24"));
  EXPECT_THAT(said, HasSubstr("pie"));
  EXPECT_THAT(said, HasSubstr("'x'"));
  EXPECT_THAT(said, HasSubstr("test.toml:4"));
  EXPECT_THAT(read("[[panel]]").said,
              testing::AllOf(HasSubstr("title"), HasSubstr("description"), HasSubstr("promql")));
  EXPECT_THAT(read(panel("up", "legend = [\"a\", \"b\"]")).said, HasSubstr("more legends than queries"));
  EXPECT_THAT(read(panel("up") + panel("up")).said, HasSubstr("already has a panel with this title"));
  EXPECT_THAT(read(panel("reads_total")).said, HasSubstr("reads_total"));  // a counter by itself
}

}  // namespace
}  // namespace leeway
