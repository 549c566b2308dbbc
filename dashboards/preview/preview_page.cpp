#include "dashboards/preview/preview_page.h"

#include <algorithm>
#include <array>

#include "agent/core/html_text.h"
#include "dashboards/dashboard_title.h"
#include "dashboards/preview/alert_list.h"
#include "dashboards/preview/page_style.h"
#include "dashboards/preview/panel_view.h"
#include "dashboards/preview/value_text.h"

namespace leeway::preview {
namespace {

constexpr std::array<DashboardKind, 3> kDashboards = {DashboardKind::kPack, DashboardKind::kSlo, DashboardKind::kAgent};
constexpr evaluation::Time kHeatmapStride = 4;  // steps of the page in one of a heatmap

std::string reason_text(const std::string& reason) { return "<p class=\"reason\">" + escape_html(reason) + "</p>"; }

std::string drawing_of(const Panel& panel, const PanelData& data, const Catalog& catalog) {
  const PanelLimits limits = limits_of(panel, catalog);
  switch (panel.kind) {
    case PanelKind::kTimeSeries:
      return time_chart(panel, data, limits);
    case PanelKind::kStat:
    case PanelKind::kGauge:
      return big_values(panel, data, limits);
    case PanelKind::kHeatmap:
      return heatmap(panel, data);
    case PanelKind::kStateTimeline:
      return state_timeline(panel, data);
    case PanelKind::kTable:
      return table(panel, data);
    default:
      return reason_text("Not drawn: a preview has no panels of this kind.");
  }
}

PreviewRange range_of(const Panel& panel, PreviewRange range) {
  if (panel.kind == PanelKind::kHeatmap && range.end - range.start >= 2 * kHeatmapStride * range.step) {
    range.step *= kHeatmapStride;
    range.start = range.end - (range.end - range.start) / range.step * range.step;
    range.rate_interval = std::max(range.rate_interval, range.step);
  }
  return range;
}

// Title, description and queries, which a click shows.
std::string head_of(const Panel& panel) {
  std::string out =
      "<details><summary>" + escape_html(panel.title) + "</summary><p>" + escape_html(panel.description) + "</p>";
  for (const PanelQuery& query : panel.queries) {
    out += "<pre>" + escape_html(query.expr) + "</pre>";
  }
  return out + "</details>";
}

std::string panel_html(const Panel& panel, const std::string& content) {
  const int width = std::clamp(panel.width, 1, 24);
  return "<section class=\"panel\" style=\"grid-column:span " + std::to_string(width) + "\">" + head_of(panel) +
         content + "</section>\n";
}

bool is_shown(const Catalog& catalog, DashboardKind kind) {
  return std::any_of(catalog.panels.begin(), catalog.panels.end(),
                     [kind](const Panel& panel) { return panel.dashboard == kind; });
}

std::string dashboard_html(const Catalog& catalog, DashboardKind kind, evaluation::Evaluator& evaluator,
                           const PreviewRange& range, std::size_t room) {
  const std::string uid = dashboard_uid(catalog.settings, kind);
  std::string out =
      "<h2 id=\"" + escape_html(uid) + "\">" + escape_html(dashboard_title(catalog.settings, kind)) + "</h2>\n";
  const std::string* row = nullptr;
  for (const Panel& panel : catalog.panels) {
    if (panel.dashboard != kind) {
      continue;
    }
    if (row == nullptr || *row != panel.row) {
      out += std::string(row == nullptr ? "" : "</div>\n") + "<h3>" + escape_html(panel.row) +
             "</h3>\n<div class=\"grid\">\n";
      row = &panel.row;
    }
    std::string content = reason_text("Not drawn: the page would be too large.");
    if (out.size() < room) {
      const PanelData data = panel_data(panel, evaluator, range_of(panel, range));
      std::string drawing = data.reason.empty() ? drawing_of(panel, data, catalog) : reason_text(data.reason);
      if (out.size() + drawing.size() < room) {
        content = std::move(drawing);
      }
    }
    out += panel_html(panel, content);
  }
  return out + (row == nullptr ? "" : "</div>\n");
}

std::string page_head(const Catalog& catalog, const PreviewRange& range, const std::vector<std::string>& notes) {
  const std::string title = escape_html(dashboard_title(catalog.settings, DashboardKind::kPack));
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<title>" +
      title + ": preview</title>\n<style>" + kPageStyle + "</style></head><body>\n<h1>" + title +
      ": preview of the dashboards</h1>\n<p>Drawn by <code>leeway dashboards --preview</code> from a replay, from " +
      date_text(range.start) + " to " + date_text(range.end) +
      " UTC by the times of the records. A click on a title shows what the panel means, and its queries.</p>\n";
  for (const std::string& note : notes) {
    out += "<p class=\"dim\">" + escape_html(note) + "</p>\n";
  }
  out += "<nav><a href=\"#" + std::string(kAlertListAnchor) + "\">Alerts</a>";
  for (const DashboardKind kind : kDashboards) {
    if (is_shown(catalog, kind)) {
      out += "<a href=\"#" + escape_html(dashboard_uid(catalog.settings, kind)) + "\">" +
             escape_html(dashboard_title(catalog.settings, kind)) + "</a>";
    }
  }
  return out + "</nav>\n";
}

}  // namespace

std::string preview_page(const Catalog& catalog, evaluation::Evaluator& evaluator,
                         const evaluation::AlertHistory& alerts, const PreviewRange& range,
                         const std::vector<std::string>& notes) {
  std::string page = page_head(catalog, range, notes) + alert_list(catalog, alerts, range);
  for (const DashboardKind kind : kDashboards) {
    if (is_shown(catalog, kind)) {
      const std::size_t room = kLargestPage - std::min(kLargestPage, page.size());
      page += dashboard_html(catalog, kind, evaluator, range, room);
    }
  }
  return page + "</body></html>\n";
}

}  // namespace leeway::preview
