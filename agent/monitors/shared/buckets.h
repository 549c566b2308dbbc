// `buckets` of a histogram: the upper bounds, ascending; +Inf is always added. Used by [[metric]] and [[state]].
#pragma once

#include <span>
#include <vector>

#include "agent/config/table_reader.h"

namespace leeway {

// Reports errors; after one the result is not to be used.
std::vector<double> read_buckets(TableReader& reader, std::span<const double> defaults);

}  // namespace leeway
