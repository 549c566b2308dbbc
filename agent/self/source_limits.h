// Sources by kind and by how long they may be without a record, for alerts that say of each kind what is wrong in its
// words. Used by the alerts about sources. Pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

// Names of sources by limit; none: a data file whose limit is its pace.
using SourceLimits = std::map<std::optional<Duration>, std::vector<std::string>>;

std::map<SourceKind, SourceLimits> source_limits(const Catalog& catalog);

// The metric for these sources; without a matcher where they are all that have it.
std::string of_sources(const char* metric, const std::vector<std::string>& sources, bool all);

// Of a series in a rule test: of an agent that reads the source.
RuleLabels source_labels(const std::string& source);

}  // namespace leeway
