// A stream whose bytes come from a test, and a file system that opens it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "agent/core/stream_endpoint.h"
#include "tests/support/memory_file_system.h"

namespace leeway {

// What the test and the endpoint share.
struct StreamScript {
  using Step = std::function<void(StreamSink&)>;

  // Any number of steps; each is one receive().
  void add(Step step) {
    const std::lock_guard lock(mutex);
    steps.push_back(std::move(step));
    changed.notify_all();
  }
  // Returns once all steps were taken and what they gave is in the queue.
  void settle() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return (steps.empty() && waiting) || closed; });
  }
  void change(const std::function<void(StreamScript&)>& edit) {
    const std::lock_guard lock(mutex);
    edit(*this);
    changed.notify_all();
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Step> steps;
  bool waiting = false;
  bool interrupted = false;
  bool closed = false;
  StreamStatus status{};
  std::optional<Error> failure;       // of receive()
  std::optional<Error> path_problem;  // of check_path()
};

class ScriptedStream final : public StreamEndpoint {
 public:
  explicit ScriptedStream(std::shared_ptr<StreamScript> script) : script_(std::move(script)) {}
  ScriptedStream(const ScriptedStream&) = delete;
  ScriptedStream& operator=(const ScriptedStream&) = delete;
  ~ScriptedStream() override {
    script_->change([](StreamScript& script) { script.closed = true; });
  }

  Expected<void> receive(StreamSink& sink, Duration patience) override {
    StreamScript::Step step;
    {
      std::unique_lock lock(script_->mutex);
      script_->waiting = true;
      script_->changed.notify_all();
      script_->changed.wait_for(lock, patience, [this] {
        return !script_->steps.empty() || script_->interrupted || script_->failure || script_->status.ended;
      });
      if (script_->steps.empty()) {
        script_->interrupted = false;
        return script_->failure ? Expected<void>(*script_->failure) : Expected<void>();
      }
      script_->waiting = false;
      step = std::move(script_->steps.front());
      script_->steps.pop_front();
    }
    step(sink);
    return {};
  }
  void interrupt() override {
    script_->change([](StreamScript& script) { script.interrupted = true; });
  }
  StreamStatus status() const override {
    const std::lock_guard lock(script_->mutex);
    return script_->status;
  }
  Expected<void> check_path() const override {
    const std::lock_guard lock(script_->mutex);
    return script_->path_problem ? Expected<void>(*script_->path_problem) : Expected<void>();
  }

 private:
  const std::shared_ptr<StreamScript> script_;
};

class StreamFiles final : public MemoryFileSystem {
 public:
  Expected<std::unique_ptr<StreamEndpoint>> open_stream(const StreamAddress& /*address*/,
                                                        const StreamOptions& /*options*/) override {
    if (problem) {
      return *problem;
    }
    script = std::make_shared<StreamScript>();
    ++opened;
    return std::unique_ptr<StreamEndpoint>(new ScriptedStream(script));
  }

  std::shared_ptr<StreamScript> script;  // of the stream that was opened last
  std::optional<Error> problem;
  int opened = 0;
};

}  // namespace leeway
