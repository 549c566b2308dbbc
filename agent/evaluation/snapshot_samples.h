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
  struct Key {
    std::string metric;
    std::uint64_t labels = 0;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string>()(key.metric) ^ (key.labels * 0x9E37'79B9'7F4A'7C15U);
    }
  };

  std::size_t series(const std::string& name, SeriesLabels labels, const std::string& le);
  // Of a histogram its buckets, the count and the sum, if it has one.
  std::vector<std::size_t> make_series(const MetricFamily& family, const Sample& sample);

  SampleStore& store_;
  RuleLabels target_;
  std::unordered_map<Key, std::vector<std::size_t>, Hash> known_;  // the series of a sample
};

}  // namespace leeway::evaluation
