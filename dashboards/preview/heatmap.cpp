// The buckets of a histogram over time: the darker, the more.
#include <algorithm>
#include <array>
#include <cmath>

#include "agent/core/html_text.h"
#include "agent/evaluation/quantile.h"
#include "dashboards/preview/axis.h"
#include "dashboards/preview/panel_view.h"
#include "dashboards/preview/value_text.h"

namespace leeway::preview {
namespace {

constexpr std::size_t kShades = 8;

struct BucketRow {
  double bound = 0;
  const PreviewSeries* series = nullptr;
};

// Ascending; without series that are no buckets.
std::vector<BucketRow> bucket_rows(const PanelData& data) {
  std::vector<BucketRow> rows;
  for (const PreviewSeries& series : data.series) {
    BucketRow row{0, &series};
    const std::string_view le = series.labels == nullptr ? "" : evaluation::label_value(*series.labels, "le");
    if (evaluation::read_bound(le, row.bound)) {
      rows.push_back(row);
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const BucketRow& a, const BucketRow& b) { return a.bound < b.bound; });
  return rows;
}

// What is in the bucket alone: they are cumulative.
double cell(const std::vector<BucketRow>& rows, std::size_t row, std::size_t step) {
  const double value = rows[row].series->values[step];
  const double below = row == 0 ? 0 : rows[row - 1].series->values[step];
  const bool known = evaluation::is_sample(value) && evaluation::is_sample(below) && std::isfinite(value - below);
  return known ? std::max(0.0, value - below) : 0;
}

}  // namespace

std::string heatmap(const Panel& panel, const PanelData& data) {
  const std::vector<BucketRow> rows = bucket_rows(data);
  if (rows.empty()) {
    return "<p class=\"reason\">Not drawn: the series are no buckets.</p>";
  }
  const std::size_t steps = data.range.steps();
  double most = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t step = 0; step < steps; ++step) {
      most = std::max(most, cell(rows, row, step));
    }
  }
  const double width = kChartWidth / static_cast<double>(steps);
  const double height = kChartHeight / static_cast<double>(rows.size());
  std::array<std::string, kShades> paths;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t step = 0; step < steps; ++step) {
      const double value = cell(rows, row, step);
      if (value <= 1e-9) {
        continue;
      }
      const auto shade = static_cast<std::size_t>(std::lround(std::sqrt(value / most) * (kShades - 1)));
      paths[shade] += "M" + fixed_text(static_cast<double>(step) * width, 1) + "," +
                      fixed_text(kChartHeight - static_cast<double>(row + 1) * height, 1) + "h" + fixed_text(width, 1) +
                      "v" + fixed_text(height, 1) + "h-" + fixed_text(width, 1) + "z";
    }
  }
  const TimeAxis times = time_axis(data.range.start, data.range.end);
  std::string svg = "<svg viewBox=\"0 0 1000 300\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"" +
                    escape_html(panel.title) + "\">" + grid_lines(times);
  for (std::size_t shade = 0; shade < kShades; ++shade) {
    const double upper = std::pow((static_cast<double>(shade) + 0.5) / (kShades - 1), 2) * most;
    if (!paths[shade].empty()) {
      svg += "<path class=\"cell\" style=\"fill-opacity:" +
             fixed_text(0.2 + 0.8 * static_cast<double>(shade) / (kShades - 1), 2) + "\" d=\"" + paths[shade] +
             "\"><title>up to " + escape_html(value_text(std::min(upper, most), PanelUnit::kPerSecond, {})) +
             "</title></path>";
    }
  }
  // As many bounds as have room.
  const std::size_t stride = (rows.size() + 7) / 8;
  std::string marks = "<div class=\"y\">";
  for (std::size_t row = 0; row < rows.size(); row += stride) {
    const double top = 100 * (1 - (static_cast<double>(row) + 1) / static_cast<double>(rows.size()));
    marks += "<span style=\"top:" + fixed_text(top, 2) + "%\">" +
             escape_html(value_text(rows[row].bound, panel.unit, panel.decimals)) + "</span>";
  }
  return "<div class=\"chart\">" + marks + "</div><div class=\"plot\">" + svg + "</svg></div>" + time_marks(times) +
         "</div><ul class=\"legend\"><li><i style=\"background:var(--cell)\"></i>at most <b>" +
         escape_html(value_text(most, PanelUnit::kPerSecond, {})) + "</b> in a cell</li></ul>";
}

}  // namespace leeway::preview
