#include "agent/monitors/slo/slo_windows.h"

#include <algorithm>
#include <array>

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array<BurnRateTier, 4> kTiers{{
    {"page-fast", minutes(5), hours(1), 0.02},
    {"page-slow", minutes(30), hours(6), 0.05},
    {"ticket-fast", hours(2), hours(24), 0.10},
    {"ticket-slow", hours(6), hours(72), 0.10},
}};
constexpr int kLongestShare = 3;  // a long window is at most this part of the period

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
  return std::max(1.0, tier.budget_share * to_seconds(period) / to_seconds(tier.long_window));
}

}  // namespace leeway
