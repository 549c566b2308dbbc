// A metric fed by several sources: each record of each counts once, whatever happens to the process, and each source
// has its own fields and time zone.
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "agent/config/toml_reader.h"
#include "agent/pipeline/pipeline.h"
#include "tests/support/fake_clock.h"
#include "tests/support/label_words.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::string_view kSources = R"toml(
[rules]
agent_alerts = false

[[source]]
name = "access"
type = "log"
path = "/log/access.log"
format = "json"
time = "at"

[[source]]
name = "worker"
type = "log"
path = "/log/worker.log"
format = "json"
time = "at"
time_zone = "America/New_York"

[[source]]
name = "report"
type = "file"
path = "/log/report.csv"

[[source]]
name = "other_report"
type = "file"
path = "/log/*report.csv"
)toml";

constexpr std::string_view kBoth = R"toml(
[[metric]]
name = "events_total"
type = "counter"
source = ["access", "worker"]
labels = { source = "source()", code = "code" }

[[metric]]
name = "last_code"
type = "gauge"
source = ["access", "worker"]
labels = { source = "source()" }
value = "code"

[[metric]]
name = "highest_code"
type = "gauge"
aggregate = "max"
source = ["access", "worker"]
value = "code"

[[metric]]
name = "codes"
type = "histogram"
source = ["access", "worker"]
value = "code"
buckets = [0, 1]

[[metric]]
name = "outcome"
type = "gauge"
source = ["access", "worker"]
labels = { source = "source()" }
states = ["0", "1", "2"]
value = "string(code)"

[[slo]]
name = "availability"
source = ["access", "worker"]
good = 'source() == "access" ? code < 500 : code == 0'
objective = 0.9

[[slo]]
name = "each"
source = ["access", "worker"]
good = "code < 2"
objective = 0.9
by = { of = "source()", code = "code" }
max_series = 6
)toml";

using Values = std::map<std::string, double>;

class SeveralSources : public testing::Test {
 protected:
  std::unique_ptr<Pipeline> pipeline(std::string_view monitors) {
    Diagnostics diagnostics;
    std::optional<Assembly> assembly =
        assemble(parse_toml(std::string(kSources) + std::string(monitors), "test.toml", diagnostics),
                 {{}, std::nullopt, clock_.wall()}, files_, diagnostics);
    errors_ = diagnostics.to_string();
    return assembly ? std::make_unique<Pipeline>(std::move(*assembly), files_, clock_) : nullptr;
  }
  std::unique_ptr<Pipeline> read_all(std::string_view monitors, const Checkpoint* state = nullptr) {
    std::unique_ptr<Pipeline> agent = pipeline(monitors);
    EXPECT_NE(agent, nullptr) << errors_;
    if (state != nullptr) {
      report_ = agent->load(*state);
    }
    read(*agent);
    return agent;
  }
  void read(Pipeline& agent) {
    for (int round = 0; round < 3; ++round) {
      clock_.advance(std::chrono::seconds(10));
      agent.discover();
      while (agent.step({1 << 20}) == PollState::kMore) {
      }
    }
    agent.advance();
  }
  Values values(const Pipeline& agent) const {
    SnapshotBuilder builder(clock_.wall());
    agent.collect(builder);
    const std::shared_ptr<const Snapshot> snapshot = builder.build();
    Values result;
    for (const MetricFamily& family : snapshot->families()) {
      for (const Sample& sample : family.samples) {
        const std::string name = family.desc.name + "{" + label_words(sample.labels) + "}";
        result[name] = family.desc.type == MetricType::kHistogram ? sample.sum : sample.value;
        for (std::size_t bucket = 0; bucket < sample.buckets.size(); ++bucket) {
          result[name + "/" + std::to_string(bucket)] = static_cast<double>(sample.buckets[bucket]);
        }
      }
    }
    return result;
  }
  void write(const std::string& name, int code, int second = 0) {
    files_.append("/log/" + name + ".log",
                  "{\"at\": " + std::to_string(1'700'000'000 + second) + ", \"code\": " + std::to_string(code) + "}\n");
  }

  MemoryFileSystem files_;
  FakeClock clock_;
  std::string errors_;
  StateReport report_;
};

TEST_F(SeveralSources, EachRecordOfEachCounts) {
  write("access", 200);
  write("access", 500);
  write("worker", 0);
  write("worker", 0);
  write("worker", 7);
  const Values all = values(*read_all(kBoth));
  EXPECT_EQ(all.at("events_total{source=\"access\",code=\"200\"}"), 1);
  EXPECT_EQ(all.at("events_total{source=\"access\",code=\"500\"}"), 1);
  EXPECT_EQ(all.at("events_total{source=\"worker\",code=\"0\"}"), 2);
  EXPECT_EQ(all.at("events_total{source=\"worker\",code=\"7\"}"), 1);
  EXPECT_EQ(all.at("leeway_slo_events_total{slo=\"availability\"}"), 5);
  EXPECT_EQ(all.at("leeway_slo_bad_events_total{slo=\"availability\"}"), 2);
}

TEST_F(SeveralSources, EachTypeOfMetricTakesTheRecordsOfAll) {
  write("access", 0);
  write("access", 1, 1);
  write("worker", 2);
  write("worker", 0, 1);
  Checkpoint state;
  {
    const std::unique_ptr<Pipeline> agent = read_all(kBoth);
    state = agent->save();
  }
  for (const Checkpoint* const from :
       {static_cast<const Checkpoint*>(nullptr), static_cast<const Checkpoint*>(&state)}) {
    const Values all = values(*read_all(kBoth, from));
    EXPECT_EQ(all.at("last_code{source=\"access\"}"), 1);
    EXPECT_EQ(all.at("last_code{source=\"worker\"}"), 0);
    EXPECT_EQ(all.at("highest_code{}"), 2);
    EXPECT_EQ(all.at("codes{}/0"), 2);
    EXPECT_EQ(all.at("codes{}/2"), 1);
    EXPECT_EQ(all.at("codes{}"), 3);
    EXPECT_EQ(all.at("outcome{source=\"access\",state=\"1\"}"), 1);
    EXPECT_EQ(all.at("outcome{source=\"worker\",state=\"0\"}"), 1);
    EXPECT_EQ(all.at("outcome{source=\"worker\",state=\"2\"}"), 0);
    EXPECT_EQ(all.at("leeway_slo_events_total{slo=\"each\",of=\"worker\",code=\"2\"}"), 1);
  }
}

// The process ends at random between two batches, of which one source may have been read further than the other.
TEST_F(SeveralSources, CountOnceAcrossCrashes) {
  std::mt19937 random(1);
  for (int run = 0; run < 20; ++run) {
    Values expected;
    files_.write("/log/access.log", "");
    files_.write("/log/worker.log", "");
    Checkpoint saved = pipeline(kBoth)->save();
    for (int life = 0; life < 10; ++life) {
      std::unique_ptr<Pipeline> agent = pipeline(kBoth);
      EXPECT_TRUE(agent->load(saved).warnings.empty());
      agent->discover();
      for (int step = 0; step < 10; ++step) {
        const std::string name = random() % 3 == 0 ? "worker" : "access";
        const int code = static_cast<int>(random() % 3);
        write(name, code, life * 10 + step);
        ++expected["events_total{source=\"" + name + "\",code=\"" + std::to_string(code) + "\"}"];
        agent->step({random() % 64 + 1});
        if (random() % 4 == 0) {
          saved = agent->save();
        }
      }
    }
    const Values all = values(*read_all(kBoth, &saved));
    double sum = 0;
    for (const auto& [name, count] : expected) {
      EXPECT_EQ(all.at(name), count) << run << " " << name;
      sum += count;
    }
    EXPECT_EQ(all.at("leeway_slo_events_total{slo=\"availability\"}"), sum);
    EXPECT_EQ(all, values(*read_all(kBoth))) << run;
  }
}

// Its other source keeps its position: what that has counted before is not counted again.
TEST_F(SeveralSources, WhereOneStartsFromTheBeginningTheMetricDoesToo) {
  write("access", 200);
  write("worker", 0);
  Checkpoint state = read_all(kBoth)->save();
  const auto worker = std::find_if(state.sections.begin(), state.sections.end(),
                                   [](const CheckpointSection& section) { return section.name == "worker"; });
  worker->bytes.resize(1);
  write("access", 404);
  const Values all = values(*read_all(kBoth, &state));
  EXPECT_FALSE(all.contains("events_total{source=\"access\",code=\"200\"}"));
  EXPECT_EQ(all.at("events_total{source=\"access\",code=\"404\"}"), 1);
  EXPECT_EQ(all.at("events_total{source=\"worker\",code=\"0\"}"), 1);
  EXPECT_THAT(report_.warnings,
              Contains(HasSubstr("[[metric]] 'events_total' starts afresh: its [[source]] 'worker' does")));
}

TEST_F(SeveralSources, AnotherListIsAnotherDefinition) {
  const std::string_view metric = "[[metric]]\nname = \"n_total\"\ntype = \"counter\"\nsource = ";
  write("access", 200);
  const Checkpoint state = read_all(std::string(metric) + "\"access\"")->save();
  write("worker", 0);
  EXPECT_EQ(values(*read_all(std::string(metric) + "[\"access\", \"worker\"]", &state)).at("n_total{}"), 1);
  EXPECT_THAT(report_.warnings, Contains(HasSubstr("its definition changed")));
}

// 1:00 in New York was 6:00 UTC in November 2023 (https://www.timeanddate.com: EST is UTC-5).
TEST_F(SeveralSources, TimesWithoutAZoneAreThoseOfTheirSource) {
  for (const char* const name : {"/log/access.log", "/log/worker.log"}) {
    files_.append(name, "{\"at\": \"2023-11-14T01:00:00\", \"began\": \"2023-11-14T01:00:00\"}\n");
  }
  const Values all = values(*read_all(R"toml(
[[metric]]
name = "began"
type = "gauge"
source = ["access", "worker"]
labels = { source = "source()" }
value = 'hour(timestamp(began), "UTC")'
)toml"));
  EXPECT_EQ(all.at("began{source=\"access\"}"), 1);
  EXPECT_EQ(all.at("began{source=\"worker\"}"), 6);
}

// A file that two sources read is two files: a version that one has read does not end the values of the other.
TEST_F(SeveralSources, VersionsOfFilesAreThoseOfTheirSource) {
  constexpr std::string_view kGauge = R"toml(
[[metric]]
name = "rows"
type = "gauge"
source = ["report", "other_report", "access"]
labels = { name = "name" }
value = "rows"
)toml";
  files_.write("/log/report.csv", "name,rows\na,1\nb,2\n");
  const std::unique_ptr<Pipeline> agent = read_all(kGauge);
  EXPECT_EQ(values(*agent), (Values{{"rows{name=\"a\"}", 1}, {"rows{name=\"b\"}", 2}}));
  // A log's record takes the series over, and the next version, which lacks it, does not end it.
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock_.wall().time_since_epoch()).count();
  files_.append("/log/access.log", "{\"at\": " + std::to_string(now) + ", \"name\": \"b\", \"rows\": 7}\n");
  read(*agent);
  EXPECT_EQ(values(*agent).at("rows{name=\"b\"}"), 7);
  files_.write("/log/report.csv", "name,rows\nc,3\n");
  read(*agent);
  EXPECT_EQ(values(*agent), (Values{{"rows{name=\"b\"}", 7}, {"rows{name=\"c\"}", 3}}));
}

TEST_F(SeveralSources, MistakesAreNamed) {
  const auto errors_of = [this](const std::string& keys) {
    EXPECT_EQ(pipeline(keys), nullptr) << keys;
    return errors_;
  };
  const std::string metric = "[[metric]]\nname = \"n_total\"\ntype = \"counter\"\n";
  EXPECT_THAT(errors_of(metric + "source = [\"access\", \"wroker\"]"),
              HasSubstr("no [[source]] is named 'wroker'; did you mean 'worker'?"));
  EXPECT_THAT(errors_of(metric + "source = [\"access\", \"access\"]"), HasSubstr("lists 'access' twice"));
  EXPECT_THAT(errors_of(metric + "source = []"), HasSubstr("'source' is empty"));
  EXPECT_THAT(errors_of(metric), HasSubstr("'source'"));
  EXPECT_THAT(errors_of("[[change]]\nname = \"c\"\nsource = [\"access\", \"worker\"]\nvalue = \"x\""),
              HasSubstr("a [[change]] reads one source"));
  EXPECT_THAT(errors_of(metric + "source = \"access\"\nwhen = 'source(x) == \"a\"'"), HasSubstr("takes no value"));
  // Once, not once for each source.
  const std::string wrong = errors_of(metric + "source = [\"access\", \"worker\"]\nwhen = 'code >'");
  EXPECT_EQ(wrong.find("in the expression"), wrong.rfind("in the expression")) << wrong;
}

}  // namespace
}  // namespace leeway
