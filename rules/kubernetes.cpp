#include "rules/kubernetes.h"

#include <fmt/format.h>

#include "agent/core/units.h"
#include "rules/routing.h"
#include "rules/text.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

constexpr std::string_view kUsage =
    "How to use it: give each receiver a real address (urlSecret keeps it out of this file). The operator takes the "
    "object if the Alertmanager's alertmanagerConfigSelector matches its labels, and only alerts that carry the label "
    "`namespace` of its own namespace reach it.";

std::string metadata(const Catalog& catalog, const KubernetesOptions& options) {
  std::string out = fmt::format("metadata:\n  name: {}\n", yaml_quote(object_name(catalog.settings.name)));
  if (!options.name_space.empty()) {
    out += fmt::format("  namespace: {}\n", yaml_quote(options.name_space));
  }
  out += fmt::format("  labels:\n    app.kubernetes.io/name: {}\n", yaml_quote(object_name(catalog.settings.name)));
  for (const auto& [name, value] : options.labels) {
    out += fmt::format("    {}: {}\n", yaml_quote(name), yaml_quote(value));
  }
  return out;
}

// `text` with `columns` blanks before each line that is not empty.
std::string indented(std::string_view text, std::size_t columns) {
  std::string out;
  while (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
  }
  for_each_line(text, [&](std::string_view line) {
    out += line.empty() ? "" : std::string(columns, ' ');
    out += line;
    out += '\n';
  });
  return out;
}

std::string matchers(std::string_view key, const RuleLabels& labels, const std::string& indent) {
  std::string out = fmt::format("{}{}:\n", indent, key);
  for (const auto& [name, value] : labels) {
    out += fmt::format("{0}  - name: {1}\n{0}    matchType: \"=\"\n{0}    value: {2}\n", indent, yaml_quote(name),
                       yaml_quote(value));
  }
  return out;
}

std::string duration_line(std::string_view key, Duration value, const std::string& indent) {
  return value == Duration{} ? "" : fmt::format("{}{}: {}\n", indent, key, format_duration(value));
}

std::string routes_yaml(const std::vector<Route>& routes, int column);

std::string route_body(const Route& route, int column) {
  const std::string indent(static_cast<std::size_t>(column), ' ');
  std::string out = fmt::format("{}receiver: {}\n", indent, yaml_quote(route.receiver));
  if (!route.group_by.empty()) {
    out += fmt::format("{}groupBy: {}\n", indent, yaml_list(route.group_by));
  }
  out += duration_line("groupWait", route.group_wait, indent);
  out += duration_line("groupInterval", route.group_interval, indent);
  out += duration_line("repeatInterval", route.repeat_interval, indent);
  if (!route.muted_in.empty()) {
    out += fmt::format("{}muteTimeIntervals: {}\n", indent, yaml_list(route.muted_in));
  }
  if (!route.routes.empty()) {
    out += fmt::format("{}routes:\n{}", indent, routes_yaml(route.routes, column + 2));
  }
  return out;
}

// The items of a list of routes. NOLINTNEXTLINE(misc-no-recursion): as deep as routing_of() builds.
std::string routes_yaml(const std::vector<Route>& routes, int column) {
  const std::string indent(static_cast<std::size_t>(column), ' ');
  std::string out;
  for (const Route& route : routes) {
    std::string item = matchers("matchers", route.match, indent + "  ") + route_body(route, column + 2);
    item[static_cast<std::size_t>(column)] = '-';
    out += yaml_comment(route.comment, column) + item;
  }
  return out;
}

std::string inhibitions_yaml(const Catalog& catalog) {
  std::string out = catalog.inhibitions.empty() ? "" : "  inhibitRules:\n";
  std::string comment;  // said once for the rules that share it
  for (const InhibitRule& rule : catalog.inhibitions) {
    std::string item = matchers("sourceMatch", rule.source, "      ") + matchers("targetMatch", rule.target, "      ");
    item[4] = '-';
    out += (rule.comment == comment ? "" : yaml_comment(rule.comment, 4)) + item;
    comment = rule.comment;
    if (!rule.equal.empty()) {
      out += fmt::format("      equal: {}\n", yaml_list(rule.equal));
    }
  }
  return out;
}

std::string intervals_yaml(const Catalog& catalog) {
  std::string out = catalog.maintenance.empty() ? "" : "  muteTimeIntervals:\n";
  for (const MaintenanceWindow& window : catalog.maintenance) {
    if (window.time_zone != "UTC") {
      out += yaml_comment("CHANGE ME: this object knows no time zones. The times are those of " + window.time_zone +
                              ", and Alertmanager takes them for UTC.",
                          4);
    }
    out += fmt::format("    - name: {}\n      timeIntervals:\n", yaml_quote(window.name));
    out += fmt::format("        - times:\n            - startTime: \"{}\"\n              endTime: \"{}\"\n",
                       window.start, window.end);
    if (!window.weekdays.empty()) {
      out += fmt::format("          weekdays: {}\n", yaml_list(window.weekdays));
    }
  }
  return out;
}

std::string receivers_yaml(const std::vector<Receiver>& receivers) {
  std::string out = "  receivers:\n";
  for (const Receiver& receiver : receivers) {
    out += yaml_comment(receiver.meaning + " CHANGE ME: the host does not exist.", 4);
    out += fmt::format("    - name: {}\n      webhookConfigs:\n        - url: {}\n", yaml_quote(receiver.name),
                       yaml_quote(receiver.url));
  }
  return out;
}

}  // namespace

std::string object_name(std::string_view text) {
  constexpr std::size_t kLongest = 63;  // of a label; names of objects may be longer
  std::string name;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool kept = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (name.size() < kLongest && (kept || (!name.empty() && name.back() != '-'))) {
      name += kept ? lower : '-';
    }
  }
  name.erase(name.find_last_not_of('-') + 1);
  return name.empty() ? "leeway" : name;
}

std::string prometheus_rule(const Catalog& catalog, std::string_view rules, const KubernetesOptions& options) {
  return "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n" + metadata(catalog, options) + "spec:\n" +
         indented(rules, 2);
}

std::string alertmanager_config(const Catalog& catalog, const KubernetesOptions& options) {
  const Routing routing = routing_of(catalog);
  return yaml_comment(kUsage, 0) + "apiVersion: monitoring.coreos.com/v1alpha1\nkind: AlertmanagerConfig\n" +
         metadata(catalog, options) + "spec:\n  route:\n" + route_body(routing.root, 4) + inhibitions_yaml(catalog) +
         intervals_yaml(catalog) + receivers_yaml(routing.receivers);
}

}  // namespace leeway
