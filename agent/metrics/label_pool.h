// Labels by their pairs, so that a series keeps its labels from one snapshot to the next although callers name them
// again each time. Used by SnapshotBuilder. Single-threaded.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "agent/metrics/series_labels.h"

namespace leeway {

class LabelPool {
 public:
  LabelPool();

  // The same labels for equal pairs. In values, each byte that is not UTF-8 is replaced by U+FFFD.
  SeriesLabels intern(std::span<const Label> pairs);
  // Once more than half of the labels were not requested since the last call, the pool is rebuilt: labels in use are
  // created again, the others are dropped.
  void end_snapshot();

  std::size_t size() const { return sets_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::span<const Label> pairs) const;
    std::size_t operator()(const SeriesLabels& labels) const { return operator()(labels.pairs()); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const SeriesLabels& left, const SeriesLabels& right) const { return left.id() == right.id(); }
    bool operator()(std::span<const Label> pairs, const SeriesLabels& labels) const;
    bool operator()(const SeriesLabels& labels, std::span<const Label> pairs) const {
      return operator()(pairs, labels);
    }
  };

  // None where it does not exist.
  SeriesLabels find(std::span<const Label> pairs);
  std::string_view keep(std::string_view text);

  std::shared_ptr<LabelStore> store_;
  std::unordered_set<std::string_view> texts_;
  std::unordered_map<SeriesLabels, std::uint64_t, Hash, Equal> sets_;  // and the last snapshot that requested them
  std::uint64_t snapshot_ = 0;                                         // the number of the current one
  std::size_t used_ = 0;                                               // sets that it requested
};

}  // namespace leeway
