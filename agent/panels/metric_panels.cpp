#include "agent/panels/metric_panels.h"

#include "agent/panels/panel_parts.h"

namespace leeway {
namespace {

std::string labels_of(const MetricDesc& desc) {
  std::string names;
  for (const std::string& label : desc.label_names) {
    names += (names.empty() ? "" : ", ") + label;
  }
  return names;
}

std::string legend_of(const MetricDesc& desc) {
  std::string legend;
  for (const std::string& label : desc.label_names) {
    legend += (legend.empty() ? "" : " ") + ("{{" + label + "}}");
  }
  return legend.empty() ? "all" : legend;
}

Panel base(const MetricDesc& desc, std::string title) {
  Panel panel;
  panel.row = kOtherMetrics;
  panel.title = std::move(title);
  panel.description = desc.help;
  panel.metrics = {desc.name};
  return panel;
}

// More lines than this cannot be told apart.
constexpr const char* kMostLines = "20";

void add_counter(const MetricDesc& desc, Catalog& catalog) {
  const bool money = is_money(value_unit(desc));
  Panel panel = base(desc, title_of(desc, catalog) + (money ? " per hour" : ""));
  panel.unit = rate_unit(desc);
  panel.description +=
      money ? " Per hour, at the rate over the interval of the graph." : " Per second, over the interval of the graph.";
  const std::string rates =
      std::string(money ? "(3600 * rate(" : "(rate(") + panel_selector(desc.name) + "[$__rate_interval]))";
  if (desc.label_names.empty()) {
    panel.queries = {{"sum" + rates, legend_of(desc)}};
  } else {
    panel.description += std::string(" Only the ") + kMostLines + " largest at each moment.";
    panel.queries = {
        {std::string("topk(") + kMostLines + ", sum by (" + labels_of(desc) + ") " + rates + ")", legend_of(desc)}};
  }
  catalog.panels.push_back(std::move(panel));
}

void add_histogram(const MetricDesc& desc, Catalog& catalog) {
  const std::string buckets = "sum by (le) (rate(" + panel_selector(desc.name + "_bucket") + "[$__rate_interval]))";
  const std::string title = title_of(desc, catalog);
  Panel quantiles = base(desc, title + ": quantiles");
  quantiles.unit = value_unit(desc);
  quantiles.description += " Median, 95th and 99th percentile, interpolated within a bucket.";
  for (const char* q : {"0.5", "0.95", "0.99"}) {
    quantiles.queries.push_back({std::string("histogram_quantile(") + q + ", " + buckets + ")",
                                 std::string("p") + (q[2] == '5' ? "50" : std::string(q).substr(2))});
  }
  Panel heatmap = base(desc, title + ": distribution");
  heatmap.kind = PanelKind::kHeatmap;
  heatmap.unit = value_unit(desc);
  heatmap.description += " Observations per second in each bucket.";
  heatmap.queries = {{buckets, "{{le}}"}};
  catalog.panels.push_back(std::move(quantiles));
  catalog.panels.push_back(std::move(heatmap));
}

void add_gauge(const MetricDesc& desc, Catalog& catalog) {
  Panel panel = base(desc, title_of(desc, catalog));
  panel.unit = value_unit(desc);
  panel.queries = {{panel_selector(desc.name), desc.label_names.empty() ? "{{instance}}" : legend_of(desc)}};
  if (panel.unit == PanelUnit::kTimestamp) {
    panel.kind = PanelKind::kStat;
    panel.queries[0].expr += " * 1000";
    panel.queries[0].instant = true;
    panel.width = 6;
  }
  catalog.panels.push_back(std::move(panel));
}

}  // namespace

void add_metric_panels(const MetricDesc& desc, Catalog& catalog) {
  switch (desc.type) {
    case MetricType::kCounter:
      return add_counter(desc, catalog);
    case MetricType::kHistogram:
      return add_histogram(desc, catalog);
    default:
      return add_gauge(desc, catalog);
  }
}

void add_state_panel(const MetricDesc& desc, const std::vector<std::string>& states, Catalog& catalog) {
  Panel panel = base(desc, title_of(desc, catalog));
  panel.kind = PanelKind::kStateTimeline;
  panel.unit = PanelUnit::kBool;
  panel.description += states.empty() ? "" : " One line per state.";
  panel.states = states;
  panel.queries = {{panel_selector(desc.name), desc.label_names.empty() ? "{{instance}}" : legend_of(desc)}};
  catalog.panels.push_back(std::move(panel));
}

}  // namespace leeway
