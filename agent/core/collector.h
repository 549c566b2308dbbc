// An input: turns external bytes into RecordBatches. One object per configured source.
// Built by collectors/builtin, driven only by the pipeline, on the writer's thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/record_batch.h"
#include "agent/core/state_io.h"
#include "agent/core/status.h"

namespace leeway {

struct Budget {
  std::size_t bytes = 1 << 20;
  TimePoint until = TimePoint::max();  // later records wait, in a collector that keeps an order
};

// How records that were there before they are read are put in the order of their times, where several files hold them.
struct ReadOrder {
  Duration slack{};           // the records of one file may be so far ahead of the next ones of another
  Duration allowed_future{};  // a time that is further ahead of the wall clock says nothing
};

enum class PollState : std::uint8_t {
  kMore,  // call again without waiting
  kIdle,  // everything available was read
  // The next records are being prepared on another thread, or are later than Budget::until: call again when woken, or
  // later. Never returned by finish().
  kWaiting,
};

class Collector {
 public:
  virtual ~Collector() = default;

  // Reads the next records into `out` (which it resets first), at most about `budget.bytes` of them, and moves its
  // position past them: once poll() returns, the records belong to the caller and count as applied. Never blocks on
  // anything but a regular file, never sleeps, has no clock. `out` may be empty with kMore (a file was switched).
  // An error concerns this call only (an unreadable directory, say); the pipeline counts it and calls again later.
  virtual Expected<PollState> poll(Budget budget, RecordBatch& out) = 0;

  // Like poll(), once that is idle and the input is no longer written (a replay): a last line without its newline is a
  // record too. Not followed by poll().
  virtual Expected<PollState> finish(Budget budget, RecordBatch& out) = 0;

  // The wall time, set before each discover(): for ages of files, and to tell which times of records are in the future,
  // never for times of records. Most do not use it.
  virtual void set_time(TimePoint /*wall*/) {}

  // The monotonic time, set before each discover() and poll(): waits are measured in it.
  virtual void set_monotonic_time(MonotonicTime /*now*/) {}

  // Takes over the files that the collector of the same source had open before a reload, after load() and before the
  // first poll(): a file that was deleted or moved away can be reached in no other way.
  virtual void inherit_open_files(Collector& /*predecessor*/) {}

  // Sentences for the agent's log since the last call: doubts, and what was done about them.
  virtual std::vector<std::string> take_notes() { return {}; }

  // Leaves out the records after `until`, as if they were not in their files: they are neither returned nor counted (a
  // replay). A record without a time of its own is left out with the one before it in a log, and with its file in a
  // file that is read as a whole. Before the first poll().
  virtual void leave_out_after(TimePoint /*until*/) {}

  // Of the files that have something to read, the one whose records are furthest behind is read first, instead of each
  // in turn. Before the first poll(). Collectors that do not hold several files at a time ignore it.
  virtual void keep_order(const ReadOrder& /*order*/) {}

  // A time that the next record does not precede, if it keeps an order and knows that there is more; kNoTime while it
  // did not look at that.
  virtual std::optional<TimePoint> unread_from() const { return std::nullopt; }

  // Opens what another process may hold, such as a socket. After load() and inherit_open_files(), before the first
  // poll(). An error ends the start of the agent; at a reload, discover() tries again.
  virtual Expected<void> begin_receiving() { return {}; }

  // The agent is stopping: poll() still gives out what was received, but nothing more is received. For inputs that
  // cannot be read again.
  virtual void end_receiving() {}

  // The function to call, on any thread, once there is more after kWaiting, or after kIdle of an input that is no file.
  // Before the first poll(). Most collectors do not use it.
  virtual void set_wake(const std::function<void()>& /*wake*/) {}

  // Looks for new, rotated and vanished inputs. Called periodically and after a hint; not needed for open inputs.
  virtual Expected<void> discover() = 0;

  // Directories whose changes are worth a wake-up. A hint only: poll() finds everything without it.
  virtual std::vector<std::string> watch_directories() const = 0;

  // Position and loss counters, between polls only. load() continues exactly where save() was called, with all files;
  // on an error nothing of it is used: the collector is discarded, and a new one reads from the beginning.
  virtual void save(StateWriter& out) const = 0;
  virtual Expected<void> load(StateReader& in) = 0;

  // Fills its part: bytes, records, rejects, losses, files, lag. The pipeline fills late and future records.
  virtual void report(SourceStatus& out) const = 0;
};

}  // namespace leeway
