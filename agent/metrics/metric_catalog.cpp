#include "agent/metrics/metric_catalog.h"

#include <algorithm>
#include <array>
#include <string>

namespace leeway {
namespace {

constexpr std::array<std::string_view, 3> kHistogramSuffixes{"_bucket", "_sum", "_count"};

bool equal(const MetricDesc& left, const MetricDesc& right) {
  return left.name == right.name && left.type == right.type && left.help == right.help &&
         left.label_names == right.label_names && left.buckets == right.buckets;
}

// Whether `name` is one of the sample names that `histogram` exports.
bool is_sample_of(std::string_view name, const MetricDesc& histogram) {
  return histogram.type == MetricType::kHistogram && name.starts_with(histogram.name) &&
         std::find(kHistogramSuffixes.begin(), kHistogramSuffixes.end(), name.substr(histogram.name.size())) !=
             kHistogramSuffixes.end();
}

Error collision(std::string_view name, std::string_view reason) {
  return {ErrorCode::kConfiguration, "metric '" + std::string(name) + "' " + std::string(reason)};
}

}  // namespace

Expected<void> MetricCatalog::add(MetricDesc desc) {
  for (const MetricDesc& known : metrics_) {
    if (known.name == desc.name) {
      if (equal(known, desc)) {
        return {};
      }
      return collision(desc.name, "is declared twice with a different type, help, labels or buckets");
    }
    if (is_sample_of(desc.name, known)) {
      return collision(desc.name, "has the name of a sample of histogram '" + known.name + "'");
    }
    if (is_sample_of(known.name, desc)) {
      return collision(known.name, "has the name of a sample of histogram '" + desc.name + "'");
    }
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
