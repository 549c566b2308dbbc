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
#include "agent/pipeline/config_watch.h"
#include "agent/pipeline/directory_watch.h"
#include "agent/pipeline/discovery_interval.h"
#include "agent/pipeline/input_progress.h"
#include "agent/pipeline/pipeline.h"
#include "agent/pipeline/repeated_notes.h"
#include "agent/pipeline/status_log.h"

namespace leeway {

struct RunLoopOptions {
  // Reads the configuration again; the error says what is wrong with it. Called on a thread of its own; may end early
  // once the flag is set.
  std::function<Expected<Assembly>(const std::atomic<bool>& cancelled)> reassemble;
  // Called with the outcome of every reload, on the writer's thread.
  std::function<void(const Expected<void>& outcome)> on_reload;
  // Called if a second after the signal to stop the disk has not let the agent save its state: what it does then is to
  // end the process. What was read since the last checkpoint is read again after the next start.
  std::function<void()> on_stop_overdue = [] {};
  // After the signal to stop: read on and serve until a page with all that there is was sent, but at most this long. A
  // second signal ends that.
  Duration linger{};
  // Stop once nothing was read for this long: for services that end.
  std::optional<Duration> until_idle;
  // The files of the configuration, which `reassemble` brings up to date: a reload begins once one has changed. Null:
  // reloads begin by reload() only.
  ConfigFiles* watched = nullptr;
  // What a service manager is told, on the writer's thread: "READY=1" and the others of sd_notify(3); "WATCHDOG=1" at
  // least every `alive_interval`, unless the writer hangs.
  std::function<void(const std::string& state)> notify = [](const std::string&) {};
  Duration alive_interval = std::chrono::seconds(10);
};

class RunLoop final : public SnapshotSource {
 public:
  // `store` may be null. All references must outlive the loop. Restores the checkpoint that `store` found.
  RunLoop(Assembly assembly, FileSystem& files, const Clock& clock, CheckpointStore* store, RunLoopOptions options);
  ~RunLoop() override;

  // Returns after SIGTERM or SIGINT (or stop()), or once idle, when the remaining data has been read and saved. The
  // error is that of the last checkpoint.
  Expected<void> run();
  // Any thread. The first call may linger, a second one ends that.
  void stop();
  // A page of a snapshot that was taken at this time has been sent. Any thread.
  void page_sent(TimePoint taken);

  std::shared_ptr<const Snapshot> latest() const override { return committer_.latest(); }
  void request(std::function<void(std::shared_ptr<const Snapshot>)> done) override;
  void reload(std::function<void(Expected<void>)> done) override;

 private:
  static constexpr Budget kStepBudget{1 << 20};
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
  void end_when_idle();
  void end_input();
  void begin_stop();
  void linger();
  void note_last_page(const Snapshot& snapshot);
  void begin_shutdown();
  void finish_shutdown();
  void say_alive();
  // `saved`: when the state that it speaks of was.
  void use_report(const StateReport& report, TimePoint saved);
  void log_sources();
  void log_status();
  void log_end() const;
  void log_status_if_due();
  void log_notes();

  FileSystem& files_;
  const Clock& clock_;
  RunLoopOptions options_;
  boost::asio::io_context context_;
  BackgroundThread background_;
  std::unique_ptr<Pipeline> pipeline_;
  Committer committer_;

  boost::asio::steady_timer poll_timer_;
  boost::asio::steady_timer discovery_timer_;
  boost::asio::steady_timer linger_timer_;
  boost::asio::steady_timer alive_timer_;
  DirectoryWatch watch_;
  boost::asio::thread_pool disk_;      // writes checkpoints
  boost::asio::thread_pool reloader_;  // reads configurations
  std::atomic<bool> reload_cancelled_ = false;
  std::optional<ConfigWatch> config_watch_;

  std::vector<Done> asked_;       // nothing was read for them yet
  std::vector<Done> waiting_;     // answered by the next commit
  std::vector<Done> committing_;  // answered by the running one
  std::vector<std::function<void(Expected<void>)>> reload_waiting_;
  std::vector<std::function<void(Expected<void>)>> reloading_;  // empty: no reload is running
  bool saving_ = false;
  bool stopping_ = false;
  bool lingering_ = false;
  bool input_ended_ = false;
  InputProgress progress_;              // of interest only while lingering or if the loop ends when idle
  std::optional<TimePoint> last_page_;  // lingering: the first snapshot that shows all there is
  bool discover_ = true;
  DiscoveryCost discovery_cost_;
  MonotonicTime last_commit_{};
  MonotonicTime next_poll_{};
  std::optional<Expected<void>> outcome_;
  StatusLog log_;
  RepeatedNotes notes_;
  MonotonicTime logged_status_{};
  MonotonicTime minute_{};         // when that was done which is done once a minute
  std::set<std::string> resumed_;  // sources that go on where saved state says
  TimePoint saved_ = kNoTime;      // when that was
};

}  // namespace leeway
