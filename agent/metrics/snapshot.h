// All metric values at one committed instant: immutable, self-contained, shared by the writer and the exporters'
// threads. Monitors fill a SnapshotBuilder; exporters/prometheus renders the Snapshot.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

#include "agent/core/arena.h"
#include "agent/core/clock.h"
#include "agent/core/status.h"
#include "agent/metrics/label_pool.h"
#include "agent/metrics/metric_desc.h"
#include "agent/metrics/series_labels.h"

namespace leeway {

struct Sample {
  SeriesLabels labels;
  TimePoint created = kNoTime;  // when a counter or histogram began to count; kNoTime for gauges
  double value = 0;             // counters, gauges, infos (1)
  // Histograms: observations per bucket, not cumulative, the last one beyond the highest bound; and their sum.
  std::span<const std::uint64_t> buckets;
  double sum = 0;
};

struct MetricFamily {
  MetricDesc desc;
  bool without_sum = false;  // histograms with negative values: their sum is not for exporters
  std::vector<Sample> samples;
};

class Snapshot {
 public:
  Snapshot() = default;
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // Names are unique; in the order in which they were first added.
  const std::deque<MetricFamily>& families() const { return base_ ? base_->families() : families_; }
  const AgentStatus& status() const { return status_; }
  // When the writer took it.
  TimePoint taken() const { return taken_; }

 private:
  friend class SnapshotBuilder;
  friend std::shared_ptr<const Snapshot> with_checkpoint_status(const std::shared_ptr<const Snapshot>& base,
                                                                const CheckpointStatus& checkpoint);
  std::shared_ptr<const Snapshot> base_;  // the owner of the families, if set
  std::deque<MetricFamily> families_;
  Arena arena_;                                            // of buckets
  std::vector<std::shared_ptr<const LabelStore>> stores_;  // of all labels
  AgentStatus status_;
  TimePoint taken_{};
};

// Single-threaded. A handle of family() stays valid until build().
class SnapshotBuilder {
 public:
  // Labels given as pairs are interned in `pool`, which must outlive the builder, or in its own pool.
  SnapshotBuilder(TimePoint taken, LabelPool& pool);
  explicit SnapshotBuilder(TimePoint taken);
  SnapshotBuilder(const SnapshotBuilder&) = delete;
  SnapshotBuilder& operator=(const SnapshotBuilder&) = delete;

  // The family of that name, made at the first call. All callers must give an equal desc (MetricCatalog ensures this).
  MetricFamily& family(const MetricDesc& desc);
  // Labels for add(), of names and values that need not live longer than the call.
  SeriesLabels labels(std::span<const Label> pairs) { return pool_.intern(pairs); }
  SeriesLabels labels(std::initializer_list<Label> pairs) { return labels(std::span(pairs.begin(), pairs.size())); }
  // Adds a sample; `labels` is shared with the snapshot.
  void add(MetricFamily& family, SeriesLabels labels, double value, TimePoint created = kNoTime);
  // `buckets` (one more than desc.buckets) is copied.
  void add_histogram(MetricFamily& family, SeriesLabels labels, std::span<const std::uint64_t> buckets, double sum,
                     TimePoint created);
  // How many samples were added.
  std::size_t samples() const { return samples_; }
  // What is added from now on has no time of creation.
  void leave_out_created() { created_ = false; }
  AgentStatus& status() { return snapshot_->status_; }

  // The builder is empty afterwards.
  std::shared_ptr<const Snapshot> build();

 private:
  void keep(const LabelStore* store);

  LabelPool own_pool_;
  LabelPool& pool_;
  std::shared_ptr<Snapshot> snapshot_;
  const LabelStore* kept_ = nullptr;  // the last one
  std::size_t samples_ = 0;
  bool created_ = true;
};

// The same values with another status of the checkpoint: shown after a checkpoint succeeded or failed.
std::shared_ptr<const Snapshot> with_checkpoint_status(const std::shared_ptr<const Snapshot>& base,
                                                       const CheckpointStatus& checkpoint);

}  // namespace leeway
