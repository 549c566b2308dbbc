#include "dashboards/lint_file.h"

#include <algorithm>
#include <array>
#include <functional>

#include "dashboards/dashboard_title.h"
#include "dashboards/json_text.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

struct Exception {
  const char* rule;
  const char* reason;
  bool (*concerns)(const Panel&, const Catalog&);
};

bool any_query(const Panel& panel, const std::function<bool(const std::string&)>& test) {
  return std::any_of(panel.queries.begin(), panel.queries.end(),
                     [&test](const PanelQuery& query) { return test(query.expr); });
}

bool is_recorded(const Panel& panel, const Catalog& catalog) {
  return std::any_of(panel.metrics.begin(), panel.metrics.end(),
                     [&](const std::string& metric) { return catalog.find_recording_rule(metric) != nullptr; });
}

bool is_foreign(const Panel& panel, const Catalog& catalog) {
  return std::any_of(panel.metrics.begin(), panel.metrics.end(), [&](const std::string& metric) {
    return catalog.metrics.find(metric) == nullptr && catalog.find_recording_rule(metric) == nullptr;
  });
}

// A rate over a range that is not one of Grafana's variables.
bool has_own_range(const Panel& panel, const Catalog& /*catalog*/) {
  constexpr std::string_view kRate = "rate(";  // also irate
  return any_query(panel, [kRate](const std::string& expr) {
    for (std::size_t at = expr.find(kRate); at != std::string::npos; at = expr.find(kRate, at + 1)) {
      const std::size_t range = expr.find('[', at);
      if (range != std::string::npos && range + 1 < expr.size() && expr[range + 1] >= '0' && expr[range + 1] <= '9') {
        return true;
      }
    }
    return false;
  });
}

bool asks_for_changes(const Panel& panel, const Catalog& /*catalog*/) {
  return any_query(panel, [](const std::string& expr) {
    return expr.find("resets(") != std::string::npos || expr.find("changes(") != std::string::npos;
  });
}

bool shows_alerts(const Panel& panel, const Catalog& /*catalog*/) {
  return any_query(panel, [](const std::string& expr) { return expr.find("ALERTS{") != std::string::npos; });
}

constexpr std::array<Exception, 6> kExceptions = {{
    {"target-job-rule", "Shows a metric of another job than the agent's, which the variable does not list.",
     is_foreign},
    {"target-instance-rule", "A recording rule for the whole service, summed over its instances.", is_recorded},
    {"target-instance-rule", "Shows a metric of other instances than the agent's.", is_foreign},
    {"target-instance-rule", "An alert may be about the whole service.", shows_alerts},
    {"target-rate-interval-rule", "The window is part of what the panel shows.", has_own_range},
    {"target-counter-agg-rule", "Shows how often a counter was reset or changed, not its rate.", asks_for_changes},
}};

}  // namespace

GeneratedFile dashboard_lint_file(const Catalog& catalog) {
  std::string out = "# Exceptions for grafana/dashboard-linter (lint --strict).\n";
  std::string body;
  std::string rule;
  std::vector<std::string> seen;  // panels with the same title share an entry
  for (const Exception& exception : kExceptions) {
    for (const Panel& panel : catalog.panels) {
      if (!exception.concerns(panel, catalog)) {
        continue;
      }
      const std::string entry = "      - dashboard: " + yaml_quote(dashboard_title(catalog.settings, panel.dashboard)) +
                                "\n        panel: " + yaml_quote(title_text(panel.title)) +
                                "\n        reason: " + yaml_quote(exception.reason) + "\n";
      const std::string key = exception.rule + entry;
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
        continue;
      }
      seen.push_back(key);
      if (rule != exception.rule) {
        rule = exception.rule;
        body += "  " + rule + ":\n    entries:\n";
      }
      body += entry;
    }
  }
  return {".lint", out + (body.empty() ? "exclusions: {}\n" : "exclusions:\n" + body)};
}

}  // namespace leeway
