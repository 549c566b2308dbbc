// Logs that were written for hours before they are read, by several writers at a time: windows and states count what
// they would have counted of one log with all of the records in the order of their times, whether a replay reads them
// or an agent that runs, however often it is killed.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/agent/pipeline/assembled_pipeline.h"
#include "tests/agent/pipeline/shown_values.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

constexpr std::int64_t kBacklogBegin = 1'700'000'000;
constexpr int kBacklogSeconds = 6 * 3600;

struct BacklogRecord {
  double time;
  std::string file;
  std::string text;
};

std::string backlog_source(const std::string& name, const std::string& path, const std::string& more = "") {
  return "[[source]]\nname = '" + name + "'\ntype = 'log'\npath = '" + path + "'\nformat = 'json'\ntime = 'at'\n" +
         more;
}

std::string backlog_monitors(const std::string& sources) {
  std::string toml;
  for (const char* const aggregate : {"count", "sum", "declines"}) {
    toml += std::string("[[window]]\nname = '") + aggregate + "_now'\nsource = " + sources + "\naggregate = '" +
            aggregate + "'\nover = '15m'\nlateness = '1m'\n";
    toml += aggregate == std::string("count") ? "" : "value = 'v'\n";
  }
  return toml + "[[state]]\nname = 'run'\nsource = " + sources +
         "\nkey = 'k'\nstart = 'e == 0'\nend = 'e == 1'\ntimeout = '5m'\nforget = '30m'\n";
}

// `every`: seconds from one record of a file to its next, on average. Records of one time are in one file.
std::vector<BacklogRecord> backlog_records(std::mt19937& random, const std::vector<std::string>& files, double every,
                                           int seconds = kBacklogSeconds) {
  std::vector<BacklogRecord> records;
  const double step = every / static_cast<double>(files.size());
  for (double time = 0; time < seconds; time += 0.001 + std::generate_canonical<double, 32>(random) * 2 * step) {
    const double at = static_cast<double>(kBacklogBegin) + std::floor(time * 1000) / 1000;
    char text[200];
    std::snprintf(text, sizeof(text), "{\"at\": %.3f, \"zone\": \"z%u\", \"v\": %u, \"e\": %u, \"k\": %u}\n", at,
                  static_cast<unsigned>(random() % 2), static_cast<unsigned>(random() % 100),
                  static_cast<unsigned>(random() % 3), static_cast<unsigned>(random() % 20));
    records.push_back({at, files[random() % files.size()], text});
  }
  return records;
}

class Backlog : public testing::Test {
 protected:
  // Files are as old as their last records.
  void write(const std::vector<BacklogRecord>& records) {
    std::map<std::string, std::string> texts;
    std::map<std::string, double> ends;
    for (const BacklogRecord& record : records) {
      texts[record.file] += record.text;
      texts["/one/log"] += record.text;
      ends[record.file] = record.time;
    }
    files_.write("/one/log", texts["/one/log"]);
    std::vector<std::pair<double, std::string>> order;
    for (const auto& [path, end] : ends) {
      order.emplace_back(end, path);
    }
    std::sort(order.begin(), order.end());
    for (const auto& [end, path] : order) {
      files_.write(path, texts[path]);
    }
  }
  std::unique_ptr<Pipeline> pipeline(const std::string& toml) {
    return assembled_pipeline("[rules]\nagent_alerts = false\n" + toml, files_, clock_);
  }
  ShownValues replayed(const std::string& toml) { return replayed_values(*pipeline(toml), 1 << 20); }
  // What an agent shows once it has read everything. Every so many steps it ends without notice.
  ShownValues run(const std::string& toml, int steps_of_a_life) {
    std::unique_ptr<Pipeline> agent = pipeline(toml);
    agent->discover();
    for (int step = 1; agent->step({1 << 20}) != PollState::kIdle; ++step) {
      if (step % 100 == 0) {
        agent->discover();
      }
      if (step % steps_of_a_life == 0) {
        const Checkpoint saved = agent->save();
        static_cast<void>(agent->step({1 << 20}));
        agent = pipeline(toml);
        EXPECT_TRUE(agent->load(saved).warnings.empty());
        agent->discover();
      }
    }
    return shown_values(*agent);
  }
  // The records in one log.
  ShownValues expected() { return replayed(backlog_source("a", "/one/log") + backlog_monitors("'a'")); }

  static std::uint64_t late_of_sources(const Pipeline& agent) {
    std::uint64_t late = 0;
    for (const SourceStatus& source : agent.source_status()) {
      late += source.late_records;
    }
    return late;
  }

  MemoryFileSystem files_;
  FakeClock clock_{TimePoint(std::chrono::seconds(kBacklogBegin + kBacklogSeconds + 10))};
  std::mt19937 random_{1};
};

TEST_F(Backlog, FilesOfOneSourceCountInTheOrderOfTheirTimes) {
  for (const auto& [every, seconds] : {std::pair(0.5, 200), std::pair(60.0, kBacklogSeconds)}) {
    write(backlog_records(random_, {"/log/w1.log", "/log/w2.log", "/log/w3.log"}, every, seconds));
    const std::string toml = backlog_source("a", "/log/w*.log") + backlog_monitors("'a'");
    const ShownValues one = expected();
    EXPECT_EQ(one.at("leeway_window_late_records_total{window=\"count_now\"}"), 0);
    EXPECT_EQ(replayed(toml), one);
    EXPECT_EQ(run(toml, 1'000'000), one);
    EXPECT_EQ(run(toml, 17), one);
  }
}

TEST_F(Backlog, SeveralSourcesOfOneMonitorCountInTheOrderOfTheirTimes) {
  write(backlog_records(random_, {"/log/a1.log", "/log/a2.log", "/log/b1.log", "/log/b2.log", "/log/b3.log"}, 100));
  const std::string toml =
      backlog_source("b", "/log/b*.log") + backlog_source("a", "/log/a*.log") + backlog_monitors("['a', 'b']");
  const ShownValues one = expected();
  EXPECT_EQ(replayed(toml), one);
  EXPECT_EQ(run(toml, 1'000'000), one);
  EXPECT_EQ(run(toml, 13), one);
}

// Generations of each writer's log, and records of several lines. A writer has said nothing for hours at the end.
TEST_F(Backlog, GenerationsOfSeveralLogsAreReadInTheOrderOfTheirTimes) {
  std::vector<BacklogRecord> records = backlog_records(random_, {"/log/a.log", "/log/b.log", "/log/c.log"}, 60);
  const auto quiet = [](const BacklogRecord& record) {
    return record.file == "/log/b.log" && record.time > kBacklogBegin + kBacklogSeconds / 2.0;
  };
  records.erase(std::remove_if(records.begin(), records.end(), quiet), records.end());
  for (BacklogRecord& record : records) {
    const int generation = 2 - static_cast<int>((record.time - kBacklogBegin) * 3 / (kBacklogSeconds + 1));
    record.file += generation == 0 ? "" : "." + std::to_string(generation);
    record.text += "  and its stack\n";
  }
  write(records);
  const std::string several = "multiline = { start = '^\\{' }\n";
  const ShownValues one = replayed(backlog_source("a", "/one/log", several) + backlog_monitors("'a'"));
  clock_.advance(std::chrono::minutes(5));
  const std::string toml = backlog_source("a", "/log/*.log*", several) + backlog_monitors("'a'");
  EXPECT_EQ(replayed(toml), one);
  EXPECT_EQ(run(toml, 1'000'000), one);
}

TEST_F(Backlog, AWriterThatIsBehindDoesNotKeepTheOthersWaiting) {
  files_.write("/log/new.log", "");
  const std::unique_ptr<Pipeline> agent = pipeline(backlog_source("a", "/log/*.log") + backlog_monitors("'a'"));
  const auto line = [](int second) { return "{\"at\": " + std::to_string(kBacklogBegin + second) + "}\n"; };
  std::string old;
  while (old.size() < (std::size_t{1} << 20)) {
    old += line(7);
  }
  files_.write("/log/old.log", old);
  files_.append("/log/new.log", line(7200));
  bool is_read = false;
  for (int step = 0; step < 100 && !is_read; ++step) {
    files_.append("/log/old.log", old);
    agent->discover();
    EXPECT_EQ(agent->step({1 << 20}), PollState::kMore);
    is_read = agent->source_status().front().last_record == TimePoint(std::chrono::seconds(kBacklogBegin + 7200));
  }
  EXPECT_TRUE(is_read);
}

// Little was read of the first one when it is decided that the second one is no copy of it.
TEST_F(Backlog, LogsThatBeginWithTheSameLinesAreReadAtOnce) {
  const auto line = [](int second, int value) {
    return "{\"at\": " + std::to_string(kBacklogBegin + second) + ", \"v\": " + std::to_string(value) + ", \"e\": 0}\n";
  };
  const std::string start = line(0, 1) + line(0, 2) + line(0, 3);
  std::string rest;
  for (int second = 1; second < 600; ++second) {
    rest += line(second, 4);
  }
  files_.write("/log/w1.log", start + line(5, 6) + line(500, 7));
  files_.write("/log/w2.log", start + rest);
  const std::unique_ptr<Pipeline> agent = pipeline(backlog_source("a", "/log/w*.log") + backlog_monitors("'a'"));
  agent->discover();
  while (agent->step({1 << 20}) != PollState::kIdle) {
  }
  const ShownValues found = shown_values(*agent);
  EXPECT_EQ(found.at("leeway_window_late_records_total{window=\"count_now\"}"), 0);
  EXPECT_EQ(found.at("leeway_window_timely_records_total{window=\"count_now\"}"), 3 + 2 + 3 + 599);
}

TEST_F(Backlog, RecordsOfFilesAreNotLateForTheirSource) {
  write(backlog_records(random_, {"/log/w1.log", "/log/w2.log"}, 30));
  const std::unique_ptr<Pipeline> agent = pipeline(backlog_source("a", "/log/w*.log"));
  agent->discover();
  while (agent->step({1 << 20}) != PollState::kIdle) {
  }
  EXPECT_EQ(late_of_sources(*agent), 0);
}

}  // namespace
}  // namespace leeway
