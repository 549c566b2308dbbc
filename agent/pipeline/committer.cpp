#include "agent/pipeline/committer.h"

#include <xxhash.h>

#include "agent/pipeline/state_report.h"

namespace leeway {
namespace {

std::uint64_t hash_of(const Checkpoint& checkpoint) {
  std::uint64_t hash = 0;
  for (const CheckpointSection& section : checkpoint.sections) {
    hash = XXH3_64bits_withSeed(section.kind.data(), section.kind.size(), hash);
    hash = XXH3_64bits_withSeed(section.name.data(), section.name.size(), hash ^ section.definition);
    hash = XXH3_64bits_withSeed(section.bytes.data(), section.bytes.size(), hash ^ section.version);
  }
  return hash;
}

}  // namespace

Committer::Committer(const Clock& clock, CheckpointStore* store) : clock_(clock), store_(store) {
  status_.enabled = store != nullptr;
  for (const std::string_view reason : kDiscardReasons) {
    status_.discarded.emplace(reason, 0);
  }
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
  if (store_ != nullptr) {
    Checkpoint checkpoint = pipeline.save();
    commit.content = hash_of(checkpoint);
    if (commit.content != written_) {
      commit.checkpoint = std::move(checkpoint);
    }
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
    written_ = commit.content;
  }
  const std::lock_guard lock(mutex_);
  const bool hold_back = !written && latest_ != nullptr;
  latest_ = with_checkpoint_status(hold_back ? latest_ : std::move(shown), status_);
}

void Committer::count_discarded(const ReasonCounts& discarded) { add_counts(status_.discarded, discarded); }

std::shared_ptr<const Snapshot> Committer::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

}  // namespace leeway
