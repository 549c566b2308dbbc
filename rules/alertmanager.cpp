#include "rules/alertmanager.h"

#include <fmt/format.h>

#include "agent/core/units.h"
#include "rules/routing.h"
#include "rules/text.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

constexpr std::string_view kUsage =
    "How to use it: give each receiver at the end of this file a real address, merge the file into your "
    "alertmanager.yml if you have one, and check it with `amtool check-config alertmanager.yml`. Until then every "
    "notification fails, is logged with the host set-the-receiver.invalid, and counts in "
    "alertmanager_notifications_failed_total: watch that counter in any case.";

// name = "value", as Alertmanager parses it.
std::string matcher(const std::string& name, std::string_view value) {
  std::string text = name + " = \"";
  for (const char c : valid_utf8(value)) {
    text += c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : std::string(1, c);
  }
  return text + '"';
}

std::string matchers(std::string_view key, const RuleLabels& labels, const std::string& indent) {
  std::string out = fmt::format("{}{}:\n", indent, key);
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}  - {}\n", indent, yaml_quote(matcher(name, value)));
  }
  return out;
}

std::string duration_line(std::string_view key, Duration value, const std::string& indent) {
  return value == Duration{} ? "" : fmt::format("{}{}: {}\n", indent, key, format_duration(value));
}

std::string routes_yaml(const std::vector<Route>& routes, int column);

// What a route says apart from its matchers, at the column.
std::string route_body(const Route& route, int column) {
  const std::string indent(static_cast<std::size_t>(column), ' ');
  std::string out = fmt::format("{}receiver: {}\n", indent, yaml_quote(route.receiver));
  if (!route.group_by.empty()) {
    out += fmt::format("{}group_by: {}\n", indent, yaml_list(route.group_by));
  }
  out += duration_line("group_wait", route.group_wait, indent);
  out += duration_line("group_interval", route.group_interval, indent);
  out += duration_line("repeat_interval", route.repeat_interval, indent);
  if (!route.muted_in.empty()) {
    out += fmt::format("{}mute_time_intervals: {}\n", indent, yaml_list(route.muted_in));
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
  if (catalog.inhibitions.empty()) {
    return "";
  }
  std::string out =
      "\n# While a source fires, its targets are not notified; they stay visible in the user interface. A label that\n"
      "# both lack counts as equal.\ninhibit_rules:\n";
  std::string comment;  // said once for the rules that share it
  for (const InhibitRule& rule : catalog.inhibitions) {
    std::string item =
        matchers("source_matchers", rule.source, "    ") + matchers("target_matchers", rule.target, "    ");
    item[2] = '-';
    out += (rule.comment == comment ? "" : yaml_comment(rule.comment, 2)) + item;
    comment = rule.comment;
    if (!rule.equal.empty()) {
      out += fmt::format("    equal: {}\n", yaml_list(rule.equal));
    }
  }
  return out;
}

std::string intervals_yaml(const Catalog& catalog) {
  if (catalog.maintenance.empty()) {
    return "";
  }
  std::string out =
      "\n# Maintenance windows: nothing is notified in them; what still fires at their end is.\ntime_intervals:\n";
  for (const MaintenanceWindow& window : catalog.maintenance) {
    out += fmt::format("  - name: {}\n    time_intervals:\n", yaml_quote(window.name));
    out += fmt::format("      - times:\n          - start_time: \"{}\"\n            end_time: \"{}\"\n", window.start,
                       window.end);
    if (!window.weekdays.empty()) {
      out += fmt::format("        weekdays: {}\n", yaml_list(window.weekdays));
    }
    out += fmt::format("        location: {}\n", yaml_quote(window.time_zone));
  }
  return out;
}

std::string receivers_yaml(const std::vector<Receiver>& receivers) {
  std::string out = "\n# CHANGE ME: every address below.\nreceivers:\n";
  for (const Receiver& receiver : receivers) {
    out += yaml_comment(receiver.meaning + " CHANGE ME: the host does not exist.", 2);
    out += fmt::format("  - name: {}\n    webhook_configs:\n      - url: {}\n", yaml_quote(receiver.name),
                       yaml_quote(receiver.url));
  }
  return out;
}

}  // namespace

std::string alertmanager_yaml(const Catalog& catalog) {
  const Routing routing = routing_of(catalog);
  const std::string& title = catalog.settings.title.empty() ? catalog.settings.name : catalog.settings.title;
  return yaml_comment("Alertmanager's configuration for the alerts of " + title + ". Generated by `leeway rules`.", 0) +
         "#\n" + yaml_comment(kUsage, 0) + "route:\n" + route_body(routing.root, 2) + inhibitions_yaml(catalog) +
         intervals_yaml(catalog) + receivers_yaml(routing.receivers);
}

}  // namespace leeway
