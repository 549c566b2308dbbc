// Reads all sources of a configuration once, in the order of event time: the records up to a time, then those up to a
// later one, so that what an agent would have exported can be looked at in between. Used by the preview of dashboards.
// Like Pipeline without state, and without the wall clock for sources that are silent.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/file_system.h"
#include "agent/core/status.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/assembly.h"
#include "agent/pipeline/event_clock.h"

namespace leeway {

class TimedReplay {
 public:
  // `files` and `clock` outlive the replay. Sources that never end must not be in the assembly.
  TimedReplay(Assembly assembly, FileSystem& files, const Clock& clock);

  // The event time of the earliest record that was not read yet. No value at the end, or before records without a time.
  std::optional<TimePoint> next_record();
  // Whether everything was read.
  bool at_end();
  // Gives the monitors the records up to `time`, each source in the order of its files, and advances their clocks.
  // Records without a time of their own are taken as soon as they can be read; where no source has event time, files
  // that are read as a whole have the time of their last change.
  void read_until(TimePoint time);
  // As Pipeline::collect(), without the files of sources, of which there may be thousands.
  void collect(SnapshotBuilder& out);
  // Adds them to what it said of the sources.
  void add_files(AgentStatus& status) const;

  const Catalog& catalog() const { return assembly_.catalog; }
  // Names of sources whose records have no time of their own.
  std::vector<std::string> sources_without_time() const;
  // Errors and notes since the last call.
  std::vector<std::string> take_errors();

 private:
  struct Source {
    Source(AssembledSource& source, FileSystem& files);

    AssembledSource* assembled;
    std::unique_ptr<Collector> collector;
    EventClock clock;
    RecordBatch batch;       // as read
    bool loaded = false;     // there is something in `batch` that was not given to monitors
    Row next = 0;            // the first such row
    bool finishing = false;  // everything that poll() gives was read
    bool ended = false;
    std::uint64_t records = 0;  // given to monitors
    std::uint64_t errors = 0;
    std::optional<SourceStatus> reported;  // what the collector says since it was polled last, without files
  };

  void load(Source& source);
  TimePoint order_of(const Source& source, Row row) const;
  TimePoint first_order(const Source& source) const;
  void complete(TimePoint time);
  void deliver(Source& source, Row end);
  void observe(Source& source, RecordBatch& batch);
  void take_notes(Source& source);

  Assembly assembly_;
  const Clock& clock_;
  bool has_event_time_ = false;
  std::vector<std::unique_ptr<Source>> sources_;
  RecordBatch part_;
  std::vector<std::string> errors_;
};

}  // namespace leeway
