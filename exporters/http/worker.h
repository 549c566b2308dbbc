// A thread that runs jobs one after the other, for what would hold the server's thread up. Used for hashes of passwords
// and for reading files.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace leeway {

class Worker {
 public:
  // `limit`: jobs that may wait for the one that runs.
  explicit Worker(std::size_t limit);
  // Drops what waits. A job that runs ends by itself, perhaps later: it must own what it uses.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // False if too many wait. Jobs must not throw. One thread.
  bool run(std::function<void()> job);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
  bool started_ = false;
};

}  // namespace leeway
