// The writer's thread of `leeway run`: one Asio loop of signals, timers and hints around a Pipeline. Checkpoints are
// written on one worker thread, so that a slow disk never delays reading.
// Used by `leeway run`; exporters see it as their SnapshotSource.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
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
#include "agent/pipeline/committer.h"
#include "agent/pipeline/directory_watch.h"
#include "agent/pipeline/pipeline.h"

namespace leeway {

struct RunLoopOptions {
  // Reads the configuration again; the error says what is wrong with it. Called on the writer's thread.
  std::function<Expected<Assembly>()> reassemble;
  // Called with the outcome of every reload, on the writer's thread.
  std::function<void(bool successful)> on_reload;
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
  void request(std::chrono::milliseconds patience, std::function<void(std::shared_ptr<const Snapshot>)> done) override;
  void reload(std::function<void(Expected<void>)> done) override;

 private:
  struct Request;

  void use(std::unique_ptr<Pipeline> pipeline);
  void tick();
  PollState read();
  void schedule(Duration delay);
  void schedule_discovery();
  void wait_for_signal();
  void serve(const std::shared_ptr<Request>& request);
  void commit_if_due();
  void start_commit();
  void finish_commit(Commit commit, const Expected<void>& written);
  Expected<void> load_new_configuration();
  void begin_shutdown();
  void finish_shutdown();
  void log_notes(const std::vector<std::string>& notes);
  void log_overflows(const AgentStatus& status);

  FileSystem& files_;
  const Clock& clock_;
  RunLoopOptions options_;
  std::unique_ptr<Pipeline> pipeline_;
  Committer committer_;

  boost::asio::io_context context_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer poll_timer_;
  boost::asio::steady_timer discovery_timer_;
  DirectoryWatch watch_;
  boost::asio::thread_pool worker_;

  std::vector<std::shared_ptr<Request>> waiting_;     // answered by the next commit
  std::vector<std::shared_ptr<Request>> committing_;  // answered by the running one
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
