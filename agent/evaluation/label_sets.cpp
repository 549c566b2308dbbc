#include "agent/evaluation/label_sets.h"

#include <algorithm>
#include <functional>

namespace leeway::evaluation {
namespace {

auto find_place(LabelSet& labels, std::string_view name) {
  return std::lower_bound(labels.begin(), labels.end(), name,
                          [](const auto& label, std::string_view wanted) { return label.first < wanted; });
}

}  // namespace

std::string_view label_value(const LabelSet& labels, std::string_view name) {
  const auto found =
      std::find_if(labels.begin(), labels.end(), [name](const auto& label) { return label.first == name; });
  return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void set_label(LabelSet& labels, std::string_view name, std::string_view value) {
  const auto at = find_place(labels, name);
  const bool held = at != labels.end() && at->first == name;
  if (value.empty()) {
    if (held) {
      labels.erase(at);
    }
  } else if (held) {
    at->second = value;
  } else {
    labels.emplace(at, name, value);
  }
}

std::size_t LabelSets::Hash::operator()(const LabelSet& labels) const {
  constexpr std::size_t kFactor = 0x9E37'79B9'7F4A'7C15U;
  std::size_t hash = labels.size();
  for (const auto& [name, value] : labels) {
    hash = (hash ^ std::hash<std::string>()(name)) * kFactor;
    hash = (hash ^ std::hash<std::string>()(value)) * kFactor;
  }
  return hash;
}

Labels LabelSets::intern(LabelSet labels) { return &*sets_.insert(std::move(labels)).first; }

Labels LabelSets::without_name(Labels labels) { return grouped(labels, {}, false); }

Labels LabelSets::grouped(Labels labels, const std::vector<std::string>& names, bool keeps) {
  std::string what = keeps ? "+" : "-";
  for (const std::string& name : names) {
    what.append(name).append(",");
  }
  const auto [known, added] = grouped_[what].try_emplace(labels);
  if (!added) {
    return known->second;
  }
  LabelSet kept;
  for (const auto& label : *labels) {
    if (keeps ? contains(names, label.first) : label.first != kMetricName && !contains(names, label.first)) {
      kept.push_back(label);
    }
  }
  return known->second = intern(std::move(kept));
}

}  // namespace leeway::evaluation
