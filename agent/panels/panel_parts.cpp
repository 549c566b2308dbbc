#include "agent/panels/panel_parts.h"

#include <algorithm>

#include "agent/metrics/panel_unit.h"

namespace leeway {

std::string panel_title(std::string_view metric) {
  for (const std::string_view suffix : {"_total", "_timestamp_seconds", "_seconds", "_bytes", "_ratio", "_info"}) {
    if (metric.ends_with(suffix) && metric.size() > suffix.size()) {
      metric.remove_suffix(suffix.size());
    }
  }
  std::string title(metric);
  std::replace(title.begin(), title.end(), '_', ' ');
  if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') {
    title[0] = static_cast<char>(title[0] - 'a' + 'A');
  }
  return title;
}

PanelUnit value_unit(const MetricDesc& desc) { return panel_unit(unit_of(desc)); }

PanelUnit rate_unit(const MetricDesc& desc) {
  if (unit_of(desc) == Unit::kBytes) {
    return PanelUnit::kBytesPerSecond;
  }
  if (unit_of(desc) == Unit::kSeconds) {
    return PanelUnit::kRatio;  // seconds per second: the share of time
  }
  return desc.name.find("requests") != std::string::npos ? PanelUnit::kRequestsPerSecond : PanelUnit::kPerSecond;
}

}  // namespace leeway
