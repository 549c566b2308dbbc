// What fired when: the alerts of a replay as a table, with bars over its time. Used by preview_page.cpp.
#pragma once

#include <string>

#include "agent/evaluation/alert_states.h"
#include "agent/metrics/catalog.h"
#include "dashboards/preview/panel_data.h"

namespace leeway::preview {

inline constexpr const char* kAlertListAnchor = "alerts";

// As HTML, with a heading that has the anchor.
std::string alert_list(const Catalog& catalog, const evaluation::AlertHistory& history, const PreviewRange& range);

}  // namespace leeway::preview
