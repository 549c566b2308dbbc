// A value as people read it: in the trees of expressions, in examples of records and of fields.
#pragma once

#include <string>

#include "agent/core/value.h"

namespace leeway {

// Short, in one line and valid UTF-8; texts in quotes.
std::string shown_value(const Value& value);

}  // namespace leeway
