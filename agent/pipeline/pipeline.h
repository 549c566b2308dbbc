// The only writer: polls the collectors, stamps times, lets the monitors observe, and makes a checkpoint or a snapshot
// of everything at one instant between two batches. `run`, `replay`, tests and benchmarks all drive this class; it has
// no threads, timers or files of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/core/background.h"
#include "agent/core/clock.h"
#include "agent/core/collector.h"
#include "agent/core/file_system.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/assembly.h"
#include "agent/pipeline/checkpoint_store.h"
#include "agent/pipeline/event_clock.h"
#include "agent/pipeline/state_report.h"

namespace leeway {

struct PipelineOptions {
  // Records after this time are left out, as if they had not been written (replay).
  std::optional<TimePoint> until;
  // For slow computations of monitors; outlives the pipeline. Null: they run at once, and the writer waits.
  Background* background = nullptr;
};

class Pipeline {
 public:
  // `files` and `clock` must outlive the pipeline.
  Pipeline(Assembly assembly, FileSystem& files, const Clock& clock, PipelineOptions options = {});

  // Takes over the state in `checkpoint` of every component that exists and has the same definition. A component is
  // known by its source (the first, where it has several), its section and its name. Where a source starts from the
  // beginning, so do all monitors that read it, otherwise they would count its records twice. Only before the first
  // step().
  StateReport load(const Checkpoint& checkpoint);
  // After load() of what `predecessor` saved at a reload: what its collectors have open is theirs no more.
  void inherit_open_files(Pipeline& predecessor);
  // Positions and state at this instant. The state of a monitor that is too large to be loaded again is left out, with
  // a sentence in take_errors().
  Checkpoint save();

  // `wake` is called, on any thread, once there is more after a step() that returned kWaiting. Only before the first
  // step(); the destructor waits for calls that are running.
  void set_wake(const std::function<void()>& wake);

  // Opens sockets and other inputs that another process may hold. After load(), before the first step(). The error is
  // that of the first source that cannot be opened.
  Expected<void> begin_receiving();
  // Before the last steps: nothing more is received from streams.
  void end_receiving();
  // Looks for new, rotated and vanished files in every source.
  void discover();
  // Whether there are files now whose columns a monitor asked for when the configuration was read: true once for each.
  bool columns_appeared();
  // Reads about `budget` of every source once, or less where that would keep the writer longer than some tens of
  // milliseconds: the next step goes on. kIdle if no source has more at this moment, kWaiting if none has more but one
  // is preparing some.
  PollState step(Budget budget);
  // After a step() that did not return kMore, if the sources are no longer written: reads versions of files to their
  // end, streams likewise and, with `unfinished_lines`, the unfinished last lines of logs.
  void finish(Budget budget, bool unfinished_lines);
  // For a replay, instead of step() and finish(): a step of each source until everything was read. kMore until then.
  // Sources whose order matters to a monitor are read about equally far, also versions of files with lines of logs, and
  // the monitor gets their records in the order of event time.
  PollState step_to_end(Budget budget, bool unfinished_lines);
  // For `check`, instead of step(): gives the monitors records of each source that is no stream, until `enough` says so
  // of what was read of the source, or there are no more. `begin` is called in between, once all sources were looked at
  // for the first time. Returns the names of the sources that were read to their end.
  std::set<std::string> read_sample(const std::function<void()>& begin,
                                    const std::function<bool(const SourceStatus&)>& enough);
  // Advances the event clocks of silent sources. After a step() that did not return kMore.
  void advance();
  // Advances the event clocks of all sources that have records to `time` after the latest record, without another one:
  // for a test of what the agent then exports.
  void pass(Duration time);

  // Fills families and status, except for the part about checkpoints.
  void collect(SnapshotBuilder& out) const;

  // The next records that a monitor cannot use become the examples of the status.
  void renew_examples();

  // Records were read since the last mark_clean(): saved state would differ.
  bool dirty() const { return dirty_; }
  void mark_clean() { dirty_ = false; }
  void mark_dirty() { dirty_ = true; }
  // Every source was read to its end at least once.
  bool caught_up() const;
  const AgentSettings& settings() const { return assembly_.settings; }
  const Catalog& catalog() const { return assembly_.catalog; }
  const Assembly& assembly() const { return assembly_; }
  std::vector<std::string> watch_directories() const;
  std::vector<SourceStatus> source_status() const;
  // Errors of collectors since the last call, for the log; the same message is reported once until it changes.
  std::vector<std::string> take_errors();

 private:
  // Another source of a monitor whose results depend on the order of records.
  struct Beside {
    std::size_t source;
    Duration slack;  // the records of one may be so far ahead of those of the other
  };

  struct Source {
    AssembledSource* assembled;
    std::unique_ptr<Collector> collector;
    EventClock clock;
    bool caught_up = false;    // was read to its end at least once
    bool finishing = false;    // by step_to_end(): its last part is being read
    bool ended = false;        // likewise: everything was read
    Budget most = {SIZE_MAX};  // of a poll, by the time that its records took so far
    std::uint64_t poll_errors = 0;
    std::string last_error{};
    std::vector<Beside> beside{};  // whose records come in the order of their times with its own
  };

  // A monitor whose results depend on the order of the records of its sources.
  struct Merge {
    Monitor* monitor;
    std::vector<std::size_t> sources;
  };

  // From now on such monitors get records in order. Until then, and in an agent that runs, they get them as they come.
  void begin_merging();
  // The event time before which all records of the sources were read; TimePoint::max() once they were read to their
  // ends.
  TimePoint complete_before(const Merge& merge) const;
  // After a source was read further, or to its end.
  void complete_merges(const Source& source);
  // Whether another source is behind that has to be read first. Not true of the one that is most behind.
  bool must_wait(std::size_t source) const;
  void step_to_end(Source& source, Budget budget, bool unfinished_lines);
  bool has_rest(const Source& source, bool unfinished_lines) const;
  PollState poll(Source& source, Budget budget);
  // pipeline_order.cpp
  void find_beside();
  TimePoint may_read_until(const Source& source) const;
  bool sample(Source& source, const std::function<bool(const SourceStatus&)>& enough);
  PollState apply(Source& source, const Expected<PollState>& polled);
  void take_notes(Monitor& monitor);
  void take_notes(Source& source);
  void note_error(Source& source, const Error& error);
  void open(Source& source);
  // The names of the sources that start from the beginning.
  std::set<std::string> load_sources(const Checkpoint& checkpoint, StateReport& report);
  bool load_source(Source& source, const CheckpointSection& section, StateReport& report);
  void load_monitor(AssembledMonitor& entry, const CheckpointSection* section, const StateParts& parts,
                    const std::set<std::string>& afresh, StateReport& report);
  void add_section(Checkpoint& checkpoint, CheckpointSection section, StateParts& parts);
  SourceStatus status_of(const Source& source) const;

  Assembly assembly_;
  FileSystem& files_;
  const Clock& clock_;
  PipelineOptions options_;
  std::vector<Source> sources_;
  std::vector<Merge> merges_;  // of a replay
  bool merging_ = false;
  std::size_t next_source_ = 0;         // where the next step begins
  PollState state_ = PollState::kIdle;  // of the sources that this round has visited
  RecordBatch batch_;
  bool dirty_ = false;
  std::function<void()> wake_;
  std::set<std::string> left_out_;  // sections that were too large, as logged
  std::vector<std::string> errors_;
};

}  // namespace leeway
