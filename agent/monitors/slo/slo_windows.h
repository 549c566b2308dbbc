// The windows of a service level objective: those of its burn-rate alert tiers and its whole period. Shared by the SLO
// monitor and its alert rules.
//
// The tiers are those of the SRE workbook (table 5-8) and of sloth, with fixed windows: a tier alerts when the burn
// rate of both its windows exceeds f = budget_share * period / long_window, that is for a period of 30 days:
//   page 5m/1h 2 % 14.4 · page 30m/6h 5 % 6 · ticket 2h/1d 10 % 3 · ticket 6h/3d 10 % 1
// A tier whose long window is more than a third of the period is left out: for a 7-day period the last one.
#pragma once

#include <span>
#include <vector>

#include "agent/core/clock.h"

namespace leeway {

struct BurnRateTier {
  const char* name;  // "page-fast": the label `tier` of its alert
  Duration short_window;
  Duration long_window;
  double budget_share;  // of the period's budget, burnt in the long window when the tier alerts
};

inline constexpr Duration kShortestPeriod = std::chrono::hours(3);  // keeps the fastest tier
inline constexpr Duration kLongestPeriod = std::chrono::hours(24 * 366);
inline constexpr Duration kPeriodStep = std::chrono::hours(1);
inline constexpr Duration kDefaultPeriod = std::chrono::hours(24 * 30);

// The tiers of a period, fastest first.
std::vector<BurnRateTier> burn_rate_tiers(Duration period);
// The windows of those tiers, ascending, each once.
std::vector<Duration> burn_rate_windows(Duration period);
// The factor f of the tier; at least 1, below which the budget would last longer than the period.
double burn_rate_factor(const BurnRateTier& tier, Duration period);

}  // namespace leeway
