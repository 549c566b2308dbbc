// Units that the names of fields and metrics end with. Used by the findings about quantities.
#pragma once

#include <string_view>

#include "agent/core/schema.h"

namespace leeway {

struct UnitWord {
  std::string_view word;
  std::string_view name;    // "milliseconds"
  std::string_view base;    // "seconds"
  std::string_view factor;  // "/ 1000": what makes the base unit of it; "" for the base unit itself
};

// Of the last word of the field's name, as in `took_ms`, `took.ms` or `tookMs`; null if that is no unit.
const UnitWord* unit_of_field(const FieldPath& path);
// "seconds" or "bytes", if the name of the metric ends with it, before _total; else "".
std::string_view base_unit_of_metric(std::string_view name);

}  // namespace leeway
