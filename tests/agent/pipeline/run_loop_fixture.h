// A run loop on a thread of its own, over files in memory. Used by the tests of RunLoop.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "agent/config/toml_reader.h"
#include "agent/pipeline/run_loop.h"
#include "tests/support/memory_file_system.h"

namespace leeway {

inline constexpr char kOneCounter[] = R"(
[[source]]
name = "app"
type = "log"
path = "/log/app.log"
format = "json"

[[metric]]
name = "lines_total"
type = "counter"
)";

inline Expected<Assembly> assembly(const std::string& text, FileSystem& files) {
  Diagnostics diagnostics;
  const ConfigTable config = parse_toml(text, "test.toml", diagnostics);
  std::optional<Assembly> made = assemble(config, {}, files, diagnostics);
  if (!made) {
    return Error{ErrorCode::kConfiguration, diagnostics.to_string()};
  }
  return std::move(*made);
}

inline double lines(const Snapshot& snapshot) {
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
    make(config);
    run();
  }
  void make(const std::string& config = kOneCounter) {
    Expected<std::unique_ptr<CheckpointStore>> store =
        CheckpointStore::open(files_, clock_, "/state", Durability::kPower);
    ASSERT_TRUE(store);
    store_ = std::move(*store);
    options_.reassemble = [this](const std::atomic<bool>& cancelled) {
      while (hold_reload_ && !cancelled) {
        std::this_thread::yield();
      }
      ++reloads_;
      return assembly(next_config_, files_);
    };
    options_.on_reload = [this](const Expected<void>& outcome) { reload_good_ = outcome.has_value(); };
    loop_ = std::make_unique<RunLoop>(std::move(*assembly(config, files_)), files_, clock_, store_.get(), options_);
  }
  void run() {
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
    loop_->request([&promise](std::shared_ptr<const Snapshot> snapshot) { promise.set_value(std::move(snapshot)); });
    return promise.get_future().get();
  }
  Expected<void> reload() {
    std::promise<Expected<void>> promise;
    loop_->reload([&promise](Expected<void> outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }

  MemoryFileSystem files_;
  SystemClock clock_;
  RunLoopOptions options_;  // used by make()
  std::unique_ptr<CheckpointStore> store_;
  std::unique_ptr<RunLoop> loop_;
  std::thread thread_;
  Expected<void> outcome_ = Error{};
  std::string next_config_ = kOneCounter;
  std::atomic<bool> reload_good_ = false;
  std::atomic<bool> hold_reload_ = false;
  std::atomic<int> reloads_ = 0;
};

}  // namespace leeway
