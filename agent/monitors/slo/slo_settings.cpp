#include <algorithm>
#include <cmath>

#include "agent/alerts/alert_keys.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/slo/slo_exhausted.h"
#include "agent/monitors/slo/slo_rule_parts.h"
#include "agent/monitors/slo/slo_rules.h"

namespace leeway {
namespace {

constexpr Duration kDay = std::chrono::hours(24);

// The largest factor of three digits that a tier of this budget may have.
double feasible_factor(double budget) {
  const double largest = kLargestTierThreshold / budget;
  const double unit = std::pow(10.0, std::floor(std::log10(largest)) - 2);
  return without_noise(std::floor(without_noise(largest / unit)) * unit);
}

TierSettings default_tier(const BurnRateTier& tier, double budget, Duration period) {
  TierSettings settings;
  settings.tier = tier;
  settings.key = tier.name;
  std::replace(settings.key.begin(), settings.key.end(), '-', '_');
  settings.alert = "ErrorBudgetBurn";
  bool upper = true;
  for (const char* c = tier.name; *c != '\0'; ++c) {
    if (*c != '-') {
      settings.alert += upper ? static_cast<char>(*c - 'a' + 'A') : *c;
    }
    upper = *c == '-';
  }
  const bool page = std::string_view(tier.name).starts_with("page");
  settings.severity = page ? Severity::kCritical : tier.long_window <= kDay ? Severity::kWarning : Severity::kInfo;
  settings.keep_firing_for = tier.keep_firing_for;
  settings.factor = std::min(without_noise(burn_rate_factor(tier, period)), feasible_factor(budget));
  return settings;
}

void read_tier(TableReader& alerts, double budget, TierSettings& tier) {
  std::optional<TableReader> reader = alerts.table(tier.key);
  if (!reader) {
    return;
  }
  tier.enabled = reader->boolean("enabled", true);
  tier.alert = read_alert_name(*reader, tier.alert);
  tier.severity = read_severity(*reader, "severity").value_or(tier.severity);
  tier.hold = read_hold(*reader, tier.hold);
  tier.keep_firing_for = reader->duration_or_zero("keep_firing_for", tier.keep_firing_for);
  if (reader->has("runbook")) {
    tier.runbook = read_runbook(*reader);
  }
  if (const std::optional<double> factor = reader->number("factor")) {
    tier.factor = *factor;
    if (!(*factor > 0)) {
      reader->error("factor", "'factor' is " + number_text(*factor) + "; expected a positive number such as 14.4");
    } else if (*factor * budget >= 1) {
      reader->error("factor", "with this objective the tier could never fire: " + number_text(*factor) +
                                  " times the budget of " + number_text(budget) +
                                  " is all events or more; expected less than " +
                                  number_text(without_noise(1 / budget)));
    }
  }
  reader->report_unused_keys();
}

// A tier whose long window holds few events leaves them to a slower one, which is steadier, if that is as severe: so
// many that at the limit ten of them are bad.
void set_least_events(double budget, const std::optional<std::int64_t>& configured, SloAlertSettings& settings) {
  constexpr int kBadAtLimit = 10;
  for (std::size_t i = 0; i < settings.tiers.size(); ++i) {
    TierSettings& tier = settings.tiers[i];
    const bool covered =
        std::any_of(settings.tiers.begin() + static_cast<std::ptrdiff_t>(i) + 1, settings.tiers.end(),
                    [&tier](const TierSettings& slower) { return slower.enabled && slower.severity <= tier.severity; });
    const double least = covered ? std::ceil(without_noise(kBadAtLimit / (tier.factor * budget))) : 0;
    tier.min_events = configured.value_or(static_cast<std::int64_t>(std::min(least, double{kMostSloEvents})));
  }
}

}  // namespace

double error_budget(double objective) {
  constexpr double kDecimals = 1e12;
  return std::round((1 - objective) * kDecimals) / kDecimals;
}

SloAlertSettings read_slo_alerts(TableReader& slo, double objective, Duration period) {
  SloAlertSettings settings;
  const double budget = error_budget(objective);
  if (!(budget > 0 && budget < 1)) {
    slo.accept("alerts");  // the objective is reported
    return settings;
  }
  for (const BurnRateTier& tier : burn_rate_tiers(period)) {
    settings.tiers.push_back(default_tier(tier, budget, period));
  }
  settings.exhausted = default_exhausted(objective, period);
  set_least_events(budget, std::nullopt, settings);
  std::optional<TableReader> reader = slo.table("alerts");
  if (!reader) {
    return settings;
  }
  settings.enabled = reader->boolean("enabled", true);
  for (TierSettings& tier : settings.tiers) {
    read_tier(*reader, budget, tier);
  }
  read_exhausted(*reader, period, settings.exhausted);
  settings.min_bad_events = reader->integer("min_bad_events", 1, kMostSloEvents, settings.min_bad_events);
  set_least_events(budget, reader->integer("min_events", 0, kMostSloEvents), settings);
  settings.absent_for = reader->duration("absent_for", settings.absent_for);
  settings.stopped_for = reader->duration("stopped_for", settings.stopped_for);
  if (settings.stopped_for < std::chrono::hours(1)) {
    reader->error("stopped_for",
                  "'stopped_for' is " + format_duration(settings.stopped_for) + "; expected at least 1h");
  }
  settings.team = reader->string("team").value_or("");
  settings.comment = reader->string("comment").value_or("");
  settings.runbook = read_runbook(*reader);
  reader->report_unused_keys();
  return settings;
}

std::vector<Duration> recorded_windows(const SloAlertSettings& settings, Duration period) {
  if (!settings.enabled) {
    return burn_rate_windows(period);
  }
  std::vector<Duration> windows = {std::chrono::minutes(5), std::chrono::hours(1)};  // of the panels
  for (const TierSettings& tier : settings.tiers) {
    if (tier.enabled) {
      windows.insert(windows.end(), {tier.tier.short_window, tier.tier.long_window});
    }
  }
  std::sort(windows.begin(), windows.end());
  windows.erase(std::unique(windows.begin(), windows.end()), windows.end());
  return windows;
}

}  // namespace leeway
