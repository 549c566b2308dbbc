// One panel as Grafana's JSON. Used by grafana.cpp.
#pragma once

#include "agent/metrics/catalog.h"
#include "dashboards/grid.h"
#include "dashboards/json_text.h"

namespace leeway {

// The data source that the dashboard's variable selects.
Json data_source_json();
Json grid_json(const GridPosition& position);
// `data_links`: from each value to other dashboards.
Json panel_json(const Panel& panel, const GridPosition& position, const Json& data_links, const Catalog& catalog);

}  // namespace leeway
