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

  // Sets what the task's thread calls once there is a result. Only while !started().
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }
  // Only while !started(). `work` must not throw. Where no thread can be started, the result is kFailed.
  void start(std::function<ReadStep(std::stop_token)> work);
  bool started() const { return started_; }
  // What `work` returned, once: then the task can be started again. kWaiting before that.
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
