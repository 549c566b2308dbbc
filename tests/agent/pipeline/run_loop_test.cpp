// The writer's thread and others that request snapshots and reloads from it, for TSan.
#include <map>

#include "tests/agent/pipeline/run_loop_fixture.h"
#include "tests/support/label_words.h"

namespace leeway {
namespace {

constexpr char kOneDocument[] = R"(
[[source]]
name = "app"
type = "file"
path = "/data/t.json"
format = "json"
records = "*"
settle = "0s"

[[metric]]
name = "lines_total"
type = "counter"
)";

TEST_F(RunLoopTest, AScrapeSeesEveryLineWrittenBeforeIt) {
  files_.append("/log/app.log", "{}\n");
  start();
  for (int written = 1; written <= 50; ++written) {
    ASSERT_EQ(lines(*scrape()), written);
    files_.append("/log/app.log", "{}\n");
  }
}

TEST_F(RunLoopTest, ManyMayAskAtOnce) {
  files_.append("/log/app.log", "{}\n");
  start();
  std::vector<std::thread> threads;
  std::atomic<int> answers = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this, &answers] {
      double last = 0;
      for (int j = 0; j < 25; ++j) {
        files_.append("/log/app.log", "{}\n");
        const double now = lines(*scrape());
        EXPECT_GE(now, last + 1);
        last = now;
        EXPECT_GE(lines(*loop_->latest()), now);
        ++answers;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(answers, 100);
  EXPECT_EQ(lines(*scrape()), 101);
}

// The writer has not started when they ask: all of them wait for it.
TEST_F(RunLoopTest, WhoeverAsksBeforeItReadsSharesASnapshot) {
  files_.append("/log/app.log", "{}\n");
  make();
  std::vector<std::promise<std::shared_ptr<const Snapshot>>> answers(40);
  for (std::promise<std::shared_ptr<const Snapshot>>& answer : answers) {
    loop_->request([&answer](std::shared_ptr<const Snapshot> snapshot) { answer.set_value(std::move(snapshot)); });
  }
  run();
  const std::shared_ptr<const Snapshot> first = answers.front().get_future().get();
  EXPECT_EQ(lines(*first), 1);
  for (std::size_t i = 1; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i].get_future().get(), first) << i;
  }
}

TEST_F(RunLoopTest, AReloadKeepsWhatDidNotChangeAndABrokenFileChangesNothing) {
  files_.append("/log/app.log", "{}\n{}\n");
  start();
  ASSERT_EQ(lines(*scrape()), 2);
  next_config_ = "broken";
  EXPECT_FALSE(reload());
  EXPECT_FALSE(reload_good_);
  ASSERT_EQ(lines(*scrape()), 2);
  next_config_ = std::string(kOneCounter) + "[[metric]]\nname = \"more_total\"\ntype = \"counter\"\n";
  EXPECT_TRUE(reload());
  EXPECT_TRUE(reload_good_);
  files_.append("/log/app.log", "{}\n");
  const std::shared_ptr<const Snapshot> snapshot = scrape();
  EXPECT_EQ(lines(*snapshot), 3);
  EXPECT_EQ(snapshot->families().size(), 2U);
}

TEST_F(RunLoopTest, StoppingReadsAndSavesWhatIsThere) {
  files_.append("/log/app.log", "{}\n");
  start();
  ASSERT_EQ(lines(*scrape()), 1);
  files_.append("/log/app.log", "{}\n{}\n");
  loop_->stop();
  thread_.join();
  EXPECT_TRUE(outcome_);
  loop_.reset();
  store_.reset();
  files_.remove_tree("/log");
  start();
  EXPECT_EQ(lines(*scrape()), 3);
}

TEST_F(RunLoopTest, MayEndWhileAReaderIsAtWork) {
  std::string text = "[";
  for (int i = 0; i < 20'000; ++i) {
    text += "{\"a\": 1}, ";
  }
  files_.write("/data/t.json", text + "{}]");
  for (int run = 0; run < 5; ++run) {
    start(kOneDocument);
    if (run % 2 == 0) {
      scrape();
    }
    loop_->stop();
    thread_.join();
    loop_.reset();
    store_.reset();
  }
  start(kOneDocument);
  while (lines(*scrape()) != 20'001) {
  }
}

TEST_F(RunLoopTest, WithoutAPlaceToSaveTheMetricsStandStill) {
  files_.append("/log/app.log", "{}\n");
  start();
  ASSERT_EQ(lines(*scrape()), 1);
  files_.fail(FileOperation::kWrite, ENOSPC, "/state");
  files_.append("/log/app.log", "{}\n");
  const std::shared_ptr<const Snapshot> frozen = scrape();
  EXPECT_EQ(lines(*frozen), 1);
  EXPECT_GT(frozen->status().checkpoint.failures, 0U);
  files_.clear_faults();
  EXPECT_EQ(lines(*scrape()), 2);
}

TEST_F(RunLoopTest, ScrapesAreAnsweredWhileAConfigurationIsRead) {
  files_.append("/log/app.log", "{}\n");
  start();
  hold_reload_ = true;
  std::promise<Expected<void>> first;
  std::promise<Expected<void>> second;
  loop_->reload([&first](Expected<void> outcome) { first.set_value(std::move(outcome)); });
  loop_->reload([&second](Expected<void> outcome) { second.set_value(std::move(outcome)); });
  ASSERT_EQ(lines(*scrape()), 1);
  files_.append("/log/app.log", "{}\n");
  ASSERT_EQ(lines(*scrape()), 2);
  hold_reload_ = false;
  EXPECT_TRUE(first.get_future().get());
  EXPECT_TRUE(second.get_future().get());
  EXPECT_EQ(lines(*scrape()), 2);
}

TEST_F(RunLoopTest, MayEndWhileAConfigurationIsRead) {
  start();
  hold_reload_ = true;
  loop_->reload([](const Expected<void>&) {});
  scrape();
  loop_->stop();
  thread_.join();
  EXPECT_TRUE(outcome_);
  loop_.reset();
}

const std::string kDriftOfColumns = std::string(kOneCounter) + R"(
[[drift]]
name = "inputs"
columns = ["a"]
segment = "site"
false_alarm_rate = 0.05
reference = { first_rows = 200 }
window = { rows = 100 }
)";

// Without when windows ended: these records have the time at which they were read.
std::map<std::string, double> drift_values(const Snapshot& snapshot) {
  std::map<std::string, double> values;
  for (const MetricFamily& family : snapshot.families()) {
    if (family.desc.name.starts_with("leeway_drift_") && !family.desc.name.starts_with("leeway_drift_window_end")) {
      for (const Sample& sample : family.samples) {
        values[family.desc.name + "{" + label_words(sample.labels) + "}"] = sample.value;
      }
    }
  }
  return values;
}

double pending_windows(const Snapshot& snapshot) {
  double sum = 0;
  for (const auto& [name, value] : drift_values(snapshot)) {
    sum += name.starts_with("leeway_drift_pending_windows") ? value : 0;
  }
  return sum;
}

// What the writer does not wait for ends like what it waits for.
TEST_F(RunLoopTest, ThresholdsThatAreComputedMeanwhileAreThoseOfAReplay) {
  std::string text;
  for (int row = 0; row < 3000; ++row) {
    text += "{\"site\": \"s" + std::to_string(row % 2) + "\", \"a\": " + std::to_string(row * 7919 % 997) +
            ", \"b\": " + std::to_string(row * 104'729 % 1009 + row / 2) + "}\n";
  }
  files_.append("/log/app.log", text);
  Pipeline replay(std::move(*assembly(kDriftOfColumns, files_)), files_, clock_);
  replay.discover();
  while (replay.step({1 << 16}) == PollState::kMore) {
  }
  SnapshotBuilder expected(clock_.wall());
  replay.collect(expected);

  start(kDriftOfColumns);
  std::shared_ptr<const Snapshot> seen = scrape();
  while (pending_windows(*seen) != 0 || lines(*seen) != 3000) {
    seen = scrape();
  }
  const std::map<std::string, double> values = drift_values(*seen);
  EXPECT_EQ(values, drift_values(*expected.build()));
  EXPECT_GT(values.size(), 10U);

  // A restart in between changes nothing.
  loop_->stop();
  thread_.join();
  loop_.reset();
  store_.reset();
  start(kDriftOfColumns);
  seen = scrape();
  while (pending_windows(*seen) != 0) {
    seen = scrape();
  }
  EXPECT_EQ(drift_values(*seen), values);
}

}  // namespace
}  // namespace leeway
