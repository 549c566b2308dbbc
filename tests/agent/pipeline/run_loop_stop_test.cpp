// How a run ends, and what whoever started it is told.
#include <mutex>
#include <vector>

#include "tests/agent/pipeline/run_loop_fixture.h"

namespace leeway {
namespace {

constexpr Duration kForever = std::chrono::hours(1);

class RunLoopStopTest : public RunLoopTest {
 protected:
  void join() { thread_.join(); }
  // As an exporter sends a page.
  std::shared_ptr<const Snapshot> send_page() {
    const std::shared_ptr<const Snapshot> snapshot = scrape();
    loop_->page_sent(snapshot->taken());
    return snapshot;
  }
  void record_states() {
    options_.notify = [this](const std::string& state) {
      const std::lock_guard lock(mutex_);
      states_.push_back(state.substr(0, state.find('\n')));
    };
  }
  std::vector<std::string> states() {
    const std::lock_guard lock(mutex_);
    return states_;
  }

  std::mutex mutex_;
  std::vector<std::string> states_;
};

TEST_F(RunLoopStopTest, LingersUntilAPageWithTheLastLineWasSent) {
  options_.linger = kForever;
  files_.append("/log/app.log", "{}\n");
  start();
  const std::shared_ptr<const Snapshot> before = scrape();
  loop_->stop();
  files_.append("/log/app.log", "{}\n");
  loop_->page_sent(before->taken());  // a slow client has now read an older page
  EXPECT_EQ(lines(*send_page()), 2);
  join();
  EXPECT_TRUE(outcome_);
}

TEST_F(RunLoopStopTest, LingersNoLongerThanItWasTold) {
  options_.linger = std::chrono::milliseconds(1);
  start();
  loop_->stop();
  join();
  EXPECT_TRUE(outcome_);
}

TEST_F(RunLoopStopTest, ASecondSignalEndsTheLingering) {
  options_.linger = kForever;
  start();
  loop_->stop();
  loop_->stop();
  join();
  EXPECT_TRUE(outcome_);
}

// Saved values only: what a failing disk cannot keep is not the last page.
TEST_F(RunLoopStopTest, APageOfValuesThatCannotBeSavedIsNotTheLast) {
  options_.linger = kForever;
  files_.append("/log/app.log", "{}\n");
  start();
  ASSERT_EQ(lines(*scrape()), 1);
  files_.fail(FileOperation::kWrite, ENOSPC, "/state");
  files_.append("/log/app.log", "{}\n");
  loop_->stop();
  EXPECT_EQ(lines(*send_page()), 1);
  files_.clear_faults();
  EXPECT_EQ(lines(*send_page()), 2);
  join();
}

TEST_F(RunLoopStopTest, AFiniteRunEndsOnceNothingIsRead) {
  options_.until_idle = std::chrono::milliseconds(1);
  files_.append("/log/app.log", "{}\n{}\n{}\n");
  start();
  join();
  EXPECT_TRUE(outcome_);
  EXPECT_EQ(lines(*loop_->latest()), 3);
}

TEST_F(RunLoopStopTest, AFiniteRunShowsItsLastValuesWhileItLingers) {
  options_.until_idle = std::chrono::milliseconds(1);
  options_.linger = kForever;
  record_states();
  files_.append("/log/app.log", "{}\n");
  start();
  while (states().empty() || states().back() != "STOPPING=1") {
    std::this_thread::yield();
  }
  EXPECT_EQ(lines(*send_page()), 1);
  join();
}

TEST_F(RunLoopStopTest, TellsWhoeverStartedItHowItIs) {
  record_states();
  options_.alive_interval = std::chrono::milliseconds(1);
  start();
  scrape();
  EXPECT_TRUE(reload());
  loop_->stop();
  join();
  std::vector<std::string> seen = states();
  EXPECT_GT(std::erase(seen, "WATCHDOG=1"), 0U);
  EXPECT_EQ(seen, (std::vector<std::string>{"READY=1", "RELOADING=1", "READY=1", "STOPPING=1"}));
}

TEST_F(RunLoopStopTest, ReloadsWhenAFileOfTheConfigurationHasChanged) {
  ConfigFiles read;
  files_.write("/etc/leeway.toml", "old");
  read.note("/etc/leeway.toml", std::string("older"));
  options_.watched = &read;
  start();
  while (reloads_ == 0) {
    std::this_thread::yield();
  }
}

}  // namespace
}  // namespace leeway
