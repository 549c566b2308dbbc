// Copies snapshots into a SampleStore, as a scrape would: with the labels of a target, histograms as _bucket, _sum and
// _count. Used by the preview of dashboards.
#pragma once

#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "agent/evaluation/sample_store.h"
#include "agent/metrics/rule.h"
#include "agent/metrics/snapshot.h"

namespace leeway::evaluation {

class SnapshotSamples {
 public:
  // `store` outlives this object. Where a metric has a label of the target itself, its own is called exported_NAME.
  SnapshotSamples(SampleStore& store, RuleLabels target) : store_(store), target_(std::move(target)) {}

  // At the instant that the store has begun.
  void add(const std::deque<MetricFamily>& families);
  void add(std::string_view metric, double value);

 private:
  // The series of a sample: of a histogram one for each bucket, the count and the sum.
  using SampleSeries = std::vector<std::size_t>;
  struct Known {
    std::uint64_t labels = 0;
    SampleSeries series{};
  };
  struct Family {
    std::vector<Known> in_order;                                // of the samples of the last snapshot with it
    std::unordered_map<std::uint64_t, SampleSeries> by_labels;  // of all
  };

  // That of the sample with this place in its family, which mostly has it in the next snapshot, too.
  const SampleSeries& series_of(Family& known, const MetricFamily& family, std::size_t place);
  std::size_t series(const std::string& name, SeriesLabels labels, const std::string& le);
  // Of a histogram its buckets, the count and the sum, if it has one.
  SampleSeries make_series(const MetricFamily& family, const Sample& sample);

  SampleStore& store_;
  RuleLabels target_;
  std::unordered_map<std::string, Family> known_;  // by the name of the metric
};

}  // namespace leeway::evaluation
