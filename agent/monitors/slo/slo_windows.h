// The windows of a service level objective: those of its burn-rate alert tiers and its whole period. Shared by the SLO
// monitor and its alert rules.
//
// The tiers are those of the SRE workbook (table 5-8) and of sloth, with fixed windows: a tier alerts when the burn
// rate of both its windows exceeds its factor, which for a period of 30 days is budget_share * period / long_window:
//   page 5m/1h 2 % 14.4 · page 30m/6h 5 % 6 · ticket 2h/1d 10 % 3 · ticket 6h/3d 10 % 1
// The windows are those of the people who react, not of the period, and so are the factors: a shorter period has those
// of 28 days, a longer one those of 30, unless a tier would then spend more than `largest_share` of the budget before
// it alerts. A tier whose long window is more than a third of the period is left out: for a 7-day period the last one.
#pragma once

#include <span>
#include <vector>

#include "agent/core/clock.h"

namespace leeway {

struct BurnRateTier {
  const char* name;  // "page-fast": the label `tier` of its alert
  Duration short_window;
  Duration long_window;
  double budget_share;       // of a month's budget, burnt in the long window when the tier alerts
  double largest_share;      // the same of the budget of a short period, at most
  Duration keep_firing_for;  // by default: the alert of a rate that hovers about the limit is one alert
};

inline constexpr Duration kShortestPeriod = std::chrono::hours(3);  // keeps the fastest tier
inline constexpr Duration kLongestPeriod = std::chrono::hours(24 * 366);
inline constexpr Duration kPeriodStep = std::chrono::hours(1);
inline constexpr Duration kDefaultPeriod = std::chrono::hours(24 * 30);

// The tiers of a period, fastest first.
std::vector<BurnRateTier> burn_rate_tiers(Duration period);
// The windows of those tiers, ascending, each once.
std::vector<Duration> burn_rate_windows(Duration period);
// The factor of the tier; at least 1, below which the budget would last longer than the period.
double burn_rate_factor(const BurnRateTier& tier, Duration period);

}  // namespace leeway
