// The writer's thread and others that request snapshots and reloads from it, for TSan.
#include "agent/pipeline/run_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "agent/config/toml_reader.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

constexpr char kOneCounter[] = R"(
[[source]]
name = "app"
type = "log"
path = "/log/app.log"
format = "json"

[[metric]]
name = "lines_total"
type = "counter"
)";

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

Expected<Assembly> assembly(const std::string& text, FileSystem& files) {
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml(text, "test.toml", diagnostics);
  std::optional<Assembly> made = assemble(config, {}, files, diagnostics);
  if (!made) {
    return Error{ErrorCode::kConfiguration, diagnostics.to_string()};
  }
  return std::move(*made);
}

double lines(const Snapshot& snapshot) {
  for (const MetricFamily& family : snapshot.families()) {
    if (family.desc.name == "lines_total") {
      return family.samples.at(0).value;
    }
  }
  return -1;
}

class RunLoopTest : public testing::Test {
 protected:
  void start(const std::string& config = kOneCounter) {
    Expected<std::unique_ptr<CheckpointStore>> store =
        CheckpointStore::open(files_, clock_, "/state", Durability::kPower);
    ASSERT_TRUE(store);
    store_ = std::move(*store);
    loop_ = std::make_unique<RunLoop>(
        std::move(*assembly(config, files_)), files_, clock_, store_.get(),
        RunLoopOptions{[this] { return assembly(next_config_, files_); }, [this](bool good) { reload_good_ = good; }});
    thread_ = std::thread([this] { outcome_ = loop_->run(); });
  }
  void TearDown() override {
    if (thread_.joinable()) {
      loop_->stop();
      thread_.join();
    }
  }

  std::shared_ptr<const Snapshot> scrape() {
    std::promise<std::shared_ptr<const Snapshot>> promise;
    loop_->request(std::chrono::seconds(20),
                   [&promise](std::shared_ptr<const Snapshot> snapshot) { promise.set_value(std::move(snapshot)); });
    return promise.get_future().get();
  }
  Expected<void> reload() {
    std::promise<Expected<void>> promise;
    loop_->reload([&promise](Expected<void> outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }

  MemoryFileSystem files_;
  SystemClock clock_;
  std::unique_ptr<CheckpointStore> store_;
  std::unique_ptr<RunLoop> loop_;
  std::thread thread_;
  Expected<void> outcome_ = Error{};
  std::string next_config_ = kOneCounter;
  std::atomic<bool> reload_good_ = false;
};

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

}  // namespace
}  // namespace leeway
