// Bounds and objectives that fit to values that were seen. Pure functions, used by init.
#pragma once

#include <string>
#include <vector>

namespace leeway {

// Ascending bounds of 1, 2 and 5 times powers of ten, from the last one that is not above `low` to the first one that
// is not below `high`; at most 14, of which the lowest are left out first. Both are above 0.
std::vector<double> bounds_between(double low, double high);

// The largest of the usual objectives that is below the share of good events; 0 where a fifth of them is not good.
double objective_below(double share);

// "97.01 %"
std::string percent(double share);

}  // namespace leeway
