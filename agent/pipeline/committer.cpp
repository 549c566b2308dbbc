#include "agent/pipeline/committer.h"

namespace leeway {

Committer::Committer(const Clock& clock, CheckpointStore* store) : clock_(clock), store_(store) {
  status_.enabled = store != nullptr;
  if (store != nullptr && store->loaded().checkpoint) {
    status_.generation = store->loaded().checkpoint->generation;
  }
}

Commit Committer::prepare(Pipeline& pipeline) {
  Commit commit;
  commit.started = clock_.monotonic();
  SnapshotBuilder builder(clock_.wall(), labels_);
  pipeline.collect(builder);
  builder.status().checkpoint = status_;
  commit.snapshot = builder.build();
  if (store_ != nullptr && pipeline.dirty()) {
    commit.checkpoint = pipeline.save();
  }
  pipeline.mark_clean();
  return commit;
}

Expected<void> Committer::write(Commit& commit) {
  if (!commit.checkpoint) {
    return {};
  }
  return store_->save(std::move(*commit.checkpoint));
}

void Committer::publish(Pipeline& pipeline, Commit commit, const Expected<void>& written) {
  std::shared_ptr<const Snapshot> shown = std::move(commit.snapshot);
  if (!written) {
    pipeline.mark_dirty();
    ++status_.failures;
    status_.last_error = written.error().to_string();
  } else if (commit.checkpoint) {
    status_.last_success = clock_.wall();
    status_.last_duration = clock_.monotonic() - commit.started;
    status_.bytes = store_->size_bytes();
    ++status_.generation;
    status_.last_error.clear();
  }
  const std::lock_guard lock(mutex_);
  const bool hold_back = !written && latest_ != nullptr;
  latest_ = with_checkpoint_status(hold_back ? latest_ : std::move(shown), status_);
}

std::shared_ptr<const Snapshot> Committer::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

}  // namespace leeway
