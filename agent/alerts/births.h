// Increases that count a series which begins: increase() does not see its first value. Used by the conditions of
// [[alert]] on counters, and by the alert of [[change]].
#pragma once

#include <string>

#include "agent/core/clock.h"
#include "agent/promql/selector.h"

namespace leeway {

// What an agent exports in each scrape, and what Prometheus records of each scrape of any target: 1 if it succeeded.
inline constexpr const char* kScraped = "leeway_ready";
inline constexpr const char* kUp = "up";

// For each series the increase in the window; of one that is born within it, all of its value. Born is what did not
// exist in the window before, and whose target was scraped within the window without it: so the series of a target that
// is new, or was away, are not. `external`: the metric is not an agent's. The expression needs parentheses around it.
std::string increase_with_births(const Selector& metric, Duration window, bool external);

}  // namespace leeway
