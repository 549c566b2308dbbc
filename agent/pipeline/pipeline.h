// The only writer: polls the collectors, stamps times, lets the monitors observe, and makes a checkpoint or a snapshot
// of everything at one instant between two batches. `run`, `replay`, tests and benchmarks all drive this class; it has
// no threads, timers or files of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/collector.h"
#include "agent/core/file_system.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/assembly.h"
#include "agent/pipeline/checkpoint_store.h"
#include "agent/pipeline/event_clock.h"

namespace leeway {

struct PipelineOptions {
  // Records after this time are left out, as if they had not been written (replay).
  std::optional<TimePoint> until;
};

class Pipeline {
 public:
  // `files` and `clock` must outlive the pipeline.
  Pipeline(Assembly assembly, FileSystem& files, const Clock& clock, PipelineOptions options = {});

  // Takes over the sections of `checkpoint` whose component exists and has the same definition. Only before the first
  // step(). Returns a sentence for the log for each section that could not be used.
  std::vector<std::string> load(const Checkpoint& checkpoint);
  // After load() of what `predecessor` saved at a reload: what its collectors have open is theirs no more.
  void inherit_open_files(Pipeline& predecessor);
  // Positions and state at this instant.
  Checkpoint save() const;

  // `wake` is called, on any thread, once there is more after a step() that returned kWaiting. Only before the first
  // step(); the destructor waits for calls that are running.
  void set_wake(const std::function<void()>& wake);

  // Looks for new, rotated and vanished files in every source.
  void discover();
  // Reads about `budget` of every source once. kIdle if no source has more at this moment, kWaiting if none has more
  // but one is preparing some.
  PollState step(Budget budget);
  // After a step() that did not return kMore, if the sources are no longer written: reads versions of files to their
  // end and, with `unfinished_lines`, the unfinished last lines of logs.
  void finish(Budget budget, bool unfinished_lines);
  // Advances the event clocks of silent sources. After a step() that did not return kMore.
  void advance();

  // Fills families and status, except for the part about checkpoints.
  void collect(SnapshotBuilder& out) const;

  // Records were read since the last mark_clean(): saved state would differ.
  bool dirty() const { return dirty_; }
  void mark_clean() { dirty_ = false; }
  void mark_dirty() { dirty_ = true; }
  // Every source was read to its end at least once.
  bool caught_up() const;
  const AgentSettings& settings() const { return assembly_.settings; }
  const Catalog& catalog() const { return assembly_.catalog; }
  std::vector<std::string> watch_directories() const;
  std::vector<SourceStatus> source_status() const;
  // Errors of collectors since the last call, for the log; the same message is reported once until it changes.
  std::vector<std::string> take_errors();

 private:
  struct Source {
    AssembledSource* assembled;
    std::unique_ptr<Collector> collector;
    EventClock clock;
    bool caught_up = false;  // was read to its end at least once
    std::uint64_t poll_errors = 0;
    std::string last_error{};
  };

  PollState apply(Source& source, const Expected<PollState>& polled);
  void note_error(Source& source, const Error& error);
  void load_source(Source& source, const CheckpointSection& section, std::vector<std::string>& notes);
  SourceStatus status_of(const Source& source) const;

  Assembly assembly_;
  const Clock& clock_;
  std::vector<Source> sources_;
  RecordBatch batch_;
  bool dirty_ = false;
  std::vector<std::string> errors_;
};

}  // namespace leeway
