#include "rules/route_writer.h"

#include <fmt/format.h>

#include "agent/core/units.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

std::string duration_line(std::string_view key, Duration value, const std::string& indent) {
  return value == Duration{} ? "" : fmt::format("{}{}: {}\n", indent, key, format_duration(value));
}

// A key with a list of matchers at the column.
std::string matchers_yaml(std::string_view key, const RuleLabels& labels, int column, const RouteDialect& dialect) {
  std::string out = fmt::format("{:{}}{}:\n", "", column, key);
  for (const auto& [name, value] : labels) {
    out += dialect.matcher(name, value, column + 2);
  }
  return out;
}

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): as deep as routing_of() builds.
std::string route_yaml(const Route& root, int column, const RouteDialect& dialect) {
  const std::string indent(static_cast<std::size_t>(column), ' ');
  std::string out = fmt::format("{}receiver: {}\n", indent, yaml_quote(root.receiver));
  if (!root.group_by.empty()) {
    out += fmt::format("{}{}: {}\n", indent, dialect.group_by, yaml_list(root.group_by));
  }
  out += duration_line(dialect.group_wait, root.group_wait, indent);
  out += duration_line(dialect.group_interval, root.group_interval, indent);
  out += duration_line(dialect.repeat_interval, root.repeat_interval, indent);
  if (!root.muted_in.empty()) {
    out += fmt::format("{}{}: {}\n", indent, dialect.mute_time_intervals, yaml_list(root.muted_in));
  }
  if (!root.routes.empty()) {
    out += fmt::format("{}routes:\n", indent) + route_list_yaml(root.routes, column + 2, dialect);
  }
  return out;
}

// NOLINTNEXTLINE(misc-no-recursion): as above.
std::string route_list_yaml(const std::vector<Route>& routes, int column, const RouteDialect& dialect) {
  std::string out;
  for (const Route& route : routes) {
    out += yaml_comment(route.comment, column);
    out += list_item(
        matchers_yaml("matchers", route.match, column + 2, dialect) + route_yaml(route, column + 2, dialect), column);
  }
  return out;
}

std::string inhibitions_yaml(const std::vector<InhibitRule>& rules, int column, const RouteDialect& dialect) {
  std::string out;
  std::string comment;  // written once for the rules that share it
  for (const InhibitRule& rule : rules) {
    const std::string item = matchers_yaml(dialect.source_matchers, rule.source, column + 2, dialect) +
                             matchers_yaml(dialect.target_matchers, rule.target, column + 2, dialect);
    out += (rule.comment == comment ? "" : yaml_comment(rule.comment, column)) + list_item(item, column);
    comment = rule.comment;
    if (!rule.equal.empty()) {
      out += fmt::format("{:{}}equal: {}\n", "", column + 2, yaml_list(rule.equal));
    }
  }
  return out;
}

std::string receivers_yaml(const std::vector<Receiver>& receivers, int column, const RouteDialect& dialect) {
  std::string out;
  for (const Receiver& receiver : receivers) {
    const bool placeholder = !receiver.url.empty();
    out += yaml_comment(receiver.meaning + (placeholder ? " CHANGE ME: the host does not exist." : ""), column);
    out += fmt::format("{0:{1}}- name: {2}\n", "", column, yaml_quote(receiver.name));
    if (placeholder) {
      out += fmt::format("{0:{1}}  {2}:\n{0:{1}}    - url: {3}\n", "", column, dialect.webhook_configs,
                         yaml_quote(receiver.url));
    }
  }
  return out;
}

std::string list_item(std::string block, int column) {
  block[static_cast<std::size_t>(column)] = '-';
  return block;
}

}  // namespace leeway
