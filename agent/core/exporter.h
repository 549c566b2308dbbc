// An output: serves the last committed snapshot. Runs on its own threads and never touches a
// collector or a monitor.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/core/expected.h"

namespace leeway {

class Snapshot;

// The writer as an exporter sees it. All functions are safe to call from any thread.
class SnapshotSource {
 public:
  virtual ~SnapshotSource() = default;
  // The last committed snapshot; never null.
  virtual std::shared_ptr<const Snapshot> latest() const = 0;
  // Asks the writer to read and commit new records; `done` runs once, on any thread, with a committed snapshot, in the
  // order of commits. The writer may be waiting for a disk: whoever cannot wait takes latest().
  virtual void request(std::function<void(std::shared_ptr<const Snapshot>)> done) = 0;
  // Asks for a reload; `done` runs once with its outcome.
  virtual void reload(std::function<void(Expected<void>)> done) = 0;
};

class Exporter {
 public:
  virtual ~Exporter() = default;
  // Claims its resources (a port, say) and fails immediately if it cannot; then serves until stop().
  virtual Expected<void> start() = 0;
  // Returns when none of its threads is running. Idempotent.
  virtual void stop() = 0;
};

}  // namespace leeway
