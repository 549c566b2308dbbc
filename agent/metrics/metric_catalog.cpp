#include "agent/metrics/metric_catalog.h"

#include <algorithm>
#include <iterator>

namespace leeway {
namespace {

bool equal(const MetricDesc& left, const MetricDesc& right) {
  return left.name == right.name && left.type == right.type && left.help == right.help &&
         left.label_names == right.label_names && left.buckets == right.buckets;
}

std::vector<std::string> all_labels(const MetricDesc& known, const MetricDesc& desc) {
  std::vector<std::string> all = known.label_names;
  std::copy_if(desc.label_names.begin(), desc.label_names.end(), std::back_inserter(all), [&known](const auto& label) {
    return std::find(known.label_names.begin(), known.label_names.end(), label) == known.label_names.end();
  });
  return all;
}

std::string named(const MetricDesc& desc) { return std::string(to_string(desc.type)) + " '" + desc.name + "'"; }

// `name` is taken by both.
Error collision(const MetricDesc& desc, const MetricDesc& known, const std::string& name) {
  std::string message = named(desc) + " collides with " + named(known);
  if (family_name(desc) == family_name(known)) {
    message += ": without suffixes such as _total, both are the family '" + name + "'";
  } else {
    const MetricDesc& owner = family_name(known) == name ? desc : known;
    message += ": '" + name + "' is also a name of series of '" + owner.name + "'";
  }
  return {ErrorCode::kConfiguration,
          message + ", and OpenMetrics parsers refuse the whole page; expected another name for one of them"};
}

}  // namespace

Expected<void> MetricCatalog::add(MetricDesc desc) {
  if (const MetricDesc* const known = find(desc.name); known != nullptr) {
    if (desc.adds_labels && known->adds_labels) {
      desc.label_names = all_labels(*known, desc);
      metrics_[static_cast<std::size_t>(known - metrics_.data())].label_names = desc.label_names;
    }
    if (equal(*known, desc)) {
      return {};
    }
    return Error{ErrorCode::kConfiguration,
                 "metric '" + desc.name + "' is declared twice with a different type, help, labels or buckets"};
  }
  std::vector<std::string> names = taken_names(desc);
  for (const std::string& name : names) {
    if (const auto found = taken_.find(name); found != taken_.end()) {
      return collision(desc, metrics_[found->second], name);
    }
  }
  for (std::string& name : names) {
    taken_.emplace(std::move(name), metrics_.size());
  }
  metrics_.push_back(std::move(desc));
  return {};
}

const MetricDesc* MetricCatalog::find(std::string_view name) const {
  const auto found =
      std::find_if(metrics_.begin(), metrics_.end(), [name](const MetricDesc& desc) { return desc.name == name; });
  return found == metrics_.end() ? nullptr : &*found;
}

}  // namespace leeway
