// The metrics that a kind of monitor exports under leeway_, one row each: the only place that defines such a
// metric. The monitor declares and fills them by name; its rules and panels look up their labels. Used by slo, drift,
// change and quality: the metric of a [[metric]] is described by the user.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "agent/metrics/metric_catalog.h"
#include "agent/metrics/metric_desc.h"

namespace leeway {

// Label names: rows point to arrays of static lifetime.
using LabelNames = std::span<const char* const>;

template <typename Settings>
struct MetricRow {
  const char* name;
  MetricType type;
  const char* help;
  LabelNames labels;
  bool (*exported)(const Settings&) = nullptr;  // whether a monitor with these settings exports it; nullptr: always
};

// The row with that name, which must exist.
template <typename Settings, std::size_t size>
MetricDesc desc_of(const std::array<MetricRow<Settings>, size>& table, std::string_view name) {
  const auto row = std::find_if(table.begin(), table.end(), [name](const auto& each) { return each.name == name; });
  return {row->name, row->type, row->help, {row->labels.begin(), row->labels.end()}, {}};
}

// Declares the metrics that a monitor with these settings exports, in the order of the table. All monitors of a kind
// share its families, and names under leeway_ are refused for others, so each of them can be added.
template <typename Settings, std::size_t size>
void describe_metrics(const std::array<MetricRow<Settings>, size>& table, const Settings& settings,
                      MetricCatalog& catalog) {
  for (const MetricRow<Settings>& row : table) {
    if (row.exported == nullptr || row.exported(settings)) {
      static_cast<void>(catalog.add(desc_of(table, row.name)));
    }
  }
}

}  // namespace leeway
