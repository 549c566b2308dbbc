// Tests of many hypotheses at once: at which level each is tested. Used by agent/monitors/drift.
#pragma once

#include <cstdint>
#include <vector>

namespace leeway {

enum class Family : std::uint8_t { kNone, kHolm, kBenjaminiHochberg };
// The level at which to test each of the hypotheses with these p-values: those with p <= level are rejected. kHolm:
// the probability that any true one is rejected stays below `rate`; kBenjaminiHochberg: the expected share of true ones
// among the rejected stays below `rate`; kNone: each by itself.
double family_level(std::vector<double> p_values, double rate, Family family);

}  // namespace leeway
