#include "agent/monitors/slo/slo_windows.h"

#include <algorithm>
#include <array>

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<BurnRateTier, 4> kTiers{{
    {"page-fast", minutes(5), hours(1), 0.02, 0.5, minutes(15)},
    {"page-slow", minutes(30), hours(6), 0.05, 0.5, minutes(30)},
    {"ticket-fast", hours(2), hours(24), 0.10, 0.2, hours(1)},
    {"ticket-slow", hours(6), hours(72), 0.10, 0.5, hours(2)},
}};
constexpr int kLongestShare = 3;  // a long window is at most this part of the period
constexpr Duration kShortestMonth = hours(24 * 28);
constexpr Duration kLongestMonth = hours(24 * 30);

}  // namespace

std::vector<BurnRateTier> burn_rate_tiers(Duration period) {
  std::vector<BurnRateTier> tiers;
  std::copy_if(kTiers.begin(), kTiers.end(), std::back_inserter(tiers),
               [period](const BurnRateTier& tier) { return tier.long_window * kLongestShare <= period; });
  return tiers;
}

std::vector<Duration> burn_rate_windows(Duration period) {
  std::vector<Duration> windows;
  for (const BurnRateTier& tier : burn_rate_tiers(period)) {
    windows.insert(windows.end(), {tier.short_window, tier.long_window});
  }
  std::sort(windows.begin(), windows.end());
  windows.erase(std::unique(windows.begin(), windows.end()), windows.end());
  return windows;
}

double burn_rate_factor(const BurnRateTier& tier, Duration period) {
  const double window = to_seconds(tier.long_window);
  const double month = to_seconds(std::clamp(period, kShortestMonth, kLongestMonth));
  const double most = tier.largest_share * to_seconds(period) / window;
  return std::max(1.0, std::min(tier.budget_share * month / window, most));
}

}  // namespace leeway
