#include "agent/sketches/family_level.h"

#include <algorithm>

namespace leeway {

double family_level(std::vector<double> p_values, double rate, Family family) {
  const double size = static_cast<double>(p_values.size());
  if (family == Family::kNone || p_values.empty()) {
    return rate;
  }
  std::sort(p_values.begin(), p_values.end());
  double level = rate / size;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    const double rank = static_cast<double>(i);
    const double limit = family == Family::kHolm ? rate / (size - rank) : rate * (rank + 1) / size;
    if (p_values[i] <= limit) {
      // Holm goes on to the next step's level; Benjamini-Hochberg rejects up to the largest such rank.
      level = family == Family::kHolm ? rate / std::max(1.0, size - rank - 1) : limit;
    } else if (family == Family::kHolm) {
      break;
    }
  }
  return level;
}

}  // namespace leeway
