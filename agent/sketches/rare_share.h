// The share of a window's rows that an event has which was rare in the reference: a missing value, a category that the
// reference lacks, a value outside of its range. Its distribution without drift is known: beta-binomial. Used by
// null_scores.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace leeway {

struct RareShare {
  double with = 0.5;  // the probability of the event has a beta distribution with these parameters: about its rows in
  double without = 0.5;    // the reference, and the other ones
  std::uint64_t rows = 0;  // of the window
  double center = 0;       // the score is |share - center|
};

// The scores in descending order, each once, with their probabilities, without those that are practically impossible.
// Empty if there are too many for it to matter that they are discrete.
std::vector<std::pair<double, double>> distribution_of(const RareShare& share);

}  // namespace leeway
