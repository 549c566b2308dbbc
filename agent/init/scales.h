// Bounds and objectives that fit to values that were seen. Pure functions, used by init.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace leeway {

// Ascending bounds of 1, 2 and 5 times powers of ten, from the last one that is not above `low` to the first one that
// is not below `high`; at most 14, of which the lowest are left out first. Both are above 0.
std::vector<double> bounds_between(double low, double high);

// The largest of the usual objectives that the events meet with a margin: half as many bad events more than there were,
// and one, would still be within its budget, so that few events promise little. 0 where there is none.
double objective_below(double share, std::uint64_t events);

// "97.01 %"
std::string percent(double share);

}  // namespace leeway
