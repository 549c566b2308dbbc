#include "agent/init/scales.h"

#include <cmath>

#include "agent/core/number_text.h"

namespace leeway {

std::vector<double> bounds_between(double low, double high) {
  constexpr std::size_t kMost = 14;
  std::vector<double> bounds;
  const auto first = static_cast<int>(std::floor(std::log10(low)));
  for (int power = first; bounds.empty() || bounds.back() < high; ++power) {
    for (const int factor : {1, 2, 5}) {
      const double bound = without_noise(factor * std::pow(10, power));
      if (!bounds.empty() && bounds.back() >= high) {
        break;
      }
      if (bound <= low) {
        bounds.clear();
      }
      bounds.push_back(bound);
    }
  }
  if (bounds.size() > kMost) {
    bounds.erase(bounds.begin(), bounds.end() - kMost);
  }
  return bounds;
}

double objective_below(double share, std::uint64_t events) {
  constexpr double kMargin = 1.5;
  constexpr double kRounding = 1e-9;
  const auto all = static_cast<double>(events);
  const double bad = events == 0 ? 1 : (kMargin * (1 - share) * all + 1) / all;
  for (const double objective : {0.999, 0.995, 0.99, 0.95, 0.9, 0.8}) {
    if (bad <= 1 - objective + kRounding) {
      return objective;
    }
  }
  return 0;
}

std::string percent(double share) { return number_text(without_noise(std::round(share * 10000) / 100)) + " %"; }

}  // namespace leeway
