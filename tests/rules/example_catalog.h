// Catalogues made by hand for the tests of the writers.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

// Two teams and alerts of none, each severity, two tiers of an SLO of which one inhibits the other, two maintenance
// windows, a panel.
Catalog example_catalog();

// Text of each kind that could break out of its place: quotes, braces, templates, line breaks, fences, controls.
std::string hostile_text();

// As the example, with the hostile text wherever text of the configuration goes.
Catalog hostile_catalog();

}  // namespace leeway
