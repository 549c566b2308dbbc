// Units of panels for units of metrics. Used by code that draws a metric or its limits.
#pragma once

#include "agent/metrics/panel.h"
#include "agent/metrics/unit.h"

namespace leeway {

PanelUnit panel_unit(Unit unit);

}  // namespace leeway
