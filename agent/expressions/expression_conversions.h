// The functions of the language on single values: conversions and string functions. Used by the table of functions.
#pragma once

#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Of a double, rounded towards zero; of a string, decimal; of a timestamp, seconds since the epoch.
Value to_int(const Value& operand, Arena&);
// Of a string, decimal; of a timestamp, seconds since the epoch; of a duration, seconds.
Value to_double(const Value& operand, Arena&);
// Numbers as in labels (number_text.h), timestamps in RFC 3339, durations in seconds ("1.5s").
Value to_string(const Value& operand, Arena& arena);
// Of a string: true, True, TRUE, t, T, 1 and the same for false.
Value to_bool(const Value& operand, Arena&);
// Of a string as Go, Java or Python print durations (duration_text.h).
Value to_duration(const Value& operand, Arena&);
// Of a string, RFC 3339; of a number, seconds since the epoch.
Value to_timestamp(const Value& operand, Arena&);
// The same; strings that are not RFC 3339 are passed to `local_times`, which may be empty.
Value to_timestamp(const Value& operand, const TimeReader& local_times, Arena& arena);

// Characters (code points) of a string, elements of a list, members of a map.
Value size(const Value& operand, Arena&);
// ASCII letters only.
Value lower(const Value& operand, Arena& arena);
Value starts_with(const Value& text, const Value& part, Arena&);
Value ends_with(const Value& text, const Value& part, Arena&);
Value contains(const Value& text, const Value& part, Arena&);

}  // namespace leeway::expr
