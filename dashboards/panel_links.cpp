#include "dashboards/panel_links.h"

#include <algorithm>

#include "dashboards/dashboard_text.h"
#include "rules/links.h"

namespace leeway {
namespace {

// With all keys that Grafana's schema asks for.
Json link(const std::string& title, const std::string& url, bool own) {
  return Json{{"title", title},  {"type", "link"},        {"url", url},          {"icon", own ? "dashboard" : "doc"},
              {"tooltip", ""},   {"tags", Json::array()}, {"asDropdown", false}, {"includeVars", own},
              {"keepTime", own}, {"targetBlank", !own}};
}

// A browser would run others.
bool is_web_address(const std::string& url) { return url.starts_with("https://") || url.starts_with("http://"); }

bool reads_any(const AlertRule& alert, const std::vector<std::string>& metrics) {
  return std::find_first_of(alert.metrics.begin(), alert.metrics.end(), metrics.begin(), metrics.end()) !=
         alert.metrics.end();
}

}  // namespace

Json dashboard_links(const Catalog& catalog, const std::vector<Dashboard>& all, const Dashboard& dashboard) {
  Json links = Json::array();
  for (const Dashboard& other : all) {
    if (other.kind != dashboard.kind) {
      links.push_back(link(inert_title(other.title), "/d/" + other.uid, true));
    }
  }
  if (is_web_address(catalog.settings.runbook_url)) {
    links.push_back(link("Runbook", inert_title(catalog.settings.runbook_url), false));
  }
  return links;
}

Json panel_links(const Catalog& catalog, const Panel& panel) {
  Json links = Json::array();
  std::vector<std::string> seen;  // several tiers share a name and a section
  for (const AlertRule& alert : catalog.alerts) {
    const std::string url = runbook_url(catalog, alert);
    if (!is_web_address(url) || !reads_any(alert, panel.metrics) ||
        std::find(seen.begin(), seen.end(), url) != seen.end()) {
      continue;
    }
    seen.push_back(url);
    links.push_back(link(inert_title("Runbook: " + alert.name), inert_title(url), false));
  }
  return links;
}

Json data_links(const std::vector<Dashboard>& all, const Dashboard& dashboard) {
  Json links = Json::array();
  for (const Dashboard& other : all) {
    const bool pair = (dashboard.kind == DashboardKind::kPack && other.kind == DashboardKind::kSlo) ||
                      (dashboard.kind == DashboardKind::kSlo && other.kind == DashboardKind::kPack);
    if (pair) {
      links.push_back(Json{{"title", inert_title(other.title)},
                           {"url", "/d/" + other.uid + "?${__url_time_range}&${job:queryparam}"},
                           {"targetBlank", false}});
    }
  }
  return links;
}

}  // namespace leeway
