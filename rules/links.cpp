#include "rules/links.h"

namespace leeway {

std::string runbook_anchor(std::string_view alert_name) {
  std::string anchor;
  for (const char c : alert_name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (c >= 'A' && c <= 'Z') {
      anchor += static_cast<char>(c - 'A' + 'a');
    } else if (letter) {
      anchor += c;
    } else if (c == ' ') {
      anchor += '-';
    }
  }
  return anchor;
}

std::string runbook_url(const Catalog& catalog, const AlertRule& alert) {
  if (!alert.runbook.link.empty()) {
    return alert.runbook.link;
  }
  const std::string& page = catalog.settings.runbook_url;
  return page.empty() ? "" : page + "#" + runbook_anchor(alert.name);
}

std::string dashboard_url(const Catalog& catalog, const AlertRule& alert) {
  const std::string& root = catalog.settings.dashboard_url;
  const Panel* panel = root.empty() ? nullptr : catalog.panel_of(alert);
  if (panel == nullptr) {
    return "";
  }
  return root + "/d/" + dashboard_uid(catalog.settings, panel->dashboard) + "?viewPanel=" + std::to_string(panel->id);
}

}  // namespace leeway
