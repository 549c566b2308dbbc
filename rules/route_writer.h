// Routes, inhibitions and receivers in the YAML of Alertmanager and of the Prometheus Operator, which differ only in
// the spelling of keys. Used by the writers of both. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/routing.h"

namespace leeway {

struct RouteDialect {
  std::string_view group_by;
  std::string_view group_wait;
  std::string_view group_interval;
  std::string_view repeat_interval;
  std::string_view mute_time_intervals;
  std::string_view source_matchers;
  std::string_view target_matchers;
  std::string_view webhook_configs;
  // One label as an item of a list of matchers, its lines at the column.
  std::string (*matcher)(const std::string& name, const std::string& value, int column);
};

// The keys of the root route, and below them its routes, at the column.
std::string route_yaml(const Route& root, int column, const RouteDialect& dialect);

// Items of a list at the column.
std::string route_list_yaml(const std::vector<Route>& routes, int column, const RouteDialect& dialect);
std::string inhibitions_yaml(const std::vector<InhibitRule>& rules, int column, const RouteDialect& dialect);
std::string receivers_yaml(const std::vector<Receiver>& receivers, int column, const RouteDialect& dialect);

// `block`, whose first line starts at `column` + 2, as an item of a list at the column.
std::string list_item(std::string block, int column);

}  // namespace leeway
