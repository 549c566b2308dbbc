#include "agent/metrics/snapshot.h"

#include <algorithm>
#include <utility>

namespace leeway {

SnapshotBuilder::SnapshotBuilder(TimePoint taken, LabelPool& pool)
    : pool_(pool), snapshot_(std::make_shared<Snapshot>()) {
  snapshot_->taken_ = taken;
}

SnapshotBuilder::SnapshotBuilder(TimePoint taken) : SnapshotBuilder(taken, own_pool_) {}

MetricFamily& SnapshotBuilder::family(const MetricDesc& desc) {
  std::deque<MetricFamily>& families = snapshot_->families_;
  // Monitors request a family once per collection, and there are tens of families: a search is cheap.
  const auto found = std::find_if(families.begin(), families.end(),
                                  [&desc](const MetricFamily& family) { return family.desc.name == desc.name; });
  return found == families.end() ? families.emplace_back(MetricFamily{desc, false, {}}) : *found;
}

void SnapshotBuilder::keep(const LabelStore* store) {
  kept_ = store;
  std::vector<std::shared_ptr<const LabelStore>>& stores = snapshot_->stores_;
  // One per table of series: tens, and a table adds all of its series in a row.
  if (std::none_of(stores.begin(), stores.end(), [store](const auto& kept) { return kept.get() == store; })) {
    stores.push_back(store->shared_from_this());
  }
}

void SnapshotBuilder::add(MetricFamily& family, SeriesLabels labels, double value, TimePoint created) {
  if (labels.store() != nullptr && labels.store() != kept_) {
    keep(labels.store());
  }
  Sample& sample = family.samples.emplace_back();
  sample.labels = labels;
  sample.created = created_ ? created : kNoTime;
  sample.value = value;
  ++samples_;
}

void SnapshotBuilder::add_histogram(MetricFamily& family, SeriesLabels labels, std::span<const std::uint64_t> buckets,
                                    double sum, TimePoint created) {
  add(family, labels, 0, created);
  family.samples.back().buckets = snapshot_->arena_.copy(buckets);
  family.samples.back().sum = sum;
}

std::shared_ptr<const Snapshot> SnapshotBuilder::build() {
  pool_.end_snapshot();
  kept_ = nullptr;
  return std::exchange(snapshot_, std::make_shared<Snapshot>());
}

std::shared_ptr<const Snapshot> with_checkpoint_status(const std::shared_ptr<const Snapshot>& base,
                                                       const CheckpointStatus& checkpoint) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->status_ = base->status_;
  snapshot->status_.checkpoint = checkpoint;
  snapshot->taken_ = base->taken_;
  snapshot->base_ = base->base_ ? base->base_ : base;
  return snapshot;
}

}  // namespace leeway
