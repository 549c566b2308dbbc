// Output commit: exporters may show only what a checkpoint already holds. A commit takes the state and the snapshot of
// one instant (prepare), writes the state if it is not the one that was written last (write), and only then lets the
// snapshot be seen (publish).
// Used by the run loop, which writes on a worker thread, and by `replay`, which writes in place.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "agent/core/clock.h"
#include "agent/core/exporter.h"
#include "agent/metrics/label_pool.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/checkpoint_store.h"
#include "agent/pipeline/pipeline.h"

namespace leeway {

struct Commit {
  std::optional<Checkpoint> checkpoint;  // none if it would be equal to the last one, or no state is kept
  std::uint64_t content = 0;             // hash of its sections
  std::shared_ptr<const Snapshot> snapshot;
  MonotonicTime started{};
};

class Committer {
 public:
  // `store` may be null: then no state is kept and every snapshot may be seen immediately.
  Committer(const Clock& clock, CheckpointStore* store);

  // Writer's thread, one commit at a time: prepare, write, publish.
  Commit prepare(Pipeline& pipeline);
  // The slow part; touches neither pipeline nor snapshots and may run on another thread.
  Expected<void> write(Commit& commit);
  // After a failed write the last snapshot stays, with the failure in its checkpoint status, and the pipeline is dirty
  // again, so that the next commit writes even if nothing more was read.
  void publish(Pipeline& pipeline, Commit commit, const Expected<void>& written);

  // State that was found and not used; shown by the next snapshot.
  void count_discarded(const ReasonCounts& discarded);

  // Any thread; never null after the first publish().
  std::shared_ptr<const Snapshot> latest() const;
  const CheckpointStatus& status() const { return status_; }

 private:
  const Clock& clock_;
  CheckpointStore* store_;
  CheckpointStatus status_;
  std::optional<std::uint64_t> written_;  // content of the last checkpoint
  LabelPool labels_;                      // of all snapshots
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> latest_;  // guarded by mutex_
};

}  // namespace leeway
