#include "agent/panels/panel_parts.h"

#include <algorithm>

#include "agent/metrics/panel_unit.h"

namespace leeway {
namespace {

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

}  // namespace

std::string panel_title(std::string_view metric) {
  for (const std::string_view suffix : {"_total", "_timestamp_seconds", "_seconds", "_bytes", "_ratio", "_info"}) {
    if (metric.ends_with(suffix) && metric.size() > suffix.size()) {
      metric.remove_suffix(suffix.size());
    }
  }
  std::string title(metric);
  std::replace(title.begin(), title.end(), '_', ' ');
  return capitalized(std::move(title));
}

std::string title_of(const MetricDesc& desc, const Catalog& catalog) {
  constexpr std::size_t kLongest = 48;  // fits a panel of half the width
  if (!desc.title.empty()) {
    return desc.title;
  }
  const std::size_t end = desc.help.find(". ");
  std::string sentence = desc.help.substr(0, end);
  if (!sentence.empty() && sentence.back() == '.') {
    sentence.pop_back();
  }
  constexpr std::string_view kFlag = "1 if ";  // the panel says yes and no
  if (sentence.starts_with(kFlag)) {
    sentence = capitalized(sentence.substr(kFlag.size()));
  }
  // The panels of a histogram say more.
  const bool taken = std::any_of(catalog.panels.begin(), catalog.panels.end(),
                                 [&](const Panel& panel) { return panel.title.starts_with(sentence); });
  return taken || sentence.empty() || sentence.size() > kLongest ? panel_title(desc.name) : sentence;
}

bool is_money(PanelUnit unit) {
  return unit == PanelUnit::kDollars || unit == PanelUnit::kEuros || unit == PanelUnit::kPounds;
}

PanelUnit value_unit(const MetricDesc& desc) { return panel_unit(unit_of(desc)); }

PanelUnit rate_unit(const MetricDesc& desc) {
  if (is_money(value_unit(desc))) {
    return value_unit(desc);
  }
  if (unit_of(desc) == Unit::kBytes) {
    return PanelUnit::kBytesPerSecond;
  }
  if (unit_of(desc) == Unit::kSeconds) {
    return PanelUnit::kRatio;  // seconds per second: the share of time
  }
  return desc.name.find("requests") != std::string::npos ? PanelUnit::kRequestsPerSecond : PanelUnit::kPerSecond;
}

}  // namespace leeway
