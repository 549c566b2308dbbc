// A dashboard before it becomes a file. Used in this room only: it includes the JSON library.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

using Json = nlohmann::ordered_json;

struct Dashboard {
  DashboardKind kind = DashboardKind::kPack;
  std::string uid;
  std::string title;
  std::vector<const Panel*> panels;  // of the catalogue, row by row
};

// Those that have panels, in the order of their kinds.
std::vector<Dashboard> dashboards_of(const Catalog& catalog);

Json dashboard_json(const Catalog& catalog, const std::vector<Dashboard>& all, const Dashboard& dashboard);

}  // namespace leeway
