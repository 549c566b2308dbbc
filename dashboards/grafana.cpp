#include "dashboards/grafana.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "dashboards/dashboard_title.h"
#include "dashboards/panel_json.h"

namespace leeway {
namespace {

constexpr std::array<DashboardKind, 3> kKinds = {DashboardKind::kPack, DashboardKind::kSlo, DashboardKind::kAgent};
constexpr int kSchemaVersion = 39;  // Grafana 10.4; later versions migrate it
constexpr const char* kTag = "leeway";
// What is open when the page is loaded asks the data source at once, and again at each refresh.
constexpr std::ptrdiff_t kMostOpen = 30;

bool has_panels(const Catalog& catalog, DashboardKind kind) {
  return std::any_of(catalog.panels.begin(), catalog.panels.end(),
                     [kind](const Panel& panel) { return panel.dashboard == kind; });
}

const char* description_of(DashboardKind kind) {
  switch (kind) {
    case DashboardKind::kPack:
      return "What the service does, counted from its log.";
    case DashboardKind::kSlo:
      return "How much of each error budget is left and how fast it burns, for the whole service.";
    case DashboardKind::kAgent:
      return "Whether Leeway itself keeps up, loses or rejects anything, and what it costs.";
  }
  return "";
}

const char* link_title(DashboardKind kind) {
  switch (kind) {
    case DashboardKind::kPack:
      return "Service";
    case DashboardKind::kSlo:
      return "Objectives";
    case DashboardKind::kAgent:
      return "Agent";
  }
  return "";
}

std::vector<DashboardKind> siblings(const Catalog& catalog, DashboardKind kind) {
  std::vector<DashboardKind> others;
  for (const DashboardKind other : kKinds) {
    if (other != kind && has_panels(catalog, other)) {
      others.push_back(other);
    }
  }
  return others;
}

Json links_json(const Catalog& catalog, DashboardKind kind) {
  Json links = Json::array();
  for (const DashboardKind other : siblings(catalog, kind)) {
    links.push_back({{"asDropdown", false},
                     {"icon", "dashboard"},
                     {"includeVars", true},
                     {"keepTime", true},
                     {"tags", Json::array()},
                     {"targetBlank", false},
                     {"title", link_title(other)},
                     {"tooltip", title_text(dashboard_title(catalog.settings, other))},
                     {"type", "link"},
                     {"url", "/d/" + dashboard_uid(catalog.settings, other)}});
  }
  return links;
}

// From a value to the other dashboards at the same time, job and instances.
Json data_links_json(const Catalog& catalog, DashboardKind kind) {
  Json links = Json::array();
  for (const DashboardKind other : siblings(catalog, kind)) {
    links.push_back({{"title", std::string(link_title(other)) + " at this time"},
                     {"url", "/d/" + dashboard_uid(catalog.settings, other) +
                                 "?${__url_time_range}&${datasource:queryparam}&${job:queryparam}"
                                 "&${instance:queryparam}"}});
  }
  return links;
}

// `only`: its value, where there is only one; otherwise any may be selected, and all.
Json label_variable(const char* name, const char* label, const std::string& query, const std::string& only,
                    bool hidden) {
  constexpr int kReloadWithTime = 2;
  constexpr int kNotShown = 2;
  return {{"name", name},
          {"label", label},
          {"type", "query"},
          {"datasource", data_source_json()},
          {"query", query},
          {"refresh", kReloadWithTime},
          {"sort", 1},
          {"multi", true},
          {"includeAll", only.empty()},
          {"allValue", ".+"},
          {"current",
           {{"selected", true}, {"text", {only.empty() ? "All" : only}}, {"value", {only.empty() ? "$__all" : only}}}},
          {"hide", hidden ? kNotShown : 0}};
}

Json variables_json(const RuleSettings& settings, DashboardKind kind) {
  Json list = Json::array();
  list.push_back({{"name", "datasource"},
                  {"label", "Data source"},
                  {"type", "datasource"},
                  {"query", "prometheus"},
                  {"multi", false},
                  {"includeAll", false},
                  {"hide", 0}});
  // Each agent exports this metric. The recording rules of an objective have no instance, so there is nothing to select
  // there.
  const bool has_one_job = find_label(settings.scope_labels, "job") != nullptr;
  const std::string scope = settings.scope.empty() ? "" : settings.scope + ", ";
  list.push_back(label_variable(
      "job", "Job",
      "label_values(leeway_build_info" + (settings.scope.empty() ? "" : "{" + settings.scope + "}") + ", job)",
      has_one_job ? job_name(settings) : "", false));
  list.push_back(label_variable("instance", "Instance",
                                "label_values(leeway_build_info{" + scope + R"(job=~"$job"}, instance))", "",
                                kind == DashboardKind::kSlo));
  return {{"list", list}};
}

Json annotation(const char* name, const char* colour, const std::string& expr, const char* title, const char* text,
                bool value_is_time) {
  return {{"name", name},          {"datasource", data_source_json()},
          {"enable", true},        {"hide", false},
          {"iconColor", colour},   {"expr", expr},
          {"titleFormat", title},  {"textFormat", text},
          {"tagKeys", "instance"}, {"useValueForTime", value_is_time}};
}

// Deployments, rollbacks and changes of the configuration, as far as the self-monitoring metrics show them.
Json annotations_json() {
  constexpr const char* kSinceShortly = "5m";  // as long as a new version counts as new
  const std::string version = "sum by (job, instance, version) (" + panel_selector("leeway_build_info");
  Json list = Json::array();
  list.push_back(annotation("Configuration read", "blue",
                            panel_selector("leeway_config_last_reload_success_timestamp_seconds") + " * 1000",
                            "Configuration read", "{{instance}}", true));
  list.push_back(annotation("Start", "green", panel_selector("process_start_time_seconds") + " * 1000", "Agent started",
                            "{{instance}}", true));
  list.push_back(annotation("New version", "purple", version + ") unless " + version + " offset " + kSinceShortly + ")",
                            "Version {{version}}", "{{instance}}", false));
  return {{"list", list}};
}

std::ptrdiff_t count_panels(const Catalog& catalog, DashboardKind kind, const std::string* row = nullptr) {
  return std::count_if(catalog.panels.begin(), catalog.panels.end(), [&](const Panel& panel) {
    return panel.dashboard == kind && (row == nullptr || panel.row == *row);
  });
}

// Rows are open until there are too many panels; those of a collapsed row are within it.
Json panels_json(const Catalog& catalog, DashboardKind kind) {
  const Json data_links = data_links_json(catalog, kind);
  Json list = Json::array();
  Grid grid;
  const std::string* row = nullptr;
  bool collapsed = false;
  std::ptrdiff_t open = 0;
  // Panels have the lower numbers because links contain them.
  int row_id = static_cast<int>(count_panels(catalog, kind));
  for (const Panel& panel : catalog.panels) {
    if (panel.dashboard != kind) {
      continue;
    }
    if (row == nullptr || *row != panel.row) {
      const std::ptrdiff_t size = count_panels(catalog, kind, &panel.row);
      collapsed = row != nullptr && (collapsed || open + size > kMostOpen);
      open += size;
      row = &panel.row;
      list.push_back({{"id", ++row_id},
                      {"type", "row"},
                      {"title", title_text(panel.row)},
                      {"collapsed", collapsed},
                      {"gridPos", grid_json(grid.add_row())},
                      {"panels", Json::array()}});
    }
    Json& place = collapsed ? list.back()["panels"] : list;
    place.push_back(panel_json(panel, grid.add(panel), data_links, catalog));
  }
  return list;
}

// No more often than there is something new.
const char* refresh_of(const RuleSettings& settings) {
  constexpr std::array<std::pair<std::chrono::seconds, const char*>, 4> kSteps = {{{std::chrono::seconds(30), "30s"},
                                                                                   {std::chrono::minutes(1), "1m"},
                                                                                   {std::chrono::minutes(5), "5m"},
                                                                                   {std::chrono::minutes(15), "15m"}}};
  const auto step = std::find_if(kSteps.begin(), kSteps.end(),
                                 [&](const auto& one) { return one.first >= settings.scrape_interval; });
  return step == kSteps.end() ? "30m" : step->second;
}

Json dashboard_json(const Catalog& catalog, DashboardKind kind) {
  return {{"title", dashboard_title(catalog.settings, kind)},
          {"uid", dashboard_uid(catalog.settings, kind)},
          {"description", description_of(kind)},
          {"tags", {kTag, catalog.settings.name}},
          {"editable", false},
          {"graphTooltip", 1},  // one crosshair for all panels
          {"refresh", refresh_of(catalog.settings)},
          {"time", {{"from", "now-6h"}, {"to", "now"}}},
          {"timezone", "browser"},
          {"schemaVersion", kSchemaVersion},
          {"links", links_json(catalog, kind)},
          {"annotations", annotations_json()},
          {"templating", variables_json(catalog.settings, kind)},
          {"panels", panels_json(catalog, kind)}};
}

}  // namespace

std::string dashboard_title(const RuleSettings& settings, DashboardKind kind) {
  std::string title = title_text(settings.shown_title());
  switch (kind) {
    case DashboardKind::kPack:
      return title;
    case DashboardKind::kSlo:
      return title + ": objectives";
    case DashboardKind::kAgent:
      return title + ": agent";
  }
  return title;
}

std::vector<GeneratedFile> grafana_dashboards(const Catalog& catalog) {
  std::vector<GeneratedFile> files;
  for (const DashboardKind kind : kKinds) {
    if (has_panels(catalog, kind)) {
      files.push_back({dashboard_uid(catalog.settings, kind) + ".json", json_text(dashboard_json(catalog, kind))});
    }
  }
  return files;
}

}  // namespace leeway
