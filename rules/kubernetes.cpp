#include "rules/kubernetes.h"

#include <fmt/format.h>

#include "agent/core/ascii.h"
#include "agent/promql/promql_scope.h"
#include "rules/route_writer.h"
#include "rules/routing.h"
#include "rules/text.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

constexpr std::string_view kKubernetesUsage =
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

// `text` with `columns` spaces before each line that is not empty.
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

std::string operator_matcher(const std::string& name, const std::string& value, int column) {
  return list_item(fmt::format("{0:{1}}name: {2}\n{0:{1}}matchType: \"=\"\n{0:{1}}value: {3}\n", "", column + 2,
                               yaml_quote(name), yaml_quote(value)),
                   column);
}

constexpr RouteDialect kOperatorDialect{"groupBy",        "groupWait",         "groupInterval",
                                        "repeatInterval", "muteTimeIntervals", "sourceMatch",
                                        "targetMatch",    "webhookConfigs",    operator_matcher};

std::string operator_intervals(const Routing& routing) {
  std::string out = routing.maintenance.empty() ? "" : "  muteTimeIntervals:\n";
  for (const MaintenanceWindow& window : routing.maintenance) {
    out += fmt::format("    - name: {}\n      timeIntervals:\n", yaml_quote(window.name));
    out += fmt::format("        - times:\n            - startTime: \"{}\"\n              endTime: \"{}\"\n",
                       window.start, window.end);
    if (!window.weekdays.empty()) {
      out += fmt::format("          weekdays: {}\n", yaml_list(window.weekdays));
    }
  }
  return out;
}

}  // namespace

std::string object_name(std::string_view text) {
  constexpr std::size_t kLongest = 63;  // of a label; names of objects may be longer
  std::string name;
  for (const char c : text) {
    const char lower = to_lower(c);
    const bool kept = is_letter(lower) || is_digit(lower);
    if (name.size() < kLongest && (kept || (!name.empty() && name.back() != '-'))) {
      name += kept ? lower : '-';
    }
  }
  name.erase(name.find_last_not_of('-') + 1);
  return name.empty() ? "leeway" : name;
}

Catalog with_namespace(Catalog catalog, const std::string& name_space) {
  for (AlertRule& alert : catalog.alerts) {
    if (!name_space.empty() && find_label(alert.labels, "namespace") == nullptr &&
        !keeps_label(alert.expr, "namespace")) {
      alert.labels.emplace_back("namespace", name_space);
    }
  }
  return catalog;
}

std::string namespace_warning(const Catalog& catalog, const std::string& name_space) {
  const std::string* const selected = find_label(catalog.settings.scope_labels, "namespace");
  if (selected == nullptr && name_space.empty()) {
    return "alerts that have no label `namespace`, such as those of absent() and sums, do not reach the "
           "AlertmanagerConfig; expected --object.namespace, or namespace=\"...\" in `selector` of [rules]";
  }
  if (selected != nullptr && !name_space.empty() && *selected != name_space) {
    return "the alerts have namespace=\"" + *selected +
           "\", as `selector` of [rules] says, so an AlertmanagerConfig in " + name_space +
           " does not get them; expected --object.namespace " + *selected;
  }
  return "";
}

std::string prometheus_rule(const Catalog& catalog, std::string_view rules, const KubernetesOptions& options) {
  return "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n" + metadata(catalog, options) + "spec:\n" +
         indented(rules, 2);
}

Expected<std::string> alertmanager_config(const Catalog& catalog, const KubernetesOptions& options) {
  for (const MaintenanceWindow& window : catalog.maintenance) {
    if (window.time_zone != "UTC") {
      return Error{ErrorCode::kConfiguration,
                   "[[maintenance]] '" + window.name + "' is in the time zone " + window.time_zone +
                       ", but an AlertmanagerConfig has no time zones: Alertmanager would mute at these times in UTC. "
                       "Expected `time_zone = \"UTC\"` with times that hold in summer and in winter"};
    }
  }
  Expected<Routing> routing = shared_routing_of({&catalog});
  if (!routing) {
    return routing.error();
  }
  Receiver& others = routing->receivers.front();
  others = {others.name, "Alerts of the namespace that are not of this service: other routes have them.", ""};
  return yaml_comment(kKubernetesUsage, 0) + "apiVersion: monitoring.coreos.com/v1alpha1\nkind: AlertmanagerConfig\n" +
         metadata(catalog, options) + "spec:\n  route:\n" + route_yaml(routing->root, 4, kOperatorDialect) +
         (routing->inhibitions.empty() ? "" : "  inhibitRules:\n") +
         inhibitions_yaml(routing->inhibitions, 4, kOperatorDialect) + operator_intervals(*routing) + "  receivers:\n" +
         receivers_yaml(routing->receivers, 4, kOperatorDialect);
}

}  // namespace leeway
