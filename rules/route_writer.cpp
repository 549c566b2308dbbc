#include "rules/route_writer.h"

#include <fmt/format.h>

#include "agent/core/units.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

std::string duration_line(std::string_view key, Duration value, const std::string& indent) {
  return value == Duration{} ? "" : fmt::format("{}{}: {}\n", indent, key, format_duration(value));
}

}  // namespace

std::string matchers_yaml(std::string_view key, const RuleLabels& labels, int column, const RouteDialect& dialect) {
  std::string out = fmt::format("{:{}}{}:\n", "", column, key);
  for (const auto& [name, value] : labels) {
    out += dialect.matcher(name, value, column + 2);
  }
  return out;
}

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
  if (root.routes.empty()) {
    return out;
  }
  out += fmt::format("{}routes:\n", indent);
  for (const Route& route : root.routes) {
    out += yaml_comment(route.comment, column + 2);
    out +=
        list_item(matchers_yaml("matchers", route.match, column + 4, dialect) + route_yaml(route, column + 4, dialect),
                  column + 2);
  }
  return out;
}

std::string list_item(std::string block, int column) {
  block[static_cast<std::size_t>(column)] = '-';
  return block;
}

}  // namespace leeway
