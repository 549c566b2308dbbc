#include "dashboards/preview/alert_list.h"

#include <algorithm>
#include <map>
#include <vector>

#include "agent/core/html_text.h"
#include "dashboards/preview/axis.h"
#include "dashboards/preview/colours.h"
#include "dashboards/preview/panel_view.h"
#include "dashboards/preview/value_text.h"
#include "rules/annotations.h"

namespace leeway::preview {
namespace {

using evaluation::AlertHistory;
using evaluation::RaisedAlert;

constexpr std::size_t kMostBars = 30;  // names of alerts

std::string bars(const AlertHistory& history, const PreviewRange& range) {
  const TimeAxis axis = time_axis(range.start, range.end);
  std::vector<std::pair<const AlertRule*, std::string>> rows;  // by name
  for (const RaisedAlert& alert : history.raised) {
    auto row = std::find_if(rows.begin(), rows.end(),
                            [&alert](const auto& known) { return known.first->name == alert.rule->name; });
    if (row == rows.end()) {
      row = rows.insert(row, {alert.rule, ""});
    }
    const double from = std::max(0.0, axis.x(alert.fired));
    const double to = std::max(from + 2, alert.resolved ? axis.x(*alert.resolved) : kChartWidth);
    row->second += "<path d=\"M" + fixed_text(from, 1) + ",2H" + fixed_text(to, 1) + "V18H" + fixed_text(from, 1) +
                   "z\" fill=\"" + severity_colour(alert.rule->severity) + "\"/>";
  }
  std::string out = "<div class=\"states alerts\" role=\"img\" aria-label=\"When each alert fired\">";
  for (std::size_t i = 0; i < std::min(rows.size(), kMostBars); ++i) {
    out += "<span class=\"state\">" + escape_html(rows[i].first->name) +
           "</span><svg viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\">" + rows[i].second + "</svg>";
  }
  return out + "</div><div class=\"chart low alerts\">" + time_marks(axis) + "</div>" +
         left_out_text(rows.size(), kMostBars, "alerts");
}

std::string row_of(const Catalog& catalog, const RaisedAlert& alert) {
  const auto cell = [](const std::string& text) { return "<td>" + escape_html(text) + "</td>"; };
  return "<tr><td style=\"color:" + severity_colour(alert.rule->severity) + "\">" + escape_html(alert.rule->name) +
         "</td>" + cell(std::string(to_string(alert.rule->severity))) + cell(date_text(alert.fired)) +
         cell(alert.resolved ? date_text(*alert.resolved) : "still fires") +
         cell(telling_labels(alert, catalog.settings.scope_labels)) +
         cell(rendered_summary(catalog, *alert.rule, {{alert.labels->begin(), alert.labels->end()}, alert.value})) +
         "</tr>\n";
}

}  // namespace

std::string alert_list(const Catalog& catalog, const AlertHistory& history, const PreviewRange& range) {
  std::string out = "<h2 id=\"" + std::string(kAlertListAnchor) + "\">Alerts that fired</h2>\n";
  if (history.raised.empty()) {
    return out + "<p class=\"dim\">None of the " + std::to_string(catalog.alerts.size()) + " alerts.</p>\n";
  }
  out += bars(history, range) +
         "<div class=\"scroll\"><table class=\"fired\"><thead><tr><th>Alert</th><th>Severity</th><th>Fired (UTC)</th>"
         "<th>Resolved</th><th>Labels</th><th>Summary</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < std::min(history.raised.size(), kMostRows); ++i) {
    out += row_of(catalog, history.raised[i]);
  }
  return out + "</tbody></table></div>" + left_out_text(history.raised.size(), kMostRows, "alerts");
}

}  // namespace leeway::preview
