#include <random>

#include "agent/metrics/catalog.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kByRoute[] = "name = \"api\"\ngood = \"status < 500\"\nobjective = 0.99\nby = [\"route\"]\n";

std::string of(const std::string& metric, const std::string& route, const std::string& window = "") {
  return "leeway_slo_" + metric + "{slo=\"api\"" + (window.empty() ? "" : ",window=\"" + window + "\"") +
         (route.empty() ? "" : ",route=\"" + route + "\"") + "}";
}

void feed(MonitorFixture& fixture, Duration at, const std::string& route, int good, int bad) {
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (int i = 0; i < good + bad; ++i) {
    batch.at(at).set("route", route.c_str()).set("status", i < good ? 200 : 500);
  }
  fixture.monitor().observe(batch.batch());
  fixture.monitor().advance(kOrigin + at);
}

TEST(SloBy, JudgesEachValueByItself) {
  MonitorFixture fixture("slo", kByRoute);
  ASSERT_EQ(fixture.errors(), "");
  feed(fixture, seconds(0), "/pay", 95, 5);
  feed(fixture, seconds(1), "/list", 100, 0);
  EXPECT_EQ(fixture.value(of("events_total", "/pay")), 100);
  EXPECT_EQ(fixture.value(of("bad_events_total", "/pay")), 5);
  EXPECT_NEAR(fixture.value(of("burn_rate", "/pay", "1h")), 5, 1e-9);
  EXPECT_NEAR(fixture.value(of("error_budget_remaining_ratio", "/pay")), -4, 1e-9);
  EXPECT_EQ(fixture.value(of("bad_events_total", "/list")), 0);
  EXPECT_NEAR(fixture.value(of("burn_rate", "/list", "1h")), 0, 1e-9);
  EXPECT_FALSE(fixture.shown(of("events_total", "")));
  EXPECT_EQ(fixture.value(of("objective_ratio", "")), 0.99);
}

TEST(SloBy, KnownValuesAreThereFromTheStartWithoutABudget) {
  const MonitorFixture fixture("slo", std::string(kByRoute) + "values = { route = [\"/pay\", \"/list\"] }\n");
  ASSERT_EQ(fixture.errors(), "");
  for (const char* route : {"/pay", "/list"}) {
    EXPECT_EQ(fixture.value(of("events_total", route)), 0);
    EXPECT_EQ(fixture.value(of("bad_events_total", route)), 0);
    EXPECT_FALSE(fixture.shown(of("error_budget_remaining_ratio", route)));
    EXPECT_FALSE(fixture.shown(of("burn_rate", route, "5m")));
  }
}

// A route that was judged bad once has no budget, or burn rate, once its events have left the window.
TEST(SloBy, HasNoRateOfAValueThatJudgesNothingAnyMore) {
  MonitorFixture fixture("slo", kByRoute);
  feed(fixture, seconds(0), "/pay", 0, 5);
  feed(fixture, minutes(90), "/list", 5, 0);
  EXPECT_FALSE(fixture.shown(of("burn_rate", "/pay", "1h")));
  EXPECT_TRUE(fixture.shown(of("burn_rate", "/pay", "6h")));
}

TEST(SloBy, RecordsThatCannotBeJudgedCountForTheirValueOrForNone) {
  MonitorFixture fixture("slo", kByRoute);
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(0)).set("route", "/pay").set("status", 500);
  batch.at(seconds(1)).set("route", "/pay").set("status", "500");
  batch.at(seconds(2)).set("status", 500);
  batch.at(seconds(3)).set("route", "/list").set("status", "200");
  batch.at(seconds(4)).set("route", "/pay").set("status", 200);
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value(of("events_total", "/pay")), 2);
  EXPECT_EQ(fixture.value(of("bad_events_total", "/pay")), 1);
  EXPECT_EQ(fixture.value(of("unjudged_records_total", "/pay")), 1);
  EXPECT_EQ(fixture.value(of("unjudged_records_total", "/list")), 1);
  EXPECT_EQ(fixture.value(of("unjudged_records_total", "")), 1);
  EXPECT_EQ(fixture.status().skipped.at("missing_field"), 1U);
}

TEST(SloBy, ValuesBeyondTheLimitAreCountedAndNotJudged) {
  MonitorFixture fixture("slo", std::string(kByRoute) + "max_series = 2\n");
  for (const char* route : {"/a", "/b", "/c", "/a", "/d"}) {
    feed(fixture, seconds(0), route, 1, 1);
  }
  EXPECT_EQ(fixture.value(of("events_total", "/a")), 4);
  EXPECT_EQ(fixture.value(of("events_total", "/b")), 2);
  EXPECT_FALSE(fixture.shown(of("events_total", "/c")));
  EXPECT_EQ(fixture.status().overflowed_records, 4U);
  EXPECT_EQ(fixture.status().held, 2U);
  EXPECT_EQ(fixture.status().series_limit, 2U);
}

// However the records are mixed and cut into batches, each value counts what an SLO of its own would.
TEST(SloBy, AgreesWithAnSloForEachValue) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    std::mt19937 random(seed);
    MonitorFixture all("slo", kByRoute);
    std::vector<std::unique_ptr<MonitorFixture>> each;
    for (const char* route : {"/0", "/1", "/2"}) {
      each.push_back(std::make_unique<MonitorFixture>(
          "slo", "name = \"api\"\ngood = \"status < 500\"\nobjective = 0.99\nwhen = \"route == '" + std::string(route) +
                     "'\"\n"));
    }
    Duration now{};
    for (int batch = 0; batch < 30; ++batch) {
      struct Record {
        Duration at;
        std::string route;
        int status;
      };
      std::vector<Record> records;
      for (unsigned i = random() % 40; i > 0; --i) {
        now += seconds(random() % 300);
        records.push_back(
            {now - seconds(random() % 600), "/" + std::to_string(random() % 3), random() % 5 ? 200 : 500});
      }
      const auto feed_all = [&](MonitorFixture& fixture) {
        BatchBuilder builder(fixture.schema(), kOrigin);
        for (const Record& record : records) {
          builder.at(record.at).set("route", record.route.c_str()).set("status", record.status);
        }
        fixture.monitor().observe(builder.batch());
        fixture.monitor().advance(kOrigin + now);
      };
      feed_all(all);
      for (const auto& one : each) {
        feed_all(*one);
      }
    }
    for (std::size_t i = 0; i < each.size(); ++i) {
      const std::string route = "/" + std::to_string(i);
      EXPECT_EQ(all.value(of("events_total", route)), each[i]->value(of("events_total", "")));
      EXPECT_EQ(all.value(of("bad_events_total", route)), each[i]->value(of("bad_events_total", "")));
      for (const char* window : {"5m", "1h", "3d"}) {
        const std::string rate = of("burn_rate", route, window);
        ASSERT_EQ(all.shown(rate), each[i]->shown(of("burn_rate", "", window))) << "seed " << seed;
        if (all.shown(rate)) {
          EXPECT_EQ(all.value(rate), each[i]->value(of("burn_rate", "", window))) << "seed " << seed;
        }
      }
    }
  }
}

TEST(SloBy, GoesOnFromItsSavedState) {
  const std::string toml = std::string(kByRoute) + "max_series = 2\nvalues = { route = [\"/list\"] }\n";
  MonitorFixture whole("slo", toml);
  feed(whole, minutes(1), "/pay", 50, 3);
  feed(whole, minutes(20), "/other", 50, 3);
  BatchBuilder unlabelled(whole.schema(), kOrigin);
  unlabelled.at(minutes(21)).set("status", 500);
  whole.monitor().observe(unlabelled.batch());
  MonitorFixture resumed("slo", toml);
  ASSERT_TRUE(resumed.load(whole.saved()));
  for (MonitorFixture* fixture : {&whole, &resumed}) {
    feed(*fixture, minutes(40), "/list", 10, 1);
    feed(*fixture, minutes(41), "/pay", 10, 1);
  }
  EXPECT_EQ(resumed.samples(), whole.samples());
  EXPECT_EQ(resumed.status().overflowed_records, whole.status().overflowed_records);
  const std::string state = whole.saved();
  for (std::size_t length = 0; length < state.size(); length += 7) {
    MonitorFixture broken("slo", toml);
    ASSERT_FALSE(broken.load(state.substr(0, length)));
    ASSERT_EQ(broken.value(of("events_total", "/list")), 0);
    ASSERT_FALSE(broken.shown(of("events_total", "/pay")));
  }
}

TEST(SloBy, LabelsOfAllSlosAreInTheCatalogue) {
  const MonitorFixture plain("slo", "name = \"a\"\ngood = \"ok\"\nobjective = 0.9\n");
  const MonitorFixture by_route("slo", kByRoute);
  MetricCatalog catalog;
  for (const MonitorFixture* fixture : {&plain, &by_route}) {
    MetricCatalog own;
    const_cast<MonitorFixture*>(fixture)->monitor().describe(own);
    for (const MetricDesc& desc : own.metrics()) {
      EXPECT_TRUE(catalog.add(desc)) << desc.name;
    }
  }
  EXPECT_EQ(catalog.find("leeway_slo_burn_rate")->label_names, (std::vector<std::string>{"slo", "window", "route"}));
  EXPECT_EQ(catalog.find("leeway_slo_objective_ratio")->label_names, std::vector<std::string>{"slo"});
}

TEST(SloBy, RulesNameTheValue) {
  MonitorFixture fixture("slo", kByRoute);
  Catalog catalog;
  fixture.monitor().declare(catalog);
  for (const AlertRule& alert : catalog.alerts) {
    const bool of_all = alert.name == "SloInputAbsent" || alert.name == "SloInputStopped" ||
                        alert.name == "SloInputMistyped" || alert.name == "SloInputUnlabelled";
    EXPECT_EQ(alert.summary.find("$labels.route") == std::string::npos, of_all) << alert.name;
  }
  ASSERT_FALSE(catalog.inhibitions.empty());
  for (const InhibitRule& rule : catalog.inhibitions) {
    EXPECT_EQ(rule.equal, (std::vector<std::string>{"slo", "job", "route"}));
  }
}

TEST(SloBy, SaysWhatIsWrong) {
  const std::string start = "name = \"x\"\ngood = \"a\"\nobjective = 0.9\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"by = []\n", "names no label"},
      {"by = [\"slo\"]\n", "'slo' is set by Prometheus, or by the rules"},
      {"by = { pod = \"pod\" }\n", "by = { of_pod"},
      {"by = [\"job\"]\n", "is set by Prometheus"},
      {"by = [\"a\", \"b\", \"c\", \"d\"]\n", "at most 3"},
      {"by = [\"a + b\"]\n", "the form by = {"},
      {"by = 3\n", "'by' is"},
      {"by = [\"a\"]\nmax_series = 1001\n", "1000"},
      {"max_series = 10\n", "max_series"},
      {"by = [\"a\"]\nvalues = { b = [\"1\"] }\n", "no label 'b'"}};
  for (const auto& [keys, expected] : cases) {
    const MonitorFixture fixture("slo", start + keys);
    EXPECT_NE(fixture.errors().find(expected), std::string::npos) << keys << "\n" << fixture.errors();
  }
}

}  // namespace
}  // namespace leeway
