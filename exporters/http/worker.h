// A thread that runs jobs one after the other, for what would hold the server's thread up. Used for hashes of passwords
// and for reading files.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

namespace leeway {

class Worker {
 public:
  // `limit`: jobs that may wait for the one that runs. `patience`: how long the destructor waits for that one.
  Worker(std::size_t limit, std::chrono::milliseconds patience);
  // Drops what waits. A job that takes longer than `patience` ends later, by itself.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // False if too many wait. Jobs must not throw. One thread.
  bool run(std::function<void()> job);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  std::chrono::milliseconds patience_;
  bool started_ = false;
};

}  // namespace leeway
