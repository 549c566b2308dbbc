// A replay that ends at a time is a replay of files without what was written after it: the monitors' state, the metrics
// and the counters of the source are the same.
#include <gtest/gtest.h>

#include <random>

#include "agent/config/toml_reader.h"
#include "agent/core/rfc3339.h"
#include "agent/pipeline/assembly.h"
#include "agent/pipeline/pipeline.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using std::chrono::seconds;

constexpr std::string_view kMonitors = R"toml(
[[metric]]
name = "requests_total"
type = "counter"
help = "Requests."
labels = ["code"]

[[metric]]
name = "ms"
type = "gauge"
help = "Last."
value = "ms"

[[slo]]
name = "availability"
good = "code < 500"
objective = 0.9
period = "3h"

[[drift]]
name = "latency"
columns = ["ms"]
reference = { first_rows = 100 }
window = { time = "1m" }
threshold = 0.1

[[quality]]
name = "windows"
window = { time = "1m" }
[[quality.check]]
rows = { min = 1 }
)toml";

const TimePoint kBegin = TimePoint(std::chrono::hours(480'000));

struct LogLine {
  std::string text;
  TimePoint time;  // of the record; kNoTime if it has none, or is none
};

std::vector<LogLine> random_log(std::mt19937& random, int size, TimePoint begin) {
  std::vector<LogLine> lines;
  TimePoint now = begin;
  const auto pick = [&](int count) { return std::uniform_int_distribution<int>(0, count - 1)(random); };
  for (int i = 0; i < size; ++i) {
    now += seconds(pick(4));
    const TimePoint time = pick(10) == 0 ? now - seconds(pick(100)) : now;
    const std::string rest =
        R"("code": )" + std::to_string(pick(5) == 0 ? 500 : 200) + R"(, "ms": )" + std::to_string(pick(1000)) + "}\n";
    switch (i == 0 ? 19 : pick(20)) {  // where a file begins without a time, its place among others is not known
      case 0:
        lines.push_back({"Traceback\n", kNoTime});
        break;
      case 1:
        lines.push_back({"{" + rest, kNoTime});
        break;
      case 2:
        lines.push_back({R"({"ts": "yesterday", )" + rest, kNoTime});
        break;
      case 3:
        lines.push_back({"\n", kNoTime});
        break;
      case 4:  // an anomaly
        lines.push_back({R"({"ts": ")" + format_rfc3339(time) + "\", \"ms\": 1, " + rest, time});
        break;
      default:
        lines.push_back({R"({"ts": ")" + format_rfc3339(time) + "\", " + rest, time});
        break;
    }
  }
  return lines;
}

// What was written up to `until`: a line without a time was written with the one before it.
std::string cut(const std::vector<LogLine>& lines, TimePoint until) {
  std::string text;
  bool left_out = false;
  for (const LogLine& line : lines) {
    left_out = line.time == kNoTime ? left_out : line.time > until;
    text += left_out ? "" : line.text;
  }
  return text;
}

struct Outcome {
  std::vector<std::string> states;  // of the monitors
  SourceStatus source;
};

Outcome replay(const std::string& source, MemoryFileSystem& files, std::optional<TimePoint> until) {
  const FakeClock clock(kBegin + std::chrono::hours(48));
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml(source + std::string(kMonitors), "test.toml", diagnostics);
  std::optional<Assembly> assembly = assemble(config, {{}, std::nullopt, clock.wall()}, files, diagnostics);
  EXPECT_TRUE(assembly) << diagnostics.to_string();
  Pipeline pipeline(std::move(*assembly), files, clock, {until});
  pipeline.discover();
  while (pipeline.step({4096}) == PollState::kMore) {
  }
  pipeline.finish({4096}, true);
  Outcome outcome{{}, pipeline.source_status().front()};
  for (const CheckpointSection& section : pipeline.save().sections) {
    if (section.kind != "source") {
      outcome.states.push_back(section.name + section.bytes);
    }
  }
  return outcome;
}

void expect_same(const Outcome& ended, const Outcome& whole) {
  EXPECT_EQ(ended.states, whole.states);
  EXPECT_EQ(ended.source.bytes, whole.source.bytes);
  EXPECT_EQ(ended.source.records, whole.source.records);
  EXPECT_EQ(ended.source.rejects, whole.source.rejects);
  EXPECT_EQ(ended.source.anomalies, whole.source.anomalies);
  EXPECT_EQ(ended.source.late_records, whole.source.late_records);
  EXPECT_EQ(ended.source.last_record, whole.source.last_record);
  EXPECT_EQ(ended.source.lag_bytes, whole.source.lag_bytes);
}

constexpr std::string_view kLog = R"toml(
[[source]]
name = "app"
type = "log"
path = "/log/*.log"
format = "json"
time = "ts"
allowed_lateness = "30s"
)toml";

TEST(ReplayUntil, IsAReplayOfTheLogCutAtThatTime) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    // Several files follow each other in time: the order of records of the same second depends on the files' sizes.
    const int count = 1 + static_cast<int>(seed % 3);
    const int size = count == 1 ? 800 : 150;
    const TimePoint until = kBegin + seconds(std::uniform_int_distribution<int>(-10, count * size * 3)(random));
    MemoryFileSystem files;
    MemoryFileSystem cut_files;
    for (int file = 0; file < count; ++file) {
      const std::vector<LogLine> lines = random_log(random, size, kBegin + file * seconds(3 * size + 200));
      const std::string path = "/log/" + std::to_string(file) + ".log";
      files.write(path, cut(lines, TimePoint::max()));
      cut_files.write(path, cut(lines, until));
    }
    expect_same(replay(std::string(kLog), files, until), replay(std::string(kLog), cut_files, std::nullopt));
  }
}

constexpr std::string_view kFiles = R"toml(
[[source]]
name = "app"
type = "file"
path = "/log/*.jsonl"
format = "jsonl"
)toml";

// Files of records with and without times, written at different times.
TEST(ReplayUntil, LeavesOutFilesOfWhichNothingIsLeft) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const TimePoint until = kBegin + seconds(std::uniform_int_distribution<int>(-10, 1300)(random));
    const bool timed = seed % 2 == 0;
    MemoryFileSystem files;
    MemoryFileSystem cut_files;
    for (int file = 0; file < 4; ++file) {
      const TimePoint written = kBegin + seconds(400 * file);
      std::string all;
      std::string kept;
      for (int i = 0; i < 300; ++i) {
        const TimePoint own = kBegin + seconds(std::uniform_int_distribution<int>(0, 1500)(random));
        const bool has_time = timed && i % 7 != 0;
        const std::string line = (has_time ? R"({"ts": ")" + format_rfc3339(own) + "\", " : std::string("{")) +
                                 R"("code": 200, "ms": )" + std::to_string(i) + "}\n";
        all += line;
        kept += (has_time ? own : written) <= until ? line : "";
      }
      const std::string path = "/log/" + std::to_string(file) + ".jsonl";
      files.set_time(written);
      files.write(path, all);
      if (!kept.empty()) {
        cut_files.set_time(written);
        cut_files.write(path, kept);
      }
    }
    const std::string source = std::string(kFiles) + (timed ? "time = \"ts\"\n" : "");
    const Outcome ended = replay(source, files, until);
    const Outcome whole = replay(source, cut_files, std::nullopt);
    EXPECT_EQ(ended.states.front(), whole.states.front());
    EXPECT_EQ(ended.source.records, whole.source.records);
    EXPECT_EQ(ended.source.last_record, whole.source.last_record);
    EXPECT_EQ(ended.source.versions->read, whole.source.versions->read);
    EXPECT_EQ(ended.source.versions->newest, whole.source.versions->newest);
    EXPECT_EQ(ended.source.versions->stalest, whole.source.versions->stalest);
    if (!timed) {
      EXPECT_EQ(ended.source.bytes, whole.source.bytes);
    }
  }
}

TEST(ReplayUntil, ALogWithoutTimesIsReadToItsEndAndThatIsSaid) {
  MemoryFileSystem files;
  files.write("/log/1.log", "{\"code\": 200, \"ms\": 1}\n");
  const std::string source = "[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/log/*.log\"\nformat = \"json\"\n";
  EXPECT_EQ(replay(source, files, kBegin).source.records, 1U);
}

}  // namespace
}  // namespace leeway
