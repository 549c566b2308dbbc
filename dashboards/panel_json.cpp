#include "dashboards/panel_json.h"

#include <algorithm>

#include "dashboards/panel_limits.h"
#include "rules/links.h"

namespace leeway {
namespace {

const char* type_of(PanelKind kind) {
  switch (kind) {
    case PanelKind::kTimeSeries:
      return "timeseries";
    case PanelKind::kStat:
      return "stat";
    case PanelKind::kGauge:
      return "gauge";
    case PanelKind::kHeatmap:
      return "heatmap";
    case PanelKind::kStateTimeline:
      return "state-timeline";
    case PanelKind::kTable:
      return "table";
  }
  return "timeseries";
}

// https://github.com/grafana/grafana, packages/grafana-data/src/valueFormats/categories.ts
const char* unit_of(PanelUnit unit) {
  switch (unit) {
    case PanelUnit::kNone:
      return "short";
    case PanelUnit::kSeconds:
      return "s";
    case PanelUnit::kBytes:
      return "bytes";
    case PanelUnit::kRatio:
      return "percentunit";
    case PanelUnit::kPerSecond:
      return "ops";
    case PanelUnit::kRequestsPerSecond:
      return "reqps";
    case PanelUnit::kBytesPerSecond:
      return "binBps";
    case PanelUnit::kTimestamp:
      return "dateTimeFromNow";
    case PanelUnit::kBool:
      return "bool_yes_no";
    case PanelUnit::kDollars:
      return "currencyUSD";
    case PanelUnit::kEuros:
      return "currencyEUR";
    case PanelUnit::kPounds:
      return "currencyGBP";
  }
  return "short";
}

const char* colour_of(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "red";
    case Severity::kWarning:
      return "orange";
    case Severity::kInfo:
      return "blue";
  }
  return "blue";
}

// Grafana draws each step's colour from its value upwards. `good` is the colour if no limit is exceeded.
Json thresholds_json(const PanelLimits& limits, const char* good) {
  const std::vector<PanelThreshold>& steps = limits.steps;
  const auto colour = [&](std::size_t i) { return i < steps.size() ? colour_of(steps[i].severity) : good; };
  Json list = Json::array();
  list.push_back({{"color", limits.low_is_bad ? colour(0) : good}, {"value", nullptr}});
  for (std::size_t i = 0; i < steps.size(); ++i) {
    list.push_back({{"color", colour(limits.low_is_bad ? i + 1 : i)}, {"value", json_number(steps[i].value)}});
  }
  return {{"mode", "absolute"}, {"steps", list}};
}

// "A" to "Z", then "A1".
std::string ref_id(std::size_t index) {
  constexpr std::size_t kLetters = 26;
  const std::string letter(1, static_cast<char>('A' + index % kLetters));
  return index < kLetters ? letter : letter + std::to_string(index / kLetters);
}

Json targets_json(const Panel& panel) {
  Json targets = Json::array();
  for (std::size_t i = 0; i < panel.queries.size(); ++i) {
    const PanelQuery& query = panel.queries[i];
    Json target{{"refId", ref_id(i)}, {"datasource", data_source_json()}, {"editorMode", "code"}, {"expr", query.expr}};
    const char* format = panel.kind == PanelKind::kTable     ? "table"
                         : panel.kind == PanelKind::kHeatmap ? "heatmap"
                                                             : "time_series";
    target["format"] = format;
    target["instant"] = query.instant;
    target["range"] = !query.instant;
    target["legendFormat"] = query.legend.empty() ? "__auto" : query.legend;
    targets.push_back(std::move(target));
  }
  return targets;
}

// `calcs`: what it says of each series besides its name.
Json legend_json(Json calcs) {
  return {{"calcs", std::move(calcs)}, {"displayMode", "list"}, {"placement", "bottom"}, {"showLegend", true}};
}

// The latest value of each series.
Json reduce_json() { return {{"calcs", {"lastNotNull"}}, {"fields", ""}, {"values", false}}; }

Json heatmap_options(const Panel& panel) {
  return {{"calculate", false},
          {"cellGap", 1},
          {"color", {{"mode", "scheme"}, {"scheme", "Oranges"}, {"exponent", 0.5}, {"steps", 64}, {"reverse", false}}},
          {"filterValues", {{"le", 1e-9}}},
          {"legend", {{"show", true}}},
          {"rowsFrame", {{"layout", "auto"}}},
          {"tooltip", {{"mode", "single"}, {"yHistogram", true}}},
          {"yAxis", {{"axisPlacement", "left"}, {"reverse", false}, {"unit", unit_of(panel.unit)}}}};
}

Json options_json(const Panel& panel, bool coloured) {
  switch (panel.kind) {
    case PanelKind::kTimeSeries:
      return {{"legend", legend_json({"lastNotNull", "max"})}, {"tooltip", {{"mode", "multi"}, {"sort", "desc"}}}};
    case PanelKind::kStat:
      return {{"colorMode", coloured ? "value" : "none"},
              {"graphMode", "none"},
              {"justifyMode", "auto"},
              {"orientation", "auto"},
              {"reduceOptions", reduce_json()},
              {"textMode", "auto"}};
    case PanelKind::kGauge:
      return {{"orientation", "auto"},
              {"reduceOptions", reduce_json()},
              {"showThresholdLabels", false},
              {"showThresholdMarkers", true}};
    case PanelKind::kHeatmap:
      return heatmap_options(panel);
    case PanelKind::kStateTimeline:
      return {{"alignValue", "left"},
              {"legend", legend_json(Json::array())},
              {"mergeValues", true},
              {"rowHeight", 0.9},
              {"showValue", panel.states.empty() ? "auto" : "never"},
              {"tooltip", {{"mode", "single"}, {"sort", "none"}}}};
    case PanelKind::kTable:
      return {{"cellHeight", "sm"}, {"showHeader", true}};
  }
  return Json::object();
}

Json graph_json(const Panel& panel, bool limited) {
  Json custom{{"axisSoftMin", 0},
              {"drawStyle", "line"},
              {"fillOpacity", 10},
              {"lineWidth", 1},
              {"showPoints", "auto"},
              {"spanNulls", false},
              {"thresholdsStyle", {{"mode", limited ? "dashed+area" : "off"}}}};
  if (panel.soft_max) {
    custom["axisSoftMax"] = json_number(*panel.soft_max);
  }
  return custom;
}

Json custom_json(const Panel& panel, bool limited) {
  switch (panel.kind) {
    case PanelKind::kTimeSeries:
      return graph_json(panel, limited);
    case PanelKind::kStateTimeline:
      return {{"fillOpacity", 80}, {"lineWidth", 0}};
    default:
      return Json::object();
  }
}

// 1 is yes, 0 no, of which neither need be bad. Of the series of a state only the current one has a colour.
Json state_mappings(const Panel& panel) {
  const char* no = panel.states.empty() ? "super-light-blue" : "transparent";
  return Json::array({{{"type", "value"},
                       {"options",
                        {{"0", {{"color", no}, {"index", 0}, {"text", "no"}}},
                         {"1", {{"color", "blue"}, {"index", 1}, {"text", "yes"}}}}}}});
}

Json defaults_json(const Panel& panel, const PanelLimits& limits, const Json& data_links) {
  const bool graph = panel.kind == PanelKind::kTimeSeries;
  Json defaults{{"color", {{"mode", graph ? "palette-classic" : "thresholds"}}}, {"custom", Json::object()}};
  defaults["custom"] = custom_json(panel, !limits.steps.empty());
  if (!panel.no_value.empty()) {
    defaults["noValue"] = panel.no_value;
  }
  if (panel.decimals) {
    defaults["decimals"] = *panel.decimals;
  }
  defaults["links"] = data_links;
  if (panel.kind == PanelKind::kStateTimeline) {
    defaults["mappings"] = state_mappings(panel);
  }
  if (panel.kind == PanelKind::kGauge) {
    defaults["min"] = 0;
    if (panel.unit == PanelUnit::kRatio) {
      defaults["max"] = 1;
    }
  }
  defaults["thresholds"] = thresholds_json(limits, graph ? "transparent" : "green");
  defaults["unit"] = unit_of(panel.unit);
  return defaults;
}

// Of a table: one row per series, without columns that carry no information.
Json transformations_json(const Panel& panel) {
  Json list = Json::array();
  if (panel.queries.size() > 1) {
    list.push_back({{"id", "merge"}, {"options", Json::object()}});
  }
  const bool only_labels = std::all_of(panel.metrics.begin(), panel.metrics.end(),
                                       [](const std::string& metric) { return metric.ends_with("_info"); });
  Json hidden{{"Time", true}, {"__name__", true}};
  if (only_labels) {
    hidden["Value"] = true;
  }
  list.push_back({{"id", "organize"}, {"options", {{"excludeByName", hidden}}}});
  return list;
}

// To the sections of the runbook about the alerts that read what the panel shows.
Json runbook_links(const Panel& panel, const Catalog& catalog) {
  Json links = Json::array();
  std::vector<std::string> seen;
  for (const AlertRule& alert : catalog.alerts) {
    const std::string url = runbook_url(catalog, alert);
    const bool reads = std::any_of(panel.metrics.begin(), panel.metrics.end(), [&alert](const std::string& metric) {
      return std::find(alert.metrics.begin(), alert.metrics.end(), metric) != alert.metrics.end();
    });
    if (reads && !url.empty() && std::find(seen.begin(), seen.end(), url) == seen.end()) {
      seen.push_back(url);
      links.push_back({{"title", title_text("Runbook: " + alert.name)},
                       {"type", "link"},
                       {"url", url},
                       {"icon", "doc"},
                       {"tooltip", ""},
                       {"tags", Json::array()},
                       {"asDropdown", false},
                       {"includeVars", false},
                       {"keepTime", false},
                       {"targetBlank", true}});
    }
  }
  return links;
}

}  // namespace

Json data_source_json() { return {{"type", "prometheus"}, {"uid", "${datasource}"}}; }

Json grid_json(const GridPosition& position) {
  return {{"h", position.height}, {"w", position.width}, {"x", position.x}, {"y", position.y}};
}

Json panel_json(const Panel& panel, const GridPosition& position, const Json& data_links, const Catalog& catalog) {
  const PanelLimits limits = limits_of(panel, catalog);
  Json json{{"id", panel.id},
            {"type", type_of(panel.kind)},
            {"title", title_text(panel.title)},
            {"description", markdown_text(panel.description)},
            {"gridPos", grid_json(position)},
            {"datasource", data_source_json()},
            {"targets", targets_json(panel)}};
  if (panel.kind == PanelKind::kTable) {
    json["transformations"] = transformations_json(panel);
  }
  json["fieldConfig"] = {{"defaults", defaults_json(panel, limits, data_links)}, {"overrides", Json::array()}};
  json["options"] = options_json(panel, !limits.steps.empty());
  if (Json links = runbook_links(panel, catalog); !links.empty()) {
    json["links"] = std::move(links);
  }
  return json;
}

}  // namespace leeway
