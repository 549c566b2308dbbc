// The writer's thread of `leeway run`: one Asio loop of timers, hints and requests around a Pipeline. What may be slow
// has a thread of its own: checkpoints, the configuration at a reload with the files of references, computations of
// monitors, and signals.
// Used by `leeway run`; exporters see it as their SnapshotSource.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/exporter.h"
#include "agent/pipeline/background_thread.h"
#include "agent/pipeline/committer.h"
#include "agent/pipeline/directory_watch.h"
#include "agent/pipeline/pipeline.h"

namespace leeway {

struct RunLoopOptions {
  // Reads the configuration again; the error says what is wrong with it. Called on a thread of its own; may end early
  // once the flag is set.
  std::function<Expected<Assembly>(const std::atomic<bool>& cancelled)> reassemble;
  // Called with the outcome of every reload, on the writer's thread.
  std::function<void(bool successful)> on_reload;
  // Called if a second after the signal to stop the disk has not let the agent save its state: what it does then is to
  // end the process. What was read since the last checkpoint is read again after the next start.
  std::function<void()> on_stop_overdue = [] {};
};

class RunLoop final : public SnapshotSource {
 public:
  // `store` may be null. All references must outlive the loop. Restores the checkpoint that `store` found.
  RunLoop(Assembly assembly, FileSystem& files, const Clock& clock, CheckpointStore* store, RunLoopOptions options);
  ~RunLoop() override;

  // Returns after SIGTERM or SIGINT (or stop()), once the remaining data has been read and saved. The error is that of
  // the last checkpoint.
  Expected<void> run();
  // Any thread.
  void stop();

  std::shared_ptr<const Snapshot> latest() const override { return committer_.latest(); }
  void request(std::function<void(std::shared_ptr<const Snapshot>)> done) override;
  void reload(std::function<void(Expected<void>)> done) override;

 private:
  using Done = std::function<void(std::shared_ptr<const Snapshot>)>;

  void use(Assembly assembly);
  void wake();
  void tick();
  PollState read();
  void schedule(Duration delay);
  void schedule_discovery();
  void serve();
  void answer(std::vector<Done>& asked);
  void commit_if_due();
  void start_commit();
  void finish_commit(Commit commit, const Expected<void>& written);
  void start_reload();
  void finish_reload(Expected<Assembly> assembly);
  Expected<void> take_over(Expected<Assembly> assembly);
  void begin_shutdown();
  void finish_shutdown();
  void use_report(const StateReport& report);
  void log_overflows(const AgentStatus& status);

  FileSystem& files_;
  const Clock& clock_;
  RunLoopOptions options_;
  boost::asio::io_context context_;
  BackgroundThread background_;
  std::unique_ptr<Pipeline> pipeline_;
  Committer committer_;

  boost::asio::steady_timer poll_timer_;
  boost::asio::steady_timer discovery_timer_;
  DirectoryWatch watch_;
  boost::asio::thread_pool disk_;      // writes checkpoints
  boost::asio::thread_pool reloader_;  // reads configurations
  std::atomic<bool> reload_cancelled_ = false;

  std::vector<Done> asked_;       // nothing was read for them yet
  std::vector<Done> waiting_;     // answered by the next commit
  std::vector<Done> committing_;  // answered by the running one
  std::vector<std::function<void(Expected<void>)>> reload_waiting_;
  std::vector<std::function<void(Expected<void>)>> reloading_;  // empty: no reload is running
  bool saving_ = false;
  bool stopping_ = false;
  bool discover_ = true;
  Duration discovery_cost_{};  // of the last one
  MonotonicTime last_commit_{};
  MonotonicTime next_poll_{};
  std::optional<Expected<void>> outcome_;
  std::set<std::string> overflowed_;  // metrics that have reached their limit, as logged
};

}  // namespace leeway
