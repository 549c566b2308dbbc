// Where monitors run slow computations (the calibration of thresholds), so that the writer never waits for them.
// Implemented by agent/pipeline/background_thread for `run`; `replay`, which may wait, and tests run everything at
// once.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace leeway {

class Background {
 public:
  virtual ~Background() = default;
  // Runs `work` once, on any thread, perhaps before it returns; never, if the agent ends first. `work` must not throw.
  // Writer's thread.
  virtual void run(std::function<void()> work) = 0;
};

class ImmediateBackground final : public Background {
 public:
  void run(std::function<void()> work) override { work(); }
};

// The result of one computation that may be running. One thread uses it; the computation runs on any.
template <typename Result>
class BackgroundResult {
 public:
  // `compute` owns what it uses. It may end early, with any result, once the flag that it is given is set.
  using Compute = std::function<Result(const std::atomic<bool>& cancelled)>;

  BackgroundResult() = default;
  BackgroundResult(BackgroundResult&&) noexcept = default;
  BackgroundResult& operator=(BackgroundResult&& other) noexcept {
    cancel();
    shared_ = std::move(other.shared_);
    return *this;
  }
  ~BackgroundResult() { cancel(); }

  // Only while !started().
  void start(Background& background, Compute compute) {
    shared_ = std::make_shared<Shared>();
    background.run([shared = shared_, compute = std::move(compute)] {
      if (!shared->cancelled) {
        shared->result.emplace(compute(shared->cancelled));
        shared->done = true;
      }
    });
  }
  bool started() const { return shared_ != nullptr; }
  // None if it is not done. After a result it is no longer started().
  std::optional<Result> take() {
    if (shared_ == nullptr || !shared_->done) {
      return std::nullopt;
    }
    std::optional<Result> result = std::move(shared_->result);
    shared_.reset();
    return result;
  }
  void cancel() {
    if (shared_ != nullptr) {
      shared_->cancelled = true;
      shared_.reset();
    }
  }

 private:
  struct Shared {
    std::atomic<bool> cancelled = false;
    std::atomic<bool> done = false;  // `result` is complete
    std::optional<Result> result;
  };
  std::shared_ptr<Shared> shared_;
};

}  // namespace leeway
