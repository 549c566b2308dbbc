#include <gmock/gmock.h>

#include <cmath>

#include "agent/metrics/catalog.h"
#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"
#include "tests/support/held_background.h"

namespace leeway {
namespace {

using std::chrono::seconds;

constexpr char kLatency[] = "name = \"latency\"\nvalue = \"ms\"\n";

std::string series(const std::string& metric, const std::string& rest = "") {
  return "leeway_change_" + metric + "{change=\"latency\"" + rest + "}";
}
std::string of(const std::string& metric, const std::string& method, const std::string& direction) {
  return series(metric, ",method=\"" + method + "\",direction=\"" + direction + "\"");
}

// Feeds records a second apart; flushes full batches.
class Feed {
 public:
  explicit Feed(MonitorFixture& fixture, int from = 0)
      : fixture_(fixture), batch_(fixture.schema(), kOrigin), second_(from) {}
  ~Feed() { flush(); }
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  BatchBuilder& next() {
    if (batch_.full()) {
      flush();
    }
    return batch_.at(seconds(second_++));
  }
  void flush() {
    fixture_.monitor().observe(batch_.batch());
    fixture_.monitor().advance(kOrigin + seconds(second_));
    batch_.clear();
  }
  void normals(int count, double mean, std::uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < count; ++i) {
      next().set("ms", mean + random.normal());
    }
    flush();
  }

 private:
  MonitorFixture& fixture_;
  BatchBuilder batch_;
  int second_;
};

TEST(Change, CapturesAReferenceThenFindsAStep) {
  MonitorFixture fixture("change", kLatency);
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.normals(999, 5, 1);
  EXPECT_EQ(fixture.value(series("reference_rows")), 999);
  EXPECT_EQ(fixture.value(of("detections_total", "cusum", "up")), 0);
  EXPECT_EQ(fixture.value(of("detections_total", "cusum", "down")), 0);
  EXPECT_FALSE(fixture.shown(of("statistic", "cusum", "up")));
  EXPECT_FALSE(fixture.shown(series("reference_mean")));
  EXPECT_FALSE(fixture.shown(series("threshold", ",method=\"cusum\"")));
  feed.normals(1001, 5, 2);
  EXPECT_EQ(fixture.value(series("reference_rows")), 1000);
  EXPECT_EQ(fixture.value(series("values_total")), 1000);
  EXPECT_NEAR(fixture.value(series("reference_mean")), 5, 0.1);
  EXPECT_NEAR(fixture.value(series("reference_standard_deviation")), 1, 0.1);
  EXPECT_EQ(fixture.value(of("detections_total", "cusum", "up")), 0);
  EXPECT_FALSE(fixture.shown(of("last_detection_timestamp_seconds", "cusum", "up")));
  EXPECT_LE(fixture.value(of("statistic", "cusum", "up")), fixture.value(series("threshold", ",method=\"cusum\"")));
  feed.normals(200, 4, 3);
  EXPECT_GE(fixture.value(of("detections_total", "cusum", "down")), 5);
  EXPECT_EQ(fixture.value(of("detections_total", "cusum", "up")), 0);
  const double last = fixture.value(of("last_detection_timestamp_seconds", "cusum", "down"));
  const double origin = static_cast<double>(kOrigin.time_since_epoch().count()) / 1e9;
  EXPECT_GT(last, origin + 2150);
  EXPECT_LT(last, origin + 2200);
  EXPECT_EQ(fixture.value("leeway_change_info{change=\"latency\",method=\"cusum\",average_run_length=\"10000\","
                          "shift=\"0.5\",direction=\"both\",scale=\"probability\",reference=\"first 1000 rows\"}"),
            1);
  EXPECT_EQ(fixture.value(series("shift")), 0.5);
  EXPECT_NEAR(fixture.value(series("weight", ",method=\"cusum\"")), 0.25, 0.03);
  EXPECT_NEAR(fixture.value(series("reference_autocorrelation")), 0, 0.1);
  EXPECT_NEAR(fixture.value(series("reference_variance_inflation")), 1, 0.25);
  EXPECT_EQ(fixture.value(series("reference_steady")), 1);
  EXPECT_EQ(fixture.value(series("waiting_values")), 0);
  EXPECT_EQ(fixture.value(series("unjudged_values_total")), 0);
}

TEST(Change, EveryMethodFindsAStepSoonAndAdwinOnce) {
  MonitorFixture fixture("change",
                         std::string(kLatency) + "method = [\"cusum\", \"page_hinkley\", \"ewma\", \"adwin\"]\n");
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.normals(2000, 5, 1);
  std::map<std::string, double> before;
  for (const std::string method : {"cusum", "page_hinkley", "ewma", "adwin"}) {
    before[method] = fixture.value(of("detections_total", method, "up"));
  }
  feed.normals(300, 6, 2);
  for (const auto& [method, count] : before) {
    EXPECT_GT(fixture.value(of("detections_total", method, "up")), count) << method;
  }
  EXPECT_EQ(fixture.value(of("detections_total", "cusum", "up")),
            fixture.value(of("detections_total", "page_hinkley", "up")));
  EXPECT_GT(fixture.value(of("detections_total", "cusum", "up")) - before["cusum"], 8);
  EXPECT_EQ(fixture.value(of("detections_total", "adwin", "up")), before["adwin"] + 1);
}

TEST(Change, ShowsOnlyTheWatchedDirection) {
  MonitorFixture fixture("change", std::string(kLatency) + "direction = \"down\"\nmethod = [\"ewma\", \"cusum\"]\n");
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.normals(1000, 5, 1);
  feed.normals(300, 7, 2);
  for (const std::string method : {"ewma", "cusum"}) {
    EXPECT_FALSE(fixture.shown(of("detections_total", method, "up")));
    EXPECT_EQ(fixture.value(of("detections_total", method, "down")), 0);
  }
  feed.normals(100, 3, 3);
  for (const std::string method : {"ewma", "cusum"}) {
    EXPECT_GT(fixture.value(of("detections_total", method, "down")), 0);
  }
}

TEST(Change, SkipsWhatIsNoFiniteNumber) {
  MonitorFixture fixture("change", kLatency);
  Feed feed(fixture);
  feed.normals(1500, 5, 1);
  const std::map<std::string, double> before = fixture.samples();
  feed.next().null("ms");
  feed.next();
  feed.next().set("ms", std::nan(""));
  feed.next().set("ms", -HUGE_VAL);
  feed.next().set("ms", "text");
  feed.flush();
  EXPECT_EQ(fixture.samples(), before);
  EXPECT_THAT(fixture.status().skipped,
              testing::ElementsAre(testing::Pair("missing_field", 1), testing::Pair("not_finite", 2),
                                   testing::Pair("null_field", 1), testing::Pair("wrong_type", 1)));
  for (int i = 0; i < 50; ++i) {
    feed.next().set("ms", i % 2 == 0 ? 1.7e308 : -1.7e308);
  }
  feed.flush();
  for (const auto& [name, value] : fixture.samples()) {
    EXPECT_TRUE(std::isfinite(value)) << name;
  }
}

TEST(Change, FlagsAndCountsAreJudgedAsSuch) {
  for (const std::string scale : {"flags", "counts"}) {
    MonitorFixture fixture("change", std::string(kLatency) + "scale = \"" + scale + "\"\n");
    ASSERT_EQ(fixture.errors(), "");
    Feed feed(fixture);
    Random random(3);
    const std::uint64_t trials = scale == "flags" ? 1 : 300;  // nearly Poisson with the mean 3
    const double share = scale == "flags" ? 0.02 : 0.01;
    for (int i = 0; i < 3000; ++i) {
      feed.next().set("ms", static_cast<double>(random.binomial(trials, share)));
    }
    for (const double wrong : {-1.0, 0.5, scale == "flags" ? 2 : 1e300}) {
      feed.next().set("ms", wrong);
    }
    feed.flush();
    EXPECT_THAT(fixture.status().skipped, testing::ElementsAre(testing::Pair("unknown_value", 3)));
    EXPECT_EQ(fixture.value(series("values_total")), 2000);
    const double before = fixture.value(of("detections_total", "cusum", "up"));
    EXPECT_LE(before, 1);
    for (int i = 0; i < 300; ++i) {
      feed.next().set("ms", static_cast<double>(random.binomial(trials, share * (scale == "flags" ? 8 : 1.4))));
    }
    feed.flush();
    EXPECT_GT(fixture.value(of("detections_total", "cusum", "up")), before + 1) << scale;
  }
}

TEST(Change, AReferenceWithATrendIsNamed) {
  MonitorFixture fixture("change", kLatency);
  Feed feed(fixture);
  Random random(4);
  for (int i = 0; i < 1000; ++i) {
    feed.next().set("ms", i / 300.0 + random.normal());
  }
  feed.flush();
  EXPECT_EQ(fixture.value(series("reference_steady")), 0);
  EXPECT_GT(fixture.value(series("reference_variance_inflation")), 2);
  const std::vector<std::string> notes = fixture.monitor().take_notes();
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find(
                "[[change]] 'latency': the average run length cannot be kept with this reference (first 1000 rows): "
                "it"),
            std::string::npos)
      << notes[0];
  EXPECT_TRUE(fixture.monitor().take_notes().empty());
}

// Values that wait for their limits are judged as if there had been no wait, also after a restart meanwhile.
TEST(Change, ValuesWaitForTheLimitsWithoutBeingLost) {
  MonitorFixture whole("change", kLatency);
  {
    Feed feed(whole);
    feed.normals(1000, 5, 1);
    feed.normals(400, 7, 2);
  }
  HeldBackground background;
  MonitorFixture first("change", kLatency);
  first.monitor().set_background(background);
  {
    Feed feed(first);
    feed.normals(1000, 5, 1);
    feed.normals(400, 7, 2);
  }
  EXPECT_EQ(first.value(series("waiting_values")), 400);
  EXPECT_EQ(first.value(series("values_total")), 0);
  EXPECT_FALSE(first.shown(of("statistic", "cusum", "up")));
  EXPECT_FALSE(first.monitor().settle());
  MonitorFixture second("change", kLatency);
  ASSERT_TRUE(second.load(first.saved()));
  for (MonitorFixture* const each : {&first, &second}) {
    background.release();
    EXPECT_TRUE(each->monitor().settle());
    EXPECT_TRUE(each->saved() == whole.saved());
    EXPECT_EQ(each->samples(), whole.samples());
  }
}

// A segment has its part of the values that may wait. Then the source should, but what it has read is not lost.
TEST(Change, IsFullOnceASegmentHasTooManyValuesThatWait) {
  HeldBackground background;
  MonitorFixture fixture("change", std::string(kLatency) + "segment = \"zone\"\nmax_segments = 1000\n");
  fixture.monitor().set_background(background);
  Feed feed(fixture);
  constexpr int kMostWaiting = (1 << 20) / 1000;
  const auto add = [&](int rows) {
    for (int i = 0; i < rows; ++i) {
      feed.next().set("ms", i % 10).set("zone", "a");
    }
    feed.flush();
  };
  add(1000 + kMostWaiting - 1);
  EXPECT_FALSE(fixture.monitor().is_full());
  add(5);
  EXPECT_TRUE(fixture.monitor().is_full());
  EXPECT_EQ(fixture.value(series("waiting_values", ",segment=\"a\"")), kMostWaiting + 4);
  MonitorFixture again("change", std::string(kLatency) + "segment = \"zone\"\nmax_segments = 1000\n");
  EXPECT_TRUE(again.load(fixture.saved()));
  background.release();
  EXPECT_TRUE(fixture.monitor().settle());
  EXPECT_FALSE(fixture.monitor().is_full());
  EXPECT_EQ(fixture.value(series("values_total", ",segment=\"a\"")), kMostWaiting + 4);
  EXPECT_EQ(fixture.value(series("unjudged_values_total", ",segment=\"a\"")), 0);
}

TEST(Change, SegmentsHaveReferencesAndDetectorsOfTheirOwn) {
  MonitorFixture fixture("change", std::string(kLatency) + "segment = \"zone\"\nmax_segments = 2\n");
  ASSERT_EQ(fixture.errors(), "");
  {
    Feed feed(fixture);
    Random random(1);
    for (int i = 0; i < 1300; ++i) {
      for (const char* zone : {"a", "b", "c"}) {
        const double level = zone[0] == 'a' ? 1000 : i < 1100 ? 1 : 2;
        feed.next().set("zone", zone).set("ms", level + random.normal());
      }
    }
  }
  const auto detections = [](const char* zone) {
    return of("detections_total", "cusum", std::string("up\",segment=\"") + zone);
  };
  EXPECT_EQ(fixture.value(detections("a")), 0);
  EXPECT_GT(fixture.value(detections("b")), 5);
  EXPECT_FALSE(fixture.shown(detections("c")));
  EXPECT_EQ(fixture.status().overflowed_records, 1300U);
}

// Such a row must not leave its number to the next one.
TEST(Change, RowsWithoutASegmentAreSkipped) {
  MonitorFixture fixture(
      "change", std::string(kLatency) + "segment = \"zone\"\nreference = { first_rows = 200 }\n" + "shift = 2\n");
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  for (int i = 0; i < 200; ++i) {
    feed.next().set("ms", 1000).null("zone");
    feed.next().set("ms", i % 2).set("zone", "a");
  }
  feed.flush();
  EXPECT_EQ(fixture.value(series("reference_mean", ",segment=\"a\"")), 0.5);
  EXPECT_THAT(fixture.status().skipped, testing::ElementsAre(testing::Pair("null_field", 200)));
}

// The state is the same bit by bit, whatever the batches and wherever the monitor was stopped.
TEST(Change, ARestartAnywhereChangesNothing) {
  for (const std::string scale : {"z", "probability", "counts"}) {
    const std::string config = std::string(kLatency) +
                               "method = [\"cusum\", \"ewma\", \"adwin\"]\naverage_run_length = 1000\nshift = 2\n"
                               "reference = { first_rows = 300 }\nsegment = \"zone\"\nscale = \"" +
                               scale + "\"\n";
    const auto feed_some = [&scale](MonitorFixture& fixture, int from, int to) {
      Feed feed(fixture, from);
      Random random(1);
      for (int i = 0; i < to; ++i) {
        const double normal = random.normal() + 2 * ((i / 500) % 2);
        const double number = scale == "counts" ? std::floor(std::abs(normal)) : normal;
        const char* zone = random.next() % 3 == 0 ? "a" : "b";
        if (i >= from) {
          feed.next().set("ms", number).set("zone", zone);
        }
      }
    };
    MonitorFixture whole("change", config);
    ASSERT_EQ(whole.errors(), "");
    feed_some(whole, 0, 2500);
    for (const int stop : {1, 449, 450, 903}) {
      MonitorFixture first("change", config);
      feed_some(first, 0, stop);
      MonitorFixture second("change", config);
      ASSERT_TRUE(second.load(first.saved()));
      EXPECT_TRUE(second.saved() == first.saved());
      EXPECT_EQ(second.samples(), first.samples());
      feed_some(second, stop, 2500);
      EXPECT_TRUE(second.saved() == whole.saved()) << stop;
      EXPECT_EQ(second.samples(), whole.samples()) << stop;
    }
  }
}

TEST(Change, BrokenStateIsRefusedAndLeavesAFreshMonitor) {
  const std::string config =
      std::string(kLatency) + "method = [\"cusum\", \"ewma\", \"adwin\"]\nshift = 1\naverage_run_length = 1000\n";
  MonitorFixture filled("change", config);
  Feed(filled).normals(1500, 0, 1);
  const std::string bytes = filled.saved();
  MonitorFixture fixture("change", config);
  const std::string fresh = fixture.saved();
  for (std::size_t length = 0; length < bytes.size(); length += 97) {
    EXPECT_FALSE(fixture.load(bytes.substr(0, length))) << length;
    EXPECT_EQ(fixture.saved(), fresh);
  }
  // With any byte wrong, the state is refused or gives finite numbers.
  for (std::size_t at = bytes.size() - 400; at < bytes.size(); at += 3) {
    std::string broken = bytes;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    if (fixture.load(broken)) {
      Feed(fixture).normals(10, 0, 2);
      for (const auto& [name, value] : fixture.samples()) {
        EXPECT_TRUE(std::isfinite(value)) << name << " with byte " << at;
      }
    }
  }
}

TEST(Change, SaysWhatIsWrong) {
  const auto errors = [](const std::string& toml) { return MonitorFixture("change", toml).errors(); };
  const std::string fine = kLatency;
  EXPECT_THAT(errors("name = \"x\"\n"), testing::HasSubstr("value"));
  EXPECT_THAT(errors("name = \"x\"\nvalue = \"a == 'b'\"\n"), testing::HasSubstr("expected a number"));
  EXPECT_THAT(errors(fine + "method = \"kswin\"\n"), testing::HasSubstr("cusum, page_hinkley, ewma, adwin"));
  EXPECT_THAT(errors(fine + "method = []\n"), testing::HasSubstr("is empty"));
  EXPECT_THAT(errors(fine + "average_run_length = 50\n"), testing::HasSubstr("expected 100 to 1e+07"));
  EXPECT_THAT(errors(fine + "shift = 0.1\n"), testing::HasSubstr("expected 0.2 to 4"));
  EXPECT_THAT(errors(fine + "direction = \"sideways\"\n"), testing::HasSubstr("direction"));
  EXPECT_THAT(errors(fine + "scale = \"log\"\n"),
              testing::HasSubstr("\"probability\", \"z\", \"flags\" or \"counts\""));
  EXPECT_THAT(errors(fine + "reference = { first_rows = 50 }\n"), testing::HasSubstr("first_rows"));
  EXPECT_THAT(errors(fine + "reference = { first_rows = 100 }\n"), testing::HasSubstr("too small for cusum"));
  EXPECT_THAT(errors(fine + "reference = { first_rows = 200000 }\n"), testing::HasSubstr("first_rows"));
  EXPECT_EQ(errors(fine + "reference = { first_rows = 200000 }\nscale = \"z\"\n"), "");
  EXPECT_THAT(errors(fine + "method = \"adwin\"\naverage_run_length = 200\n"), testing::HasSubstr("1000 to 1e+06"));
  EXPECT_THAT(errors(fine + "alerts = { for = \"2h\" }\n"), testing::HasSubstr("not shorter than 'window'"));
  EXPECT_THAT(errors(fine + "metod = \"cusum\"\n"), testing::HasSubstr("method"));
}

TEST(Change, DeclaresWhatItExports) {
  MonitorFixture fixture("change", std::string(kLatency) + "method = [\"cusum\", \"adwin\"]\nsegment = \"zone\"\n");
  Catalog catalog;
  fixture.monitor().describe(catalog.metrics);
  fixture.monitor().declare(catalog);
  ASSERT_EQ(catalog.alerts.size(), 3U);
  EXPECT_EQ(catalog.alerts[0].name, "ChangeDetected");
  EXPECT_THAT(catalog.alerts[0].expr,
              ::testing::EndsWith("or increase(leeway_change_detections_total{change=\"latency\"}[1h])\n) > 0"));
  EXPECT_EQ(catalog.alerts[1].expr, "leeway_change_reference_rows{change=\"latency\"} < 1000");
  EXPECT_EQ(catalog.alerts[2].expr, "leeway_change_reference_steady{change=\"latency\"} == 0");
  for (const AlertRule& alert : catalog.alerts) {
    EXPECT_FALSE(alert.tests.empty()) << alert.name;
    for (const std::string& metric : alert.metrics) {
      EXPECT_NE(catalog.find_metric(metric), nullptr) << metric;
    }
  }
  EXPECT_EQ(catalog.panels.size(), 4U);
  MonitorFixture named("change", std::string(kLatency) + "alerts = { name = \"Latency\" }\n");
  ASSERT_EQ(named.errors(), "");
  Catalog own;
  named.monitor().describe(own.metrics);
  named.monitor().declare(own);
  EXPECT_EQ(own.alerts[0].name, "LatencyDetected");
  EXPECT_EQ(own.alerts[1].name, "LatencyReferenceMissing");
  MonitorFixture refused("change", std::string(kLatency) + "alerts = { name = \"late ncy\" }\n");
  EXPECT_THAT(refused.errors(), testing::HasSubstr("CamelCase"));
  MonitorFixture quiet("change", std::string(kLatency) + "alerts = { enabled = false }\n");
  Catalog empty;
  quiet.monitor().declare(empty);
  EXPECT_TRUE(empty.alerts.empty());
}

}  // namespace
}  // namespace leeway
