// The dashboards of a catalogue as one static page of HTML and SVG, drawn from the samples of a replay: without
// scripts, without network. Used by `leeway dashboards --preview`.
#pragma once

#include <string>
#include <vector>

#include "agent/evaluation/alert_states.h"
#include "agent/evaluation/evaluator.h"
#include "agent/metrics/catalog.h"
#include "dashboards/preview/panel_data.h"

namespace leeway::preview {

// Panels beyond that are not drawn: a page that a browser can show at once.
inline constexpr std::size_t kLargestPage = std::size_t{5} << 20;

// `alerts`: those of the catalogue, by evaluate_alerts(). `notes`: sentences about the data, for the head of the page.
// After Catalog::arrange(). At most kLargestPage bytes, but for the titles of panels.
std::string preview_page(const Catalog& catalog, evaluation::Evaluator& evaluator,
                         const evaluation::AlertHistory& alerts, const PreviewRange& range,
                         const std::vector<std::string>& notes);

}  // namespace leeway::preview
