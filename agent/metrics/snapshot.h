// All metric values at one committed instant: immutable, self-contained, shared by the writer and the exporters'
// threads. Monitors fill a SnapshotBuilder; exporters/prometheus renders the Snapshot.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/status.h"
#include "agent/metrics/metric_desc.h"

namespace leeway {

struct Sample {
  std::string_view labels;      // rendered and escaped, without braces: `code="200",method="GET"`; "" for none
  TimePoint created = kNoTime;  // when a counter or histogram began to count; kNoTime for gauges
  double value = 0;             // counters, gauges, infos (1)
  // Histograms: observations per bucket, not cumulative, the last one beyond the highest bound; and their sum.
  std::span<const std::uint64_t> buckets;
  double sum = 0;
};

struct MetricFamily {
  MetricDesc desc;
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
  std::shared_ptr<const Snapshot> base_;  // whose families these are, if set
  std::deque<MetricFamily> families_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  AgentStatus status_;
  TimePoint taken_{};
};

// Single-threaded. A handle of family() stays valid until build().
class SnapshotBuilder {
 public:
  explicit SnapshotBuilder(TimePoint taken);

  // The family of that name, made at the first call. All callers must give an equal desc (MetricCatalog sees to it).
  MetricFamily& family(const MetricDesc& desc);
  // Adds a sample; `labels` is copied.
  void add(MetricFamily& family, std::string_view labels, double value, TimePoint created = kNoTime);
  // `buckets` (one more than desc.buckets) is copied.
  void add_histogram(MetricFamily& family, std::string_view labels, std::span<const std::uint64_t> buckets, double sum,
                     TimePoint created);
  AgentStatus& status() { return snapshot_->status_; }

  // The builder is empty afterwards.
  std::shared_ptr<const Snapshot> build();

 private:
  char* allocate(std::size_t size, std::size_t alignment);

  std::shared_ptr<Snapshot> snapshot_;
  char* block_ = nullptr;
  std::size_t room_ = 0;
};

// The same values with another status of the checkpoint: what is shown after a checkpoint succeeded or failed.
std::shared_ptr<const Snapshot> with_checkpoint_status(const std::shared_ptr<const Snapshot>& base,
                                                       const CheckpointStatus& checkpoint);

// `name="value"` pairs joined by commas, escaped as the exposition formats ask (\\, \", \n). Names and values run in
// parallel. Values that are no valid UTF-8 have each bad byte replaced by U+FFFD.
std::string render_labels(std::span<const std::string> names, std::span<const std::string> values);

}  // namespace leeway
