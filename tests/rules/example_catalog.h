// Hand-written catalogues for the tests of the writers.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

// Two teams and alerts without a team, each severity, two tiers of an SLO of which one inhibits the other, two
// maintenance windows, a panel.
Catalog example_catalog();

// All kinds of text that could escape from its context: quotes, braces, templates, line breaks, fences, control
// characters.
std::string hostile_text();

// Like the example, with the hostile text wherever text of the configuration is used.
Catalog hostile_catalog();

}  // namespace leeway
