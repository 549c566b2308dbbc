// Runs one step of a reader on its own thread, for work that would block the writer. Used by readers; all calls come
// from the writer's thread.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "collectors/decode/file_reader.h"

namespace leeway {

class BackgroundTask {
 public:
  BackgroundTask() = default;
  BackgroundTask(const BackgroundTask&) = delete;
  BackgroundTask& operator=(const BackgroundTask&) = delete;
  ~BackgroundTask() { cancel(); }

  // `wake` is called on the task's thread when there is a result. Only while !started().
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }
  // Only while !started(). `work` does not throw. If no thread can be created, the result is kFailed.
  void start(std::function<ReadStep(std::stop_token)> work);
  bool started() const { return started_; }
  // The result of `work`, once: the task can be started again afterwards. kWaiting until there is a result.
  ReadStep result();
  // Blocks until result() has one.
  void wait();
  // Asks `work` to stop and waits until it has; its result is discarded.
  void cancel();

 private:
  bool started_ = false;
  std::atomic<bool> done_ = false;
  ReadStep result_;
  std::function<void()> wake_;
  std::jthread thread_;
};

}  // namespace leeway
