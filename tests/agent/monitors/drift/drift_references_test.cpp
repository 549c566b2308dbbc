// A [[drift]] with a list of references.
#include <gmock/gmock.h>

#include "agent/metrics/catalog.h"
#include "agent/monitors/drift/drift.h"
#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr char kCommon[] =
    "name = \"inputs\"\ncolumns = [\"age\", \"zone\"]\nmethod = [\"psi\", \"wasserstein\"]\n"
    "window = { rows = 200, step = 50 }\nthreshold = 0.3\nexport_bins = true\n";
constexpr char kShort[] = "first_rows = 300";
constexpr char kLong[] = "first_rows = 1000";

std::string one(const std::string& reference) { return std::string(kCommon) + "reference = { " + reference + " }\n"; }
std::string both() {
  return std::string(kCommon) + "reference = [ { name = \"short\", " + kShort + " }, { name = \"long\", " + kLong +
         " } ]\n";
}

// Rows `from` to `to` of one stream that changes slowly.
void feed_rows(MonitorFixture& fixture, int from, int to) {
  Random random(5);
  BatchBuilder batch(fixture.schema(), kOrigin);
  const auto flush = [&] {
    fixture.monitor().observe(batch.batch());
    fixture.monitor().advance(kOrigin + std::chrono::seconds(to));
    batch.clear();
  };
  for (int i = 0; i < to; ++i) {
    const double age = random.normal() + i / 4000.0;
    const char* const zone = random.next() % 3 == 0 ? "north" : "south";
    if (i >= from) {
      if (batch.full()) {
        flush();
      }
      batch.at(std::chrono::seconds(i)).set("age", age).set("zone", zone);
    }
  }
  flush();
}

TEST(DriftReferences, EachScoresAsItWouldAlone) {
  MonitorFixture together("drift", both());
  ASSERT_EQ(together.errors(), "");
  feed_rows(together, 0, 2500);
  const std::map<std::string, double> samples = together.samples();
  std::size_t expected = 0;
  for (const auto& [name, reference] : {std::pair("short", kShort), std::pair("long", kLong)}) {
    MonitorFixture alone("drift", one(reference));
    feed_rows(alone, 0, 2500);
    EXPECT_GT(alone.samples().size(), 40U);
    for (const auto& [sample, value] : alone.samples()) {
      EXPECT_EQ(sample.find("source="), std::string::npos) << sample;
      const std::string drift = "{drift=\"inputs\"";
      const std::string labelled = sample.substr(0, sample.find('{')) + drift + ",source=\"" + name + "\"" +
                                   sample.substr(sample.find('{') + drift.size());
      ASSERT_TRUE(samples.contains(labelled)) << labelled;
      EXPECT_EQ(samples.at(labelled), value) << labelled;
      ++expected;
    }
  }
  EXPECT_EQ(samples.size(), expected);
  const auto score = [&](const std::string& source) {
    return samples.at("leeway_drift_score{drift=\"inputs\",source=\"" + source +
                      "\",column=\"age\",method=\"wasserstein\"}");
  };
  EXPECT_GT(score("short"), score("long"));  // the older the reference, the greater the distance
}

TEST(DriftReferences, ARestartAnywhereChangesNothing) {
  MonitorFixture whole("drift", both());
  feed_rows(whole, 0, 1500);
  for (const int stop : {1, 300, 1150}) {
    MonitorFixture first("drift", both());
    feed_rows(first, 0, stop);
    MonitorFixture second("drift", both());
    ASSERT_TRUE(second.load(first.saved()));
    EXPECT_TRUE(second.saved() == first.saved()) << stop;
    feed_rows(second, stop, 1500);
    EXPECT_TRUE(second.saved() == whole.saved()) << stop;
    EXPECT_EQ(second.samples(), whole.samples()) << stop;
  }
}

TEST(DriftReferences, BrokenStateLeavesAllOfThemFresh) {
  MonitorFixture filled("drift", both());
  feed_rows(filled, 0, 700);
  const std::string bytes = filled.saved();
  const std::string fresh = MonitorFixture("drift", both()).saved();
  for (std::size_t length = 0; length < bytes.size(); length += 397) {
    MonitorFixture fixture("drift", both());
    EXPECT_FALSE(fixture.load(bytes.substr(0, length))) << length;
    EXPECT_EQ(fixture.saved(), fresh);
  }
  MonitorFixture fixture("drift", both());
  EXPECT_FALSE(fixture.load(bytes + "x"));
  EXPECT_EQ(fixture.saved(), fresh);
}

TEST(DriftReferences, AListOfOneHasItsLabelToo) {
  MonitorFixture fixture("drift", std::string(kCommon) + "reference = [{ name = \"training\", first_rows = 300 }]\n");
  ASSERT_EQ(fixture.errors(), "");
  EXPECT_EQ(fixture.value("leeway_drift_reference_ready{drift=\"inputs\",source=\"training\"}"), 0);
  EXPECT_EQ(fixture.status().name, "drift:inputs:training");
  const std::vector<DriftMonitor*> monitors = drift_monitors(fixture.monitor());
  ASSERT_EQ(monitors.size(), 1U);
  EXPECT_EQ(monitors[0]->settings().source, "training");
}

TEST(DriftReferences, SaysWhatIsWrong) {
  const auto errors = [](const std::string& reference) {
    return MonitorFixture("drift", std::string(kCommon) + "reference = " + reference + "\n").errors();
  };
  // Errors have a position: the references are on the 8th line.
  EXPECT_THAT(errors("[{ name = \"a\", first_rows = 300 }, { first_rows = 400 }]"),
              ::testing::AllOf(HasSubstr("test.toml:8:48: error: "), HasSubstr("'name'")));
  EXPECT_THAT(errors("[{ name = \"a\", first_rows = 300 }, { name = \"a\", first_rows = 400 }]"),
              ::testing::AllOf(HasSubstr("test.toml:8:57: error: "), HasSubstr("'a' already")));
  EXPECT_THAT(errors("[{ name = \"\", first_rows = 300 }]"), HasSubstr("value of a label"));
  EXPECT_THAT(errors("[{ name = \"a\\nb\", first_rows = 300 }]"), HasSubstr("without control characters"));
  EXPECT_THAT(errors("[{ name = \"" + std::string(101, 'a') + "\", first_rows = 300 }]"), HasSubstr("1 to 100 bytes"));
  EXPECT_THAT(errors("[{ name = 7, first_rows = 300 }]"), HasSubstr("expected"));
  EXPECT_THAT(errors("[{ name = \"a\" }]"), HasSubstr("what is the reference?"));
  EXPECT_THAT(errors("[{ name = \"a\", first_rows = 300, colour = 1 }]"), HasSubstr("colour"));
  EXPECT_THAT(errors("[\"a\"]"), HasSubstr("expected a table such as"));
  EXPECT_THAT(errors("[]"), HasSubstr("lists 0 references; expected 1 to 10"));
  std::string many;
  for (int i = 0; i < 11; ++i) {
    many += "{ name = \"" + std::to_string(i) + "\", first_rows = 300 },";
  }
  EXPECT_THAT(errors("[" + many + "]"), HasSubstr("lists 11 references; expected 1 to 10"));
  // A single table has no name: its series have no label for it.
  EXPECT_THAT(errors("{ name = \"a\", first_rows = 300 }"), HasSubstr("'name'"));
}

TEST(DriftReferences, WhatIsWrongForAllIsSaidOnce) {
  const std::string text = MonitorFixture("drift", both() + "min_rows = 0\n").errors();
  EXPECT_THAT(text, HasSubstr("'min_rows'"));
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
}

TEST(DriftReferences, RulesAreThoseOfEachAndPanelsShowThemTogether) {
  MonitorFixture fixture("drift", both());
  Catalog catalog;
  fixture.monitor().describe(catalog.metrics);
  fixture.monitor().declare(catalog);
  ASSERT_EQ(catalog.alerts.size(), 6U);
  for (std::size_t i = 0; i < catalog.alerts.size(); ++i) {
    const AlertRule& alert = catalog.alerts[i];
    const std::string source = i < 3 ? "short" : "long";
    const RuleLabels expected{{"drift", "inputs"}, {"source", source}};
    EXPECT_EQ(alert.labels, expected) << alert.name;
    EXPECT_THAT(alert.expr, HasSubstr("{drift=\"inputs\",source=\"" + source + "\"}"));
    EXPECT_THAT(alert.summary, HasSubstr("reference " + source));
    EXPECT_FALSE(alert.tests.empty());
  }
  ASSERT_FALSE(catalog.recording_rules.empty());
  for (const RecordingRule& record : catalog.recording_rules) {
    EXPECT_THAT(record.expr, AnyOf(HasSubstr("source=\"short\""), HasSubstr("source=\"long\"")));
    EXPECT_THAT(record.expr, ::testing::MatchesRegex("(.|\n)*(sum|max) without \\((bin|instance, pod)\\)(.|\n)*"));
    EXPECT_THAT(record.labels, ::testing::Contains("source"));
  }
  MonitorFixture alone("drift", one(kShort));
  Catalog usual;
  alone.monitor().declare(usual);
  ASSERT_EQ(catalog.panels.size(), usual.panels.size());
  for (std::size_t i = 0; i < usual.panels.size(); ++i) {
    EXPECT_EQ(catalog.panels[i].queries.front().expr, usual.panels[i].queries.front().expr);
    EXPECT_THAT(catalog.panels[i].queries.front().legend, HasSubstr("{{source}}"));
    EXPECT_EQ(usual.panels[i].queries.front().legend.find("source"), std::string::npos);
  }
}

}  // namespace
}  // namespace leeway
