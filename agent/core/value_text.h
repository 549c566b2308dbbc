// A value as people read it in messages. Used where examples of records are shown.
#pragma once

#include <string>

#include "agent/core/value.h"

namespace leeway {

// Short, in one line and valid UTF-8: "absent", "12", "\"GET\"".
std::string shown_value(const Value& value);

}  // namespace leeway
