#include <algorithm>

#include "agent/core/html_text.h"
#include "exporters/page/page_parts.h"
#include "exporters/page/sections.h"

namespace leeway::page {
namespace {

constexpr std::size_t kMostSets = 20;    // of label values, of one window
constexpr std::size_t kMostValues = 10;  // of one set

std::string labels_text(const TopValues& top) {
  std::string text;
  for (const auto& [name, value] : top.labels) {
    text.append(text.empty() ? "" : ", ").append(escape_html(name)).append("=").append(escape_html(value));
  }
  return text.empty() ? "" : " <small>" + text + "</small>";
}

// "12 of 60", or "10 to 12 of 60" where the number is not known exactly.
std::string count_text(const TopValue& value, std::uint64_t records) {
  const std::string least = value.error == 0 ? "" : grouped(value.count - std::min(value.error, value.count)) + " to ";
  return least + grouped(value.count) + " of " + grouped(records);
}

}  // namespace

std::string top_section(const Snapshot& snapshot) {
  Table table("Most frequent values", {"Window", "Value", "Records"});
  for (const MetricStatus& metric : snapshot.status().metrics) {
    for (std::size_t i = 0; i < std::min(metric.top.size(), kMostSets); ++i) {
      const TopValues& top = metric.top[i];
      for (std::size_t rank = 0; rank < std::min(top.values.size(), kMostValues); ++rank) {
        table.row({escape_html(metric.name) + labels_text(top),
                   "<code>" + escape_html(top.values[rank].text) + "</code>",
                   count_text(top.values[rank], top.records)});
      }
    }
    if (metric.top.size() > kMostSets) {
      table.note("<b>" + escape_html(metric.name) + "</b> and " + grouped(metric.top.size() - kMostSets) +
                 " more sets of label values");
    }
  }
  return table.html();
}

}  // namespace leeway::page
