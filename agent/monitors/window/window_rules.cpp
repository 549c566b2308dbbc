#include "agent/monitors/window/window_rules.h"

#include "agent/panels/metric_panels.h"

namespace leeway {

void add_window_rules(const WindowSettings& settings, Catalog& catalog) { add_metric_panels(settings.desc, catalog); }

}  // namespace leeway
