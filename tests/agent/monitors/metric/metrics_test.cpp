// The guarantees of every kind of [[metric]]: values, labels, caps, expiry, skipped records, state.
#include <random>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr char kRequests[] = R"(
name = "requests_total"
type = "counter"
labels = ["path", "http.code"]
)";

TEST(Counter, CountsRecordsByLabels) {
  MonitorFixture fixture("metric", kRequests);
  ASSERT_EQ(fixture.errors(), "");
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(1)).set("path", "/a").set("http.code", 200);
  batch.at(seconds(2)).set("path", "/a").set("http.code", 200);
  batch.at(seconds(3)).set("path", "/b").set("http.code", 500);
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value(R"(requests_total{path="/a",code="200"})"), 2);
  EXPECT_EQ(fixture.value(R"(requests_total{path="/b",code="500"})"), 1);
}

TEST(Counter, AddsAValueAndNeverGoesDown) {
  MonitorFixture fixture("metric", "name = \"bytes_total\"\ntype = \"counter\"\nvalue = \"size\"\n");
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(1)).set("size", 1.5);
  batch.at(seconds(2)).set("size", -4);
  batch.at(seconds(3)).set("size", std::numeric_limits<double>::quiet_NaN());
  batch.at(seconds(4)).set("size", std::numeric_limits<double>::infinity());
  batch.at(seconds(5)).set("size", "7");
  batch.at(seconds(6));
  batch.at(seconds(7)).null("size");
  batch.at(seconds(8)).set("size", 2);
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value("bytes_total{}"), 3.5);
  const ReasonCounts skipped = {
      {"negative", 1}, {"not_finite", 2}, {"wrong_type", 1}, {"missing_field", 1}, {"null_field", 1}};
  EXPECT_EQ(fixture.status().skipped, skipped);
}

TEST(Counter, SumsRunsOfOneSeriesAsRecordsOneByOne) {
  const std::string toml = "name = \"x_total\"\ntype = \"counter\"\nvalue = \"x\"\nlabels = [\"path\"]\n";
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    MonitorFixture whole("metric", toml);
    MonitorFixture single("metric", toml);
    BatchBuilder batch(whole.schema(), kOrigin);
    std::string path = "/a";
    for (int record = 0; record < 200; ++record) {
      if (random() % 3 == 0) {
        path = std::string(1, static_cast<char>('a' + random() % 3));
      }
      BatchBuilder one(single.schema(), kOrigin);
      const double value =
          random() % 2 == 0 ? static_cast<double>(random() % 100) : static_cast<double>(random()) / 1e8 - 1;
      batch.at(seconds(record)).set("x", value);
      one.at(seconds(record)).set("x", value);
      if (random() % 10 != 0) {  // the others have no label and do not count
        batch.set("path", path);
        one.set("path", path);
      }
      single.monitor().observe(one.batch());
    }
    whole.monitor().observe(batch.batch());
    EXPECT_EQ(whole.samples(), single.samples()) << "seed " << seed;
    EXPECT_EQ(whole.status().skipped, single.status().skipped) << "seed " << seed;
  }
}

TEST(Counter, CountsOnlyWhatWhenSelects) {
  MonitorFixture fixture("metric", "name = \"errors_total\"\ntype = \"counter\"\nwhen = \"level == 'error'\"\n");
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(1)).set("level", "error");
  batch.at(seconds(2)).set("level", "info");
  batch.at(seconds(3));
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value("errors_total{}"), 1);
  EXPECT_EQ(fixture.status().skipped.at("missing_field"), 1U);
}

TEST(Labels, AreMappedAndDeclaredValuesAreBornAtZero) {
  MonitorFixture fixture("metric", R"(
name = "requests_total"
type = "counter"
labels = { code = "status" }
map = { code = { "200" = "ok", "*" = "other" } }
values = { code = ["ok", "other"] }
)");
  ASSERT_EQ(fixture.errors(), "");
  EXPECT_EQ(fixture.value(R"(requests_total{code="ok"})"), 0);
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(1)).set("status", 200);
  batch.at(seconds(2)).set("status", 418);
  batch.at(seconds(3)).set("status", "teapot");
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value(R"(requests_total{code="ok"})"), 1);
  EXPECT_EQ(fixture.value(R"(requests_total{code="other"})"), 2);
}

TEST(Labels, OneNumberIsOneSeriesWhateverItsKind) {
  MonitorFixture fixture("metric",
                         "name = \"rows_total\"\ntype = \"counter\"\nlabels = { size = \"x\" }\n"
                         "map = { size = { \"0.00001\" = \"tiny\" } }\nvalues = { size = [\"100000\", \"tiny\"] }\n");
  ASSERT_EQ(fixture.errors(), "");
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(1)).set("x", 100'000);
  batch.at(seconds(2)).set("x", 100'000.0);
  batch.at(seconds(3)).set("x", 1e-5);
  fixture.monitor().observe(batch.batch());
  const std::map<std::string, double> expected = {{R"(rows_total{size="100000"})", 2},
                                                  {R"(rows_total{size="tiny"})", 1}};
  EXPECT_EQ(fixture.samples(), expected);
}

TEST(Labels, PastTheCapRecordsGoToOneSeriesAndTheTotalStaysExact) {
  MonitorFixture fixture("metric", std::string(kRequests) + "max_series = 10\n");
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (int i = 0; i < 4000; ++i) {
    batch.at(seconds(i)).set("path", std::to_string(i % 1000)).set("http.code", 200);
  }
  fixture.monitor().observe(batch.batch());
  double total = 0;
  for (const auto& [name, value] : fixture.samples()) {
    total += value;
  }
  EXPECT_EQ(total, 4000);
  EXPECT_EQ(fixture.samples().size(), 11U);
  EXPECT_EQ(fixture.value(R"(requests_total{overflow="true"})"), 4000 - 10 * 4);
  EXPECT_EQ(fixture.status().overflowed_records, 4000U - 10 * 4);
  EXPECT_EQ(fixture.status().series_limit, 10U);
}

// One line of a log may be as long as `max_line` allows.
TEST(Labels, AMegabyteIsCutToTheLimitInUtf8AndCounted) {
  const std::string toml = "name = \"rows_total\"\ntype = \"counter\"\nlabels = [\"text\"]\n";
  MonitorFixture fixture("metric", toml);
  const std::string euros = [] {  // the 111 bytes that are left of 128 are 37 euro signs, and no part of one
    std::string text;
    while (text.size() < (std::size_t{1} << 20)) {
      text += "\xE2\x82\xAC";
    }
    return text;
  }();
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(1)).set("text", euros);
  batch.at(seconds(2)).set("text", euros + "x");
  batch.at(seconds(3)).set("text", euros);
  batch.at(seconds(4)).set("text", "\xFF" + euros);
  batch.at(seconds(5)).set("text", std::string(128, 'x'));
  fixture.monitor().observe(batch.batch());
  ASSERT_EQ(fixture.samples().size(), 4U);
  double total = 0;
  for (const auto& [name, value] : fixture.samples()) {
    const std::string text = name.substr(name.find('"') + 1, name.rfind('"') - name.find('"') - 1);
    EXPECT_LE(text.size(), 128U) << text;
    EXPECT_EQ(text.find('\xFF'), std::string::npos);
    EXPECT_EQ(text[0] == 'x' ? text.size() : text.find('~'), text[0] == 'x' ? 128U : 111U) << text;
    EXPECT_EQ(text[0] == 'x' ? "\xE2\x82\xAC~" : text.substr(108, 4), "\xE2\x82\xAC~");
    total += value;
  }
  EXPECT_EQ(total, 5);
  EXPECT_EQ(fixture.status().cut_series, 3U);
  EXPECT_LT(fixture.saved().size(), 1024U);
  MonitorFixture after("metric", toml);
  ASSERT_TRUE(after.load(fixture.saved()));
  EXPECT_EQ(after.status().cut_series, 3U);
}

TEST(Labels, AnIdleSeriesIsHiddenAndGoesOnWhenItComesBack) {
  MonitorFixture fixture("metric", std::string(kRequests) + "expire = \"1h\"\n");
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(0)).set("path", "/a").set("http.code", 200);
  fixture.monitor().observe(batch.batch());
  const std::string series = R"(requests_total{path="/a",code="200"})";
  fixture.monitor().advance(kOrigin + hours(1));
  EXPECT_TRUE(fixture.shown(series));
  fixture.monitor().advance(kOrigin + hours(1) + seconds(1));
  EXPECT_FALSE(fixture.shown(series));
  batch.clear().at(hours(2)).set("path", "/a").set("http.code", 200);
  fixture.monitor().observe(batch.batch());
  fixture.monitor().advance(kOrigin + hours(2));
  EXPECT_EQ(fixture.value(series), 2);
}

TEST(Gauge, ShowsTheLastTheLeastOrTheMost) {
  for (const auto& [aggregate, expected] : {std::pair<std::string, double>{"last", 3}, {"min", -1}, {"max", 7}}) {
    MonitorFixture fixture("metric",
                           "name = \"depth\"\ntype = \"gauge\"\nvalue = \"x\"\naggregate = \"" + aggregate + "\"\n");
    ASSERT_EQ(fixture.errors(), "");
    EXPECT_FALSE(fixture.shown("depth{}"));
    BatchBuilder batch(fixture.schema(), kOrigin);
    batch.at(seconds(1)).set("x", 7);
    batch.at(seconds(2)).set("x", -1);
    batch.at(seconds(3)).set("x", 3);
    fixture.monitor().observe(batch.batch());
    EXPECT_EQ(fixture.value("depth{}"), expected) << aggregate;
  }
}

TEST(StateSet, ShowsOneForTheStateThatHolds) {
  MonitorFixture fixture("metric",
                         "name = \"health\"\ntype = \"gauge\"\nvalue = \"status\"\nstates = [\"good\", \"bad\"]\n");
  ASSERT_EQ(fixture.errors(), "");
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(1)).set("status", "good");
  batch.at(seconds(2)).set("status", "bad");
  batch.at(seconds(3)).set("status", "odd");
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value(R"(health{state="good"})"), 0);
  EXPECT_EQ(fixture.value(R"(health{state="bad"})"), 1);
  EXPECT_EQ(fixture.status().skipped.at("unknown_value"), 1U);
}

TEST(Histogram, PutsValuesIntoBucketsWhoseBoundsBelongToThem) {
  MonitorFixture fixture(
      "metric", "name = \"work_seconds\"\ntype = \"histogram\"\nvalue = \"ms / 1000\"\nbuckets = [0.1, 0.5]\n");
  ASSERT_EQ(fixture.errors(), "");
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (const double ms : {100.0, 100.1, 500.0, 501.0, 5.0}) {
    batch.at(seconds(1)).set("ms", ms);
  }
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value("work_seconds{}/0"), 2);
  EXPECT_EQ(fixture.value("work_seconds{}/1"), 2);
  EXPECT_EQ(fixture.value("work_seconds{}/2"), 1);
  EXPECT_NEAR(fixture.value("work_seconds{}/sum"), 1.2061, 1e-12);
}

constexpr char kSigned[] = "name = \"change_ratio\"\ntype = \"histogram\"\nvalue = \"x\"\nlabels = [\"k\"]\n";

void observe_value(MonitorFixture& fixture, const std::string& label, double value) {
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(1)).set("k", label).set("x", value);
  fixture.monitor().observe(batch.batch());
}

TEST(Histogram, OfBoundsBelowZeroHasNoSum) {
  const std::string toml = std::string(kSigned) + "buckets = [-1, 0, 1]\n";
  MonitorFixture fixture("metric", toml);
  ASSERT_EQ(fixture.errors(), "");
  observe_value(fixture, "a", 5);
  EXPECT_EQ(fixture.value("change_ratio{k=\"a\"}/3"), 1);
  EXPECT_FALSE(fixture.shown("change_ratio{k=\"a\"}/sum"));
  EXPECT_NE(fixture.help("change_ratio").find("No _sum"), std::string::npos);
  EXPECT_FALSE(fixture.status().sum_left_out);  // as configured
  MonitorFixture after("metric", toml);
  ASSERT_TRUE(after.load(fixture.saved()));
  EXPECT_EQ(after.samples(), fixture.samples());
  EXPECT_EQ(after.help("change_ratio"), fixture.help("change_ratio"));
}

TEST(Histogram, ANegativeValueEndsTheSumOfAllSeriesForGood) {
  const std::string toml = std::string(kSigned) + "buckets = [1, 2]\n";
  MonitorFixture fixture("metric", toml);
  observe_value(fixture, "a", 5);
  observe_value(fixture, "b", 0);
  EXPECT_EQ(fixture.value("change_ratio{k=\"a\"}/sum"), 5);
  EXPECT_FALSE(fixture.status().sum_left_out);
  const std::string before = fixture.help("change_ratio");
  observe_value(fixture, "b", -0.5);  // the sum of all is still positive
  observe_value(fixture, "b", 1);
  EXPECT_FALSE(fixture.shown("change_ratio{k=\"a\"}/sum"));
  EXPECT_FALSE(fixture.shown("change_ratio{k=\"b\"}/sum"));
  EXPECT_EQ(fixture.value("change_ratio{k=\"b\"}/0"), 3);
  EXPECT_TRUE(fixture.status().sum_left_out);
  EXPECT_EQ(fixture.help("change_ratio").find(before), 0U);
  EXPECT_GT(fixture.help("change_ratio").size(), before.size());
  MonitorFixture after("metric", toml);
  ASSERT_TRUE(after.load(fixture.saved()));
  EXPECT_EQ(after.samples(), fixture.samples());
  EXPECT_TRUE(after.status().sum_left_out);
  EXPECT_EQ(after.saved(), fixture.saved());
  EXPECT_FALSE(after.load("x"));
  EXPECT_FALSE(after.status().sum_left_out);
}

// The bound 0.3 is the number that "0.3" stands for, and so is 300 ms.
TEST(Histogram, ADurationBelongsToTheBucketWhoseBoundItEquals) {
  for (const std::string value : {"duration(x)", "timestamp(duration(x) + timestamp(0))", "double(duration(x))"}) {
    MonitorFixture fixture("metric", "name = \"work_seconds\"\ntype = \"histogram\"\nvalue = \"" + value +
                                         "\"\nbuckets = [0.003, 0.3, 1.1, 16.001]\n");
    ASSERT_EQ(fixture.errors(), "");
    BatchBuilder batch(fixture.schema(), kOrigin);
    for (const char* text : {"3ms", "300ms", "1100ms", "16001ms"}) {
      batch.at(seconds(1)).set("x", text);
    }
    fixture.monitor().observe(batch.batch());
    for (const char* bucket : {"/0", "/1", "/2", "/3"}) {
      EXPECT_EQ(fixture.value("work_seconds{}" + std::string(bucket)), 1) << value << bucket;
    }
    EXPECT_EQ(fixture.value("work_seconds{}/4"), 0) << value;
  }
}

// The first 20,000 milliseconds, as numbers that strtod() reads.
TEST(Gauge, EveryMillisecondIsExact) {
  MonitorFixture fixture("metric",
                         "name = \"took_seconds\"\ntype = \"gauge\"\nvalue = \"duration(x)\"\n"
                         "labels = [\"x\"]\nmax_series = 20000\n");
  ASSERT_EQ(fixture.errors(), "");
  BatchBuilder batch(fixture.schema(), kOrigin);
  const int last = 20'000;
  for (int ms = 1; ms <= last; ++ms) {
    batch.at(seconds(1)).set("x", std::to_string(ms) + "ms");
    if (batch.full() || ms == last) {
      fixture.monitor().observe(batch.batch());
      batch.clear();
    }
  }
  const std::map<std::string, double> shown = fixture.samples();
  ASSERT_EQ(shown.size(), 20'000U);
  for (const auto& [name, value] : shown) {
    const std::string ms = name.substr(name.find('"') + 1, name.rfind("ms") - name.find('"') - 1);
    EXPECT_EQ(value, std::strtod((ms + "e-3").c_str(), nullptr)) << name;
  }
}

// Every kind on random records: saved at a random point, loaded elsewhere and continued, the result is the same as
// without the interruption. Any truncation of the state is refused and changes nothing.
TEST(EveryKind, GoesOnFromItsSavedState) {
  const std::vector<std::string> entries = {
      kRequests, "name = \"b_total\"\ntype = \"counter\"\nvalue = \"x\"\nlabels = [\"path\"]\nmax_series = 3\n",
      "name = \"g\"\ntype = \"gauge\"\nvalue = \"x\"\naggregate = \"max\"\nlabels = [\"path\"]\n",
      "name = \"s\"\ntype = \"gauge\"\nvalue = \"path\"\nstates = [\"1\", \"2\"]\n",
      "name = \"h_seconds\"\ntype = \"histogram\"\nvalue = \"x\"\nlabels = [\"path\"]\nbuckets = [1, 5]\n"};
  for (const std::string& entry : entries) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      std::mt19937 random(seed);
      const auto feed = [&random](MonitorFixture& fixture, int records) {
        BatchBuilder batch(fixture.schema(), kOrigin);
        for (int i = 0; i < records; ++i) {
          batch.at(seconds(random() % 1000));
          batch.set("path", std::to_string(random() % 6)).set("http.code", static_cast<int>(random() % 3));
          if (random() % 5 != 0) {
            batch.set("x", static_cast<int>(random() % 10));
          }
        }
        fixture.monitor().observe(batch.batch());
      };
      MonitorFixture whole("metric", entry);
      MonitorFixture resumed("metric", entry);
      feed(whole, 50);
      const std::string state = whole.saved();
      for (std::size_t length = 0; length < state.size(); length += 1 + random() % 7) {
        MonitorFixture broken("metric", entry);
        const std::map<std::string, double> before = broken.samples();
        ASSERT_FALSE(broken.load(state.substr(0, length))) << entry << length;
        ASSERT_EQ(broken.samples(), before);
      }
      ASSERT_TRUE(resumed.load(state)) << entry;
      ASSERT_EQ(resumed.samples(), whole.samples()) << entry;
      std::mt19937 same = random;
      feed(whole, 50);
      random = same;
      feed(resumed, 50);
      ASSERT_EQ(resumed.samples(), whole.samples()) << entry << "seed " << seed;
      ASSERT_EQ(resumed.saved(), whole.saved()) << entry;
      ASSERT_EQ(resumed.status().skipped, whole.status().skipped);
    }
  }
}

TEST(Configuration, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"name = \"requests\"\ntype = \"counter\"\n", "_total"},
      {"name = \"g\"\ntype = \"gauge\"\n", "'value'"},
      {"name = \"x_total\"\ntype = \"counter\"\nlables = [\"a\"]\n", "did you mean 'labels'?"},
      {"name = \"x_total\"\ntype = \"counter\"\nlabels = [\"le-vel\"]\n", "label"},
      {"name = \"x_total\"\ntype = \"counter\"\nwhen = \"1 + 1\"\n", "expected bool"},
      {"name = \"h_seconds\"\ntype = \"histogram\"\nvalue = \"x\"\nbuckets = [2, 1]\n", "ascend"},
      {"name = \"x_total\"\ntype = \"counter\"\nlabels = [\"a\"]\nmap = { b = { x = \"y\" } }\n", "'b'"},
      {"name = \"g\"\ntype = \"gauge\"\nvalue = \"x\"\nstates = [\"a\", \"a\"]\n", "twice"},
      {"name = \"x_total\"\ntype = \"counter\"\nmax_series = 0\n", "max_series"}};
  for (const auto& [entry, expected] : cases) {
    MonitorFixture fixture("metric", entry);
    EXPECT_NE(fixture.errors().find(expected), std::string::npos) << entry << "\n" << fixture.errors();
    EXPECT_NE(fixture.errors().find("test.toml:"), std::string::npos) << fixture.errors();
  }
}

}  // namespace
}  // namespace leeway
