#include "exporters/http/worker.h"

#include <sys/resource.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace leeway {
namespace {

// The writer and the server come first.
constexpr int kWorkerNiceness = 10;

}  // namespace

struct Worker::Shared {
  explicit Shared(std::size_t most) : limit(most) {}

  void run_jobs() {
    // On Linux a thread has a niceness of its own.
    ::setpriority(PRIO_PROCESS, 0, kWorkerNiceness);
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return stopping || !jobs.empty(); });
      if (stopping) {
        return;
      }
      std::function<void()> job = std::move(jobs.front());
      jobs.pop_front();
      running = true;
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
      running = false;
      changed.notify_all();
    }
  }

  const std::size_t limit;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> jobs;
  bool running = false;
  bool stopping = false;
};

Worker::Worker(std::size_t limit, std::chrono::milliseconds patience)
    : shared_(std::make_shared<Shared>(limit)), patience_(patience) {}

Worker::~Worker() {
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->jobs.clear();
  shared_->changed.notify_all();
  shared_->changed.wait_for(lock, patience_, [this] { return !shared_->running; });
}

bool Worker::run(std::function<void()> job) {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->jobs.size() >= shared_->limit) {
    return false;
  }
  if (!started_) {
    // Detached: a disk that does not answer must not hold up the end of the agent.
    std::thread([shared = shared_] { shared->run_jobs(); }).detach();
    started_ = true;
  }
  shared_->jobs.push_back(std::move(job));
  shared_->changed.notify_all();
  return true;
}

}  // namespace leeway
