// Windows and states of several sources: what they count does not depend on which source is read first, or how far at a
// time, and is what an agent would have counted that read each line when it was written.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "tests/agent/pipeline/assembled_pipeline.h"
#include "tests/agent/pipeline/shown_values.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

struct MergedLine {
  int second;
  std::size_t file;
  std::string text;
};

const std::vector<std::string> kMergedFiles = {"/log/a.log", "/log/b.log", "/log/c.jsonl"};

// `order` is that of the sources in each entry; `late`: lines within a file may be this late.
std::string merged_configuration(const std::string& order, int late) {
  std::string toml = "[rules]\nagent_alerts = false\n";
  for (const char* const name : {"a", "b"}) {
    toml += std::string("[[source]]\nname = '") + name + "'\ntype = 'log'\npath = '/log/" + name +
            ".log'\nformat = 'json'\ntime = 'at'\n";
  }
  toml += "[[source]]\nname = 'c'\ntype = 'file'\npath = '/log/c.jsonl'\ntime = 'at'\n";
  const std::string lateness = "lateness = '" + std::to_string(std::max(60, late + 1)) + "s'\n";
  for (const char* const aggregate : {"rate", "mean", "declines", "gap"}) {
    toml += std::string("[[window]]\nname = 'w_") + aggregate + (aggregate == std::string("gap") ? "_seconds" : "") +
            "'\nsource = " + order + "\naggregate = '" + aggregate + "'\nover = '10m'\nlabels = ['zone']\n" + lateness;
    toml += aggregate == std::string("mean") || aggregate == std::string("declines") ? "value = 'v'\n" : "";
  }
  return toml + "[[state]]\nname = 'run'\nsource = " + order +
         "\nkey = 'k'\nstart = 'e == 0'\nend = 'e == 1'\ngood = 'v > 20'\ntimeout = '5m'\nforget = '30m'\n"
         "labels = ['zone']\n" +
         (late > 0 ? lateness : "");
}

std::vector<MergedLine> random_merged_lines(std::mt19937& random, int count) {
  std::vector<MergedLine> lines;
  int second = 0;
  for (int i = 0; i < count; ++i) {
    second += 1 + static_cast<int>(random() % (random() % 50 == 0 ? 1500 : 20));
    // A file is quiet for a while now and then.
    const std::size_t file = (static_cast<std::size_t>(second) / 700 + (random() % 3 == 0 ? 1 : 0)) % 3;
    lines.push_back({second, file,
                     "{\"at\": " + std::to_string(1'700'000'000 + second) + ", \"zone\": \"z" +
                         std::to_string(random() % 2) + "\", \"v\": " + std::to_string(random() % 100) + ", \"e\": " +
                         std::to_string(random() % 3) + ", \"k\": " + std::to_string(random() % 5) + "}\n"});
  }
  return lines;
}

class MergedSources : public testing::Test {
 protected:
  std::unique_ptr<Pipeline> pipeline(const std::string& toml) { return assembled_pipeline(toml, files_, clock_); }
  void write(const std::vector<MergedLine>& lines) {
    std::map<std::size_t, std::string> texts;
    for (const MergedLine& line : lines) {
      texts[line.file] += line.text;
    }
    for (std::size_t file = 0; file < kMergedFiles.size(); ++file) {
      files_.write(kMergedFiles[file], texts[file]);
    }
  }
  ShownValues replayed(const std::string& toml, std::size_t budget) { return replayed_values(*pipeline(toml), budget); }
  static double late(const ShownValues& values) {
    double sum = 0;
    for (const auto& [name, value] : values) {
      sum += name.find("_late_records_total") != std::string::npos ? value : 0;
    }
    return sum;
  }

  MemoryFileSystem files_;
  FakeClock clock_{TimePoint(std::chrono::seconds(1'700'100'000))};
};

int merge_rounds() {
  const char* const more = std::getenv("LEEWAY_MERGE_ROUNDS");
  return more == nullptr ? 2 : std::atoi(more);
}

TEST_F(MergedSources, AnyOrderOfSourcesGivesTheSame) {
  std::mt19937 random(1);
  for (int round = 0; round < merge_rounds(); ++round) {
    std::vector<MergedLine> lines = random_merged_lines(random, 400);
    const int disorder = round % 2 == 0 ? 0 : 50;
    if (disorder > 0) {
      std::vector<std::pair<int, MergedLine>> arriving;
      for (const MergedLine& line : lines) {
        arriving.emplace_back(line.second + static_cast<int>(random() % 50), line);
      }
      std::stable_sort(arriving.begin(), arriving.end(),
                       [](const auto& x, const auto& y) { return x.first < y.first; });
      std::transform(arriving.begin(), arriving.end(), lines.begin(), [](const auto& each) { return each.second; });
    }
    write(lines);
    const ShownValues expected = replayed(merged_configuration("['a', 'b', 'c']", disorder), 1 << 20);
    EXPECT_EQ(late(expected), 0) << round;
    EXPECT_GT(expected.at("leeway_window_timely_records_total{window=\"w_rate\"}"), 399);
    for (const char* const order : {"['c', 'b', 'a']", "['b', 'c', 'a']"}) {
      for (const std::size_t budget : {std::size_t{1} << 20, std::size_t{200} + random() % 3000}) {
        EXPECT_EQ(replayed(merged_configuration(order, disorder), budget), expected)
            << round << " " << order << " " << budget;
      }
    }
  }
}

// Logs only: a version of a file is read once it does not change any more.
TEST_F(MergedSources, AReplayCountsWhatARunningAgentCounted) {
  std::mt19937 random(2);
  for (int round = 0; round < merge_rounds(); ++round) {
    std::vector<MergedLine> lines = random_merged_lines(random, 300);
    for (MergedLine& line : lines) {
      line.file %= 2;
    }
    const std::string toml = merged_configuration("['a', 'b']", 0);
    write({});
    std::unique_ptr<Pipeline> agent = pipeline(toml);
    for (const MergedLine& line : lines) {
      files_.append(kMergedFiles[line.file], line.text);
      agent->discover();
      while (agent->step({1 << 20}) == PollState::kMore) {
      }
      if (random() % 40 == 0) {
        const Checkpoint saved = agent->save();
        agent = pipeline(toml);
        EXPECT_TRUE(agent->load(saved).warnings.empty());
      }
    }
    const ShownValues live = shown_values(*agent);
    EXPECT_EQ(replayed(toml, 1 << 20), live) << round;
  }
}

}  // namespace
}  // namespace leeway
