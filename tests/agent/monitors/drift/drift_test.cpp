#include <gmock/gmock.h>

#include <cmath>

#include "agent/metrics/catalog.h"
#include "agent/sketches/random.h"
#include "agent/sketches/two_sample.h"
#include "tests/agent/monitors/drift/drift_feed.h"

namespace leeway {
namespace {

using std::chrono::seconds;

TEST(Drift, CapturesAReferenceThenJudgesWindows) {
  MonitorFixture fixture("drift", kAge);
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  EXPECT_EQ(fixture.value(series("reference_ready")), 0);
  feed.normals(999, 0, 1);
  EXPECT_EQ(fixture.value(series("reference_ready")), 0);
  EXPECT_EQ(fixture.value(series("reference_rows", ",column=\"age\"")), 999);
  feed.normals(1, 0, 2);
  EXPECT_EQ(fixture.value(series("reference_ready")), 1);
  feed.normals(199, 0, 3);
  EXPECT_FALSE(fixture.shown(of_age("score")));
  feed.normals(1, 0, 4);
  EXPECT_EQ(fixture.value(kAgeRows), 200);
  EXPECT_EQ(fixture.value(series("windows_total")), 1);
  EXPECT_EQ(fixture.value(of_age("band")), 0);
  EXPECT_LT(fixture.value(of_age("score")), fixture.value(of_age("threshold")));
  EXPECT_LT(fixture.value(of_age("noise_floor")), fixture.value(of_age("threshold")));
  feed.normals(200, 1, 5);
  EXPECT_EQ(fixture.value(of_age("band")), 1);
  EXPECT_NEAR(fixture.value(of_age("score")), 1, 0.2);
}

TEST(Drift, MissingValuesAreDriftByDefault) {
  MonitorFixture fixture("drift", kAge);
  Feed feed(fixture);
  feed.normals(1000, 0, 1);
  feed.normals(200, 0, 3);
  EXPECT_EQ(fixture.value(of_age("band", "null_rate")), 0);
  feed.normals(120, 0, 4);
  for (int i = 0; i < 80; ++i) {
    feed.at({}).null("age");
  }
  feed.flush();
  EXPECT_NEAR(fixture.value(of_age("score", "null_rate")), 0.4, 1e-12);
  EXPECT_EQ(fixture.value(of_age("band", "null_rate")), 1);
  EXPECT_EQ(fixture.value(of_age("band")), 0);
}

TEST(Drift, ScoresAreExactUntilTheValuesAreTooMany) {
  MonitorFixture exact("drift", kAge);
  Feed small(exact);
  small.normals(1000, 0, 1);
  small.normals(200, 0, 2);
  EXPECT_EQ(exact.value(of_age("score_error")), 0);
  MonitorFixture fixture("drift",
                         "name = \"inputs\"\ncolumns = [\"age\"]\nreference = { first_rows = 1000 }\n"
                         "window = { rows = 30000 }\nthreshold = 0.5\n");
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.normals(1000, 0, 1);
  feed.normals(20'000, 0.1, 2);
  MonitorFixture again("drift",
                       "name = \"inputs\"\ncolumns = [\"age\"]\nreference = { first_rows = 1000 }\n"
                       "window = { rows = 30000 }\nthreshold = 0.5\n");
  ASSERT_TRUE(again.load(fixture.saved()));
  feed.normals(10'000, 0.1, 3);
  Feed(again).normals(10'000, 0.1, 3);
  EXPECT_GT(fixture.value(of_age("score_error")), 0);
  EXPECT_LT(fixture.value(of_age("score_error")), 0.01 * fixture.value(of_age("score")));
  EXPECT_EQ(again.samples(), fixture.samples());
}

TEST(Drift, BandsAreThoseOfTheScoreOnceItIsDrift) {
  const std::string bands = std::string(kAge) + "bands = { moderate = 0.4, severe = 0.8 }\n";
  MonitorFixture fixture("drift", bands);
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.normals(1000, 0, 1);
  const std::vector<std::pair<double, int>> shifts{{0.0, 0}, {0.3, 1}, {0.6, 2}, {1.2, 3}};
  for (const auto& [shift, band] : shifts) {
    feed.normals(200, shift, 7);
    EXPECT_EQ(fixture.value(of_age("band")), band) << shift;
  }
  // A score in a band is not drift while it is below the threshold.
  MonitorFixture strict("drift", bands + "threshold = 2\n");
  Feed strict_feed(strict);
  strict_feed.normals(1000, 0, 1);
  strict_feed.normals(200, 1.2, 7);
  EXPECT_EQ(strict.value(of_age("band")), 0);
  EXPECT_EQ(strict.value(of_age("threshold")), 2);
}

TEST(Drift, MissingValuesAreACategoryOfTheirOwn) {
  MonitorFixture fixture("drift", std::string(kAge) + "method = [\"psi\", \"null_rate\", \"ks\"]\n");
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.normals(1000, 0, 1);
  for (int i = 0; i < 200; ++i) {
    BatchBuilder& record = feed.at({});
    if (i % 2 == 0) {
      record.null("age");
    } else if (i % 4 == 1) {
      record.set("age", std::nan(""));
    } else {
      record.set("age", "text");
    }
  }
  feed.flush();
  EXPECT_EQ(fixture.value(of_age("score", "null_rate")), 1);
  EXPECT_GE(fixture.value(of_age("band", "psi")), 1);
  EXPECT_FALSE(fixture.shown(of_age("score", "ks")));
  for (const auto& [name, value] : fixture.samples()) {
    EXPECT_TRUE(std::isfinite(value)) << name;
  }
}

TEST(Drift, TextIsComparedByCategory) {
  MonitorFixture fixture("drift", std::string(kAge) + "method = [\"jensen_shannon\", \"unseen_category\", \"ks\"]\n");
  Feed feed(fixture);
  const std::vector<std::string> zones{"north", "south", "east"};
  for (int i = 0; i < 1200; ++i) {
    feed.at({}).set("age", zones[static_cast<std::size_t>(i) % 3]);
  }
  feed.flush();
  EXPECT_EQ(fixture.value(of_age("band", "jensen_shannon")), 0);
  EXPECT_EQ(fixture.value(of_age("score", "unseen_category")), 0);
  for (int i = 0; i < 200; ++i) {
    feed.at({}).set("age", i % 2 == 0 ? "north" : "moon");
  }
  feed.flush();
  EXPECT_EQ(fixture.value(of_age("score", "unseen_category")), 0.5);
  EXPECT_EQ(fixture.value(of_age("band", "unseen_category")), 1);
  EXPECT_EQ(fixture.value(of_age("band", "jensen_shannon")), 1);
  EXPECT_FALSE(fixture.shown(of_age("score", "ks")));
}

TEST(Drift, SegmentsAreJudgedByThemselves) {
  MonitorFixture fixture("drift", std::string(kAge) + "segment = \"zone\"\nmax_segments = 2\n");
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  Random random(1);
  for (int i = 0; i < 1200; ++i) {
    for (const char* zone : {"a", "b", "c"}) {
      const bool moved = zone[0] == 'b' && i >= 1000;
      feed.at({}).set("zone", zone).set("age", random.normal() + (moved ? 1 : 0));
    }
  }
  feed.flush();
  const auto band = [](const char* zone) {
    return series("band", std::string(",column=\"age\",method=\"wasserstein\",segment=\"") + zone + "\"");
  };
  EXPECT_EQ(fixture.value(band("a")), 0);
  EXPECT_EQ(fixture.value(band("b")), 1);
  EXPECT_FALSE(fixture.shown(band("c")));
  EXPECT_GT(fixture.status().overflowed_records, 0U);
}

// The state is the same bit by bit, whatever the batches and wherever the monitor was stopped.
TEST(Drift, ARestartAnywhereChangesNothing) {
  const std::string config =
      "name = \"inputs\"\ncolumns = [\"age\", \"zone\"]\nmethod = [\"psi\", \"wasserstein\", \"chi_square\"]\n"
      "reference = { first_rows = 300 }\nwindow = { time = \"10m\", step = \"5m\" }\nfalse_alarm_rate = 0.05\nfamily = "
      "\"none\"\n";
  const auto feed_some = [](MonitorFixture& fixture, int from, int to) {
    Feed feed(fixture);
    Random random(1);
    for (int i = 0; i < to; ++i) {
      const double age = random.normal();
      const char* zone = random.next() % 3 == 0 ? "a" : "b";
      if (i >= from) {
        feed.at(seconds(i)).set("age", age + i / 900.0).set("zone", zone);
      }
    }
  };
  MonitorFixture whole("drift", config);
  ASSERT_EQ(whole.errors(), "");
  feed_some(whole, 0, 1900);
  EXPECT_GT(whole.value(series("windows_total")), 2);
  for (const int stop : {1, 299, 300, 301, 1000, 1899}) {
    MonitorFixture first("drift", config);
    feed_some(first, 0, stop);
    MonitorFixture second("drift", config);
    ASSERT_TRUE(second.load(first.saved()));
    EXPECT_TRUE(second.saved() == first.saved());
    EXPECT_EQ(second.samples(), first.samples());
    feed_some(second, stop, 1900);
    EXPECT_TRUE(second.saved() == whole.saved()) << stop;
    EXPECT_EQ(second.samples(), whole.samples()) << stop;
  }
}

TEST(Drift, BrokenStateIsRefusedAndLeavesAFreshMonitor) {
  MonitorFixture filled("drift", kAge);
  Feed(filled).normals(1500, 0, 1);
  const std::string bytes = filled.saved();
  const std::string fresh = MonitorFixture("drift", kAge).saved();
  for (std::size_t length = 0; length < bytes.size(); length += 13) {
    MonitorFixture fixture("drift", kAge);
    EXPECT_FALSE(fixture.load(bytes.substr(0, length))) << length;
    EXPECT_EQ(fixture.saved(), fresh);
  }
}

// The exported bins, summed over a fleet, give the PSI of the union.
TEST(Drift, ExportedBinsGiveTheScoreOfTheUnion) {
  const std::string config = std::string(kAge) + "method = \"psi\"\nexport_bins = true\n";
  MonitorFixture first("drift", config);
  MonitorFixture second("drift", config);
  MonitorFixture both("drift",
                      "name = \"inputs\"\ncolumns = [\"age\"]\nreference = { first_rows = 1000 }\n"
                      "window = { rows = 400 }\nmethod = \"psi\"\n");
  for (MonitorFixture* fixture : {&first, &second, &both}) {
    Feed(*fixture).normals(1000, 0, 1);
  }
  Feed(first).normals(200, 0.2, 2);
  Feed(second).normals(200, 0.5, 3);
  Feed(both).normals(200, 0.2, 2);
  Feed(both).normals(200, 0.5, 3);
  std::vector<double> reference;
  std::vector<double> current;
  const std::string prefix = "leeway_drift_bin_rows{";
  for (const auto& [name, value] : first.samples()) {
    if (name.starts_with(prefix)) {
      const std::string labels = name.substr(prefix.size());
      current.push_back(value + second.value(name));
      reference.push_back(first.value("leeway_drift_reference_bin_rows{" + labels));
    }
  }
  ASSERT_EQ(current.size(), 11U);
  ASSERT_EQ(reference.back(), 0);  // "missing", which PSI leaves out as no value is missing
  ASSERT_EQ(current.back(), 0);
  reference.pop_back();
  current.pop_back();
  EXPECT_NEAR(population_stability_index(reference, current, 0.5), both.value(of_age("score", "psi")), 1e-9);
}

// Over many references, the share of checks in which any of five columns alarms is the configured rate.
TEST(Drift, AFamilyOfColumnsAlarmsAsSeldomAsOne) {
  std::string config =
      "name = \"inputs\"\nreference = { first_rows = 2000 }\nwindow = { rows = 200 }\n"
      "method = \"psi\"\nfalse_alarm_rate = 0.05\ncolumns = [";
  for (int column = 0; column < 5; ++column) {
    config += (column == 0 ? "\"c" : ", \"c") + std::to_string(column) + "\"";
  }
  config += "]\n";
  int alarms = 0;
  int checks = 0;
  for (std::uint64_t seed = 0; seed < 15; ++seed) {
    MonitorFixture fixture("drift", config);
    ASSERT_EQ(fixture.errors(), "");
    Random random(seed);
    Feed feed(fixture);
    for (int row = 0; row < 2000 + 20 * 200; ++row) {
      BatchBuilder& record = feed.at({});
      for (int column = 0; column < 5; ++column) {
        record.set("c" + std::to_string(column), random.normal());
      }
      if (row >= 2000 && row % 200 == 199) {
        feed.flush();
        ++checks;
        bool alarm = false;
        for (const auto& [name, value] : fixture.samples()) {
          alarm = alarm || (name.starts_with("leeway_drift_band{") && value > 0);
        }
        alarms += alarm ? 1 : 0;
      }
    }
  }
  ASSERT_EQ(checks, 300);
  EXPECT_NEAR(alarms, 15, 4 * std::sqrt(300 * 0.05 * 0.95));
}

TEST(Drift, SaysWhatIsWrong) {
  const auto errors = [](const std::string& toml) { return MonitorFixture("drift", toml).errors(); };
  const std::string fine = "reference = { first_rows = 1000 }\nwindow = { rows = 200 }\n";
  EXPECT_THAT(errors("name = \"x\"\n" + fine), ::testing::HasSubstr("columns"));
  EXPECT_THAT(errors("name = \"x\"\ncolumns = [\"a\", \"a\"]\n" + fine), ::testing::HasSubstr("named twice"));
  EXPECT_THAT(errors("name = \"x\"\ncolumns = \"a\"\nmethod = \"kss\"\n" + fine), ::testing::HasSubstr("not a method"));
  EXPECT_THAT(errors("name = \"x\"\ncolumns = \"a\"\nwindow = { rows = 200 }\n"), ::testing::HasSubstr("reference"));
  EXPECT_THAT(errors("name = \"x\"\ncolumns = \"a\"\nreference = { first_rows = 1000, first = \"1d\" }\n"
                     "window = { rows = 200 }\n"),
              ::testing::HasSubstr("one of 'first_rows', 'first', 'last', 'last_versions', 'file' and 'profile'"));
  EXPECT_THAT(errors("name = \"x\"\ncolumns = \"a\"\nreference = { first_rows = 1000 }\n"
                     "window = { rows = 200, step = 70 }\n"),
              ::testing::HasSubstr("'step' does not divide"));
  EXPECT_THAT(errors("name = \"x\"\ncolumns = \"a\"\nmin_rows = 300\n" + fine), ::testing::HasSubstr("ever be judged"));
  EXPECT_THAT(errors("name = \"x\"\ncolumns = \"a\"\nfalse_alarm_rate = 0.00000001\n" + fine),
              ::testing::HasSubstr("can be calibrated"));
  EXPECT_THAT(errors("name = \"x\"\ncolumns = \"a\"\nthreshold = \"high\"\n" + fine),
              ::testing::HasSubstr("neither \"calibrated\""));
  EXPECT_THAT(errors("name = \"x\"\ncolumns = \"a\"\nbands = { moderate = 0.3, severe = 0.2 }\n" + fine),
              ::testing::HasSubstr("ascending"));
}

TEST(Drift, DeclaresAlertsWithTestsAndPanels) {
  MonitorFixture fixture("drift", std::string(kAge) + "bands = { moderate = 0.2, severe = 0.3 }\n");
  Catalog catalog;
  fixture.monitor().describe(catalog.metrics);
  fixture.monitor().declare(catalog);
  std::vector<std::string> names;
  for (const AlertRule& alert : catalog.alerts) {
    names.push_back(alert.name);
    EXPECT_FALSE(alert.tests.empty()) << alert.name;
    EXPECT_FALSE(alert.runbook.steps.empty()) << alert.name;
    // A label distinguishes alerts of the same name from two monitors.
    EXPECT_EQ(alert.labels.front(), (std::pair<std::string, std::string>("drift", "inputs")));
    for (const std::string& metric : alert.metrics) {
      EXPECT_NE(catalog.metrics.find(metric), nullptr) << metric;
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"DriftSevere", "DriftModerate", "DriftReferenceMissing",
                                             "DriftColumnNotComparable"}));
  EXPECT_GE(catalog.panels.size(), 4U);
}

TEST(Drift, NamesOfItsAlertsBeginAsTold) {
  MonitorFixture fixture("drift", std::string(kAge) + "alerts = { name = \"Inputs\" }\n");
  ASSERT_EQ(fixture.errors(), "");
  Catalog catalog;
  fixture.monitor().declare(catalog);
  ASSERT_EQ(catalog.alerts.size(), 3U);
  EXPECT_EQ(catalog.alerts[0].name, "InputsDetected");
  EXPECT_EQ(catalog.alerts[1].name, "InputsReferenceMissing");
  EXPECT_THAT(MonitorFixture("drift", std::string(kAge) + "alerts = { name = \"my drift\" }\n").errors(),
              ::testing::HasSubstr("CamelCase"));
}

}  // namespace
}  // namespace leeway
