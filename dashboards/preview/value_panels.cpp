// Panels without an axis: large numbers, gauges, tables.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "agent/core/html_text.h"
#include "dashboards/preview/colours.h"
#include "dashboards/preview/panel_view.h"
#include "dashboards/preview/value_text.h"

namespace leeway::preview {
namespace {

using evaluation::is_sample;
using evaluation::no_sample;

// The scale of a gauge ends at 1 for a ratio, otherwise above its value and its limits.
std::string gauge_bar(double value, const Panel& panel, const PanelLimits& limits, const std::string& colour) {
  double most = panel.unit == PanelUnit::kRatio ? 1 : std::max(1e-300, value);
  for (const PanelThreshold& limit : limits.steps) {
    most = panel.unit == PanelUnit::kRatio ? most : std::max(most, limit.value);
  }
  const double share = std::isfinite(value) ? std::clamp(value / most, 0.0, 1.0) : 0;
  return "<span class=\"gauge\"><span style=\"width:" + fixed_text(100 * share, 1) + "%;background:" + colour +
         "\"></span></span>";
}

struct Row {
  std::map<std::string, std::string> labels;
  std::map<std::size_t, double> values;  // by query
};

std::vector<Row> rows_of(const PanelData& data) {
  std::vector<Row> rows;
  std::map<std::map<std::string, std::string>, std::size_t> index;
  for (const PreviewSeries& series : data.series) {
    Row row;
    if (series.labels != nullptr) {
      row.labels.insert(series.labels->begin(), series.labels->end());
    }
    row.labels.erase(std::string(evaluation::kMetricName));
    const auto [at, added] = index.try_emplace(row.labels, rows.size());
    if (added) {
      rows.push_back(std::move(row));
    }
    rows[at->second].values[series.query] = last_value(series);
  }
  return rows;
}

}  // namespace

std::string left_out_text(std::size_t all, std::size_t most, const char* what) {
  return all <= most ? "" : "<p class=\"more\">" + std::to_string(all - most) + " more " + what + " not drawn.</p>";
}

double last_value(const PreviewSeries& series) {
  const auto found = std::find_if(series.values.rbegin(), series.values.rend(), is_sample);
  return found == series.values.rend() ? no_sample() : *found;
}

std::string big_values(const Panel& panel, const PanelData& data, const PanelLimits& limits) {
  std::string out = "<div class=\"values\">";
  for (std::size_t i = 0; i < std::min(data.series.size(), kMostSeries); ++i) {
    const double value = last_value(data.series[i]);
    const bool coloured = panel.kind == PanelKind::kGauge || !limits.steps.empty();
    const std::string colour = value_colour(value, limits, coloured ? "var(--good)" : "var(--text)");
    out += "<div class=\"value\"><strong style=\"color:" + colour + "\">" +
           escape_html(value_text(value, panel.unit, panel.decimals)) + "</strong>";
    if (panel.kind == PanelKind::kGauge) {
      out += gauge_bar(value, panel, limits, colour);
    }
    out += "<small>" + escape_html(data.series[i].legend) + "</small></div>";
  }
  return out + "</div>" + left_out_text(data.series.size(), kMostSeries, "values");
}

std::string table(const Panel& panel, const PanelData& data) {
  const std::vector<Row> rows = rows_of(data);
  std::set<std::string> labels;
  std::set<std::size_t> queries;
  for (const Row& row : rows) {
    for (const auto& [name, value] : row.labels) {
      labels.insert(name);
    }
    for (const auto& [query, value] : row.values) {
      queries.insert(query);
    }
  }
  std::string out = "<div class=\"scroll\"><table><thead><tr>";
  for (const std::string& name : labels) {
    out += "<th>" + escape_html(name) + "</th>";
  }
  for (const std::size_t query : queries) {
    out += queries.size() == 1 ? "<th>Value</th>" : "<th>Value " + std::to_string(query + 1) + "</th>";
  }
  out += "</tr></thead><tbody>";
  for (std::size_t i = 0; i < std::min(rows.size(), kMostRows); ++i) {
    out += "<tr>";
    for (const std::string& name : labels) {
      const auto found = rows[i].labels.find(name);
      out += "<td>" + (found == rows[i].labels.end() ? "" : escape_html(found->second)) + "</td>";
    }
    for (const std::size_t query : queries) {
      const auto found = rows[i].values.find(query);
      out += "<td class=\"number\">" +
             (found == rows[i].values.end() ? "" : escape_html(value_text(found->second, panel.unit, panel.decimals))) +
             "</td>";
    }
    out += "</tr>";
  }
  return out + "</tbody></table></div>" + left_out_text(rows.size(), kMostRows, "rows");
}

}  // namespace leeway::preview
