// The description of a metric, without its values: the entry of the catalogue, the head of a family in the exposition.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leeway {

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram, kInfo };
// "counter", "gauge", "histogram", "info".
std::string_view to_string(MetricType type);

struct MetricDesc {
  std::string name;  // as in text 0.0.4: counters end in _total, infos in _info
  MetricType type = MetricType::kGauge;
  std::string help;
  std::vector<std::string> label_names;
  std::vector<double> buckets;  // upper bounds, ascending, without +Inf; histograms only
};

}  // namespace leeway
