// `while = 'echo_batch_running > 0'` of an [[alert]]: it can fire only while this holds. A selector of a gauge, a
// comparison and a number, so that tests can produce it. Used by alert_entry.
#pragma once

#include <optional>
#include <string>

#include "agent/alerts/condition.h"

namespace leeway {

// Narrows the expression and the tests of the condition by the key `while`, where there is one; adds the test that the
// alert is quiet while it does not hold.
void apply_while(TableReader& reader, const Catalog& catalog, Condition& condition);

}  // namespace leeway
