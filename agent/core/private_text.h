// Examples of records for people: in the agent's log, its status and page, and what `check` and `explain` print.
// Whatever a source says in `redact`, they never show what one of Redaction::names() finds.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/value.h"

namespace leeway {

// `text` without its private parts, or as much of its beginning as is looked at: a few kilobytes.
std::string hide_private(std::string_view text);

// As shown_value(), of the value of a field.
std::string shown_example(std::string_view field, const Value& value);

}  // namespace leeway
