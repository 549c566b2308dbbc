// A streaming computation over the records of one source, or of several: a counter, an SLO, a drift score. One object
// per configuration entry. Built by agent/monitors/builtin, driven only by the pipeline, on the writer's thread.
#pragma once

#include <string>
#include <vector>

#include "agent/core/background.h"
#include "agent/core/expected.h"
#include "agent/core/record_batch.h"
#include "agent/core/state_io.h"
#include "agent/core/status.h"

namespace leeway {

class Catalog;
class MetricCatalog;
class SnapshotBuilder;

// Of the records of several files in an agent that reads them while they are written.
inline constexpr Duration kLiveDisorder = std::chrono::seconds(1);

class Monitor {
 public:
  virtual ~Monitor() = default;

  // Sees each record of its sources exactly once, those of a source in the order of its file; batch.input() says which
  // source it is. Must not allocate per record, throw or block. Afterwards the batch is invalid: keep no view of it. It
  // has no records where it only begins or ends a version of a file.
  virtual void observe(const RecordBatch& batch) = 0;

  // The event clock of a source is at `now`: closes windows and hides idle series. Called after observe() and while
  // the source is silent. That of one source never goes back, but may be behind that of another; the latest counts.
  virtual void advance(TimePoint now) = 0;

  // How far records may be out of order, in addition to what is out of order within their files, without a difference:
  // files that were there before are read so. Duration::max() if the order makes none.
  virtual Duration tolerated_disorder() const { return Duration::max(); }

  // For a replay, which reads all sources to their ends, before the first observe(): records of several sources wait
  // from now on until complete() says that those of the others are there, and the clock is that of all sources. False
  // if the order of the records of its sources does not matter, and always for a monitor of one source: nothing waits
  // then.
  virtual bool merge_sources() { return false; }
  // All records before `time` of all sources were given to observe(). Only after merge_sources(), before advance().
  virtual void complete(TimePoint /*time*/) {}

  // Where it runs slow computations, which outlives it. Called once, before load() and observe(); most do not use it.
  virtual void set_background(Background& /*background*/) {}
  // Takes over what was computed in the background. Called when there may be more, between batches. Returns whether
  // its values changed.
  virtual bool settle() { return false; }
  // Whether it keeps as many records as it may for a computation in the background. Until settle() has changed that,
  // its source is not read further if it can be read later: what monitors see must not depend on how fast a thread is.
  virtual bool is_full() const { return false; }

  // The shortest time of which it has values, ending with the latest record; zero: there is none.
  virtual Duration shortest_window() const { return {}; }

  // All state from observe() and advance(). load() is called at most once, before the first observe(), with a reader
  // that knows the version of what was saved, at most state_version(): grows when the encoding of this kind of monitor
  // changes, and load() still reads the earlier ones. After an error the monitor is as it was before the call.
  virtual std::uint32_t state_version() const { return 1; }
  virtual void save(StateWriter& out) const = 0;
  virtual Expected<void> load(StateReader& in) = 0;

  // Declares every metric that it can export, whether or not it has data yet.
  virtual void describe(MetricCatalog& catalog) const = 0;
  // Adds its recording rules, alerts (with their tests and runbook entries) and panels, once the metrics of all
  // monitors and the settings are in the catalogue.
  virtual void declare(Catalog& catalog) const = 0;
  // Copies its current values. Families and label names are those of describe().
  virtual void collect(SnapshotBuilder& out) const = 0;
  // Appends an entry: what it holds, its limit, overflow, skipped records. The pipeline counts the series that
  // collect() shows. Further entries are of what has a limit of its own.
  virtual void report(std::vector<MetricStatus>& out) const = 0;
  // What an operator should know of its settings, as the records show: each once, for the log and `check`.
  virtual std::vector<std::string> take_notes() { return {}; }
  // Whether it may have notes on the data files of its source: `check` then reads some of them.
  virtual bool wants_sample() const { return false; }
  // What collects and reports by itself: the monitor, or those that it consists of.
  virtual std::vector<const Monitor*> parts() const { return {this}; }
};

}  // namespace leeway
