// The functions of the language that take a timestamp apart, in UTC, the zone of the source or that which the call
// names. Used by the table of functions.
#pragma once

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Of the part that the function's name says, as in CEL: getMonth() and getDayOfWeek() count from 0, for January and
// Sunday; of a duration, getHours() ... are all its hours ...
Expected<BoundFunction> prepare_time_part(Node& call, const Schema&);
// For hour() and weekday(): in the zone of the source unless the call names one; texts and numbers are read as by
// timestamp().
Expected<BoundFunction> prepare_source_time_part(Node& call, const Schema& schema);

}  // namespace leeway::expr
