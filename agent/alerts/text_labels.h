// Labels that the texts of an alert name but its result cannot have, which would leave a hole in a notification. Used
// by alert_entry.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/metrics/catalog.h"
#include "agent/promql/selector.h"

namespace leeway {

// Those of a text. `alert` has its expression.
std::vector<std::string> dropped_labels(std::string_view text, const AlertRule& alert, const Catalog& catalog);

// What tells the series of an alert apart, for its text: " (route $labels.route, tier $labels.tier)"; "" of no labels.
std::string series_clause(const std::vector<std::string>& labels);
// Labels of the metric that the result of the alert keeps, and that `selector` does not fix.
std::vector<std::string> telling_labels(const AlertRule& alert, const MetricDesc& desc, const Selector& selector,
                                        const Catalog& catalog);

// Reports those of the summary and the description of an [[alert]].
void check_text_labels(TableReader& reader, const AlertRule& alert, const Catalog& catalog);

}  // namespace leeway
