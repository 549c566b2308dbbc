#include "agent/metrics/metric_desc.h"

#include <array>
#include <span>

namespace leeway {
namespace {

constexpr std::array<std::string_view, 2> kCounterSuffixes = {"_total", "_created"};
constexpr std::array<std::string_view, 4> kHistogramSuffixes = {"_bucket", "_sum", "_count", "_created"};
constexpr std::array<std::string_view, 1> kInfoSuffixes = {"_info"};

std::span<const std::string_view> sample_suffixes(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return kCounterSuffixes;
    case MetricType::kHistogram:
      return kHistogramSuffixes;
    case MetricType::kInfo:
      return kInfoSuffixes;
    case MetricType::kGauge:
      break;
  }
  return {};
}

}  // namespace

std::string_view to_string(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
    case MetricType::kInfo:
      return "info";
  }
  return "gauge";
}

bool has_no_sum(const MetricDesc& desc) {
  return desc.type == MetricType::kHistogram && !desc.buckets.empty() && desc.buckets.front() < 0;
}

std::string_view family_name(const MetricDesc& desc) {
  std::string_view name = desc.name;
  const std::string_view suffix = desc.type == MetricType::kCounter ? "_total"
                                  : desc.type == MetricType::kInfo  ? "_info"
                                                                    : "";
  if (name.ends_with(suffix)) {
    name.remove_suffix(suffix.size());
  }
  return name;
}

std::vector<std::string> taken_names(const MetricDesc& desc) {
  const std::string family(family_name(desc));
  std::vector<std::string> names = {family};
  for (const std::string_view suffix : sample_suffixes(desc.type)) {
    names.push_back(family + std::string(suffix));
  }
  return names;
}

}  // namespace leeway
