// Labels of series in expressions, each set once: equal sets have one address. Used by the evaluator and by what draws
// its results. Single-threaded.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace leeway::evaluation {

// Sorted by name; the name of the metric is the label __name__. No label is empty.
using LabelSet = std::vector<std::pair<std::string, std::string>>;
// Of LabelSets; as valid as the table.
using Labels = const LabelSet*;

inline constexpr std::string_view kMetricName = "__name__";

// "" where there is none.
std::string_view label_value(const LabelSet& labels, std::string_view name);
bool contains(const std::vector<std::string>& names, std::string_view name);
// Replaces or adds the label; removes it where `value` is empty.
void set_label(LabelSet& labels, std::string_view name, std::string_view value);

class LabelSets {
 public:
  // The one set that equals `labels`, which are sorted.
  Labels intern(LabelSet labels);
  Labels without_name(Labels labels);
  // Only those of `names` (`keeps`), or all but those and the name of the metric.
  Labels grouped(Labels labels, const std::vector<std::string>& names, bool keeps);

 private:
  struct Hash {
    std::size_t operator()(const LabelSet& labels) const;
  };
  std::unordered_set<LabelSet, Hash> sets_;
  std::unordered_map<std::string, std::unordered_map<Labels, Labels>> grouped_;  // by what is kept or left out
};

}  // namespace leeway::evaluation
