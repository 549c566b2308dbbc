#include "agent/monitors/slo/slo_rules.h"

#include <algorithm>
#include <cmath>

#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/slo/slo_exhausted.h"
#include "agent/monitors/slo/slo_input_alerts.h"
#include "agent/monitors/slo/slo_metrics.h"
#include "agent/monitors/slo/slo_records.h"
#include "agent/monitors/slo/slo_rule_parts.h"
#include "agent/monitors/slo/slo_rule_tests.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

// Of three digits, for people: "4.76%".
std::string percent_text(double share) {
  const double percent = share * 100;
  const double unit = std::pow(10, std::floor(std::log10(percent)) - 2);
  return number_text(without_noise(std::round(percent / unit) * unit)) + "%";
}

void add_ratio_record(Duration window, Catalog& catalog) {
  const std::string w = format_duration(window);
  add_slo_record(catalog, slo_ratio_name(w),
                 slo_bad_events(window, catalog) + "\n/\n(" + slo_events(window, catalog) + " > 0)",
                 "Share of bad events among all of the last " + w + "; absent without events.", window);
}
void add_period_records(const SloTarget& target, Catalog& catalog) {
  const std::string period = format_duration(target.period);
  const std::string slot = format_duration(kSloSlot);
  const std::string bad = over_period(slo_bad_events_name(slot), target.period);
  const std::string total = over_period(slo_events_name(slot), target.period);
  add_slo_record(catalog, slo_bad_events_name(period), bad, "Bad events of the last " + period + ", slot by slot.",
                 target.period);
  add_slo_record(catalog, slo_ratio_name(period), bad + "\n/\n(" + total + " > 0)",
                 "Share of bad events among all of the last " + period +
                     ": sums divided, not a mean of ratios, so that each event has the same weight.",
                 target.period);
  const std::string budget = number_text(error_budget(target.objective));
  const std::string slo = "{slo=" + quote_promql(target.name) + "}";
  const RuleLabels labels{{"slo", target.name}};
  add_slo_record(catalog, kSloBudgetRemaining, "1 - " + slo_ratio_name(period) + slo + " / " + budget,
                 "Share of the error budget of " + period + " that is left; the budget is " + budget +
                     " of the events; negative once it is overspent.",
                 target.period, labels);
  add_slo_record(
      catalog, kSloBudgetExhaustion,
      "(" + std::string(kSloBudgetRemaining) + slo + " > 0)\n* " + number_text(budget_seconds(target)) + " / (" +
          slo_ratio_name("1h") + slo + " > 0)",
      "Time until the error budget of " + period + " is spent at the last hour's rate; absent while nothing burns.",
      target.period, labels);
}

// The error ratio of the first window, from the tier's long one on, that holds any events.
std::string ratio_with_events(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier) {
  std::string ratio;
  for (const TierSettings& slower : settings.tiers) {
    if (slower.tier.long_window == tier.tier.long_window ||
        (slower.enabled && slower.tier.long_window > tier.tier.long_window)) {
      ratio += (ratio.empty() ? "" : " or ") + slo_ratio_name(format_duration(slower.tier.long_window)) +
               slo_matcher(target);
    }
  }
  return ratio.find(" or ") == std::string::npos ? ratio : "(" + ratio + ")";
}

std::string tier_expr(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier,
                      const Catalog& catalog) {
  const std::string slo = slo_matcher(target);
  const std::string budget = " * " + number_text(error_budget(target.objective));
  const std::string limit = number_text(tier.factor) + budget;
  const std::string half = number_text(without_noise(tier.factor / 2)) + budget;
  const std::string short_window = format_duration(tier.tier.short_window);
  const std::string long_window = format_duration(tier.tier.long_window);
  const std::string short_ratio = slo_ratio_name(short_window) + slo;
  const std::string long_ratio = slo_ratio_name(long_window) + slo;
  std::string expr = long_ratio + " > " + limit + "\nand\n" + short_ratio + " > " + limit;
  if (settings.min_bad_events > 1) {
    expr += "\nand\n" + slo_bad_events_name(long_window) + slo + " >= " + std::to_string(settings.min_bad_events);
  }
  if (tier.min_events > 1) {
    expr += "\nand\n" + slo_events_name(long_window) + slo + " >= " + std::to_string(tier.min_events);
  }
  expr += "\nor\n" + ratio_with_events(target, settings, tier) + " > " + half +
          "\nand ignoring (alertname, alertstate, severity, team, tier)\n" +
          firing_before(target, tier, catalog.settings) + "\nunless\n(\n" + short_ratio + " <= " + half + "\nand\n" +
          long_ratio + " * " + slo_events_name(short_window) + slo + " >= " + number_text(kTellingBadEvents) + "\n)";
  return expr;
}

// How long the rest of the budget lasts at the rate that the alert has measured.
Outlook time_left(const SloTarget& target, const RuleSettings& rules) {
  std::string labels = "slo=$labels.slo";
  for (const std::string& label : rules.target_labels) {
    const auto& fleet = rules.fleet_labels;
    if (std::find(fleet.begin(), fleet.end(), label) == fleet.end()) {
      labels += ", " + label + "=$labels." + label;
    }
  }
  for (const std::string& label : target.by) {
    labels += ", " + label + "=$labels." + label;
  }
  const std::string period = format_duration(target.period);
  return {"(" + std::string(kSloBudgetRemaining) + "{" + labels + "} > 0) * " + number_text(budget_seconds(target)) +
              " / $value",
          Unit::kSeconds, "At this rate the rest of the budget of " + period + " lasts $result.",
          "The budget of " + period + " is spent."};
}

void add_tier(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier, Catalog& catalog) {
  const std::string long_window = format_duration(tier.tier.long_window);
  const std::string short_window = format_duration(tier.tier.short_window);
  const std::string period = format_duration(target.period);
  const double share = without_noise(tier.factor * to_seconds(tier.tier.long_window) / to_seconds(target.period));
  if (settings.min_bad_events > 1) {
    add_bad_events_record(tier.tier.long_window, catalog);
  }
  if (tier.min_events > 1) {
    add_events_record(tier.tier.long_window, catalog);
  }
  add_events_record(tier.tier.short_window, catalog);
  AlertRule alert = base_slo_alert(target, settings, slo_runbook(settings, tier.severity, tier.runbook), catalog);
  alert.name = tier.alert;
  alert.labels.insert(alert.labels.begin(), {"tier", tier.tier.name});
  alert.severity = tier.severity;
  alert.hold = tier.hold;
  alert.keep_firing_for = tier.keep_firing_for;
  alert.expr = tier_expr(target, settings, tier, catalog);
  const double limit = tier.factor * error_budget(target.objective);
  alert.summary = slo_subject(target) + ": burn rate above " + number_text(without_noise(tier.factor)) + ".";
  alert.description = "$value of the events of the last " + long_window + " were bad, and the last " + short_window +
                      " are no better; " + number_text(error_budget(target.objective) * 100) + "% would be allowed.";
  alert.measured = "$value of " + long_window + " bad (limit " + percent_text(limit) + ")";
  alert.outlook = time_left(target, catalog.settings);
  alert.value_unit = Unit::kRatio;
  alert.when = "more than " + percent_text(limit) + " of the events of " + long_window + " and of " + short_window +
               " are bad; a total outage fires after " + format_duration(outage_detection(target, tier));
  const std::string origin = "Factor " + number_text(without_noise(tier.factor)) + ": " + percent_text(share) +
                             " of the budget of " + period + " spent in " + long_window +
                             ". A total outage fires after " + format_duration(outage_detection(target, tier)) + ".";
  alert.comment += (alert.comment.empty() ? "" : "\n") + origin;
  if (alert.runbook.meaning.empty()) {
    alert.runbook.meaning = "Bad events spend the error budget of SLO " + target.name + " (objective " +
                            number_text(target.objective) + " over " + period + ") too fast: the rest would not last.";
  }
  alert.runbook.queries.push_back(slo_ratio_name(short_window) + "{slo=" + quote_promql(target.name) + "}");
  alert.metrics = {slo_ratio_name(long_window), slo_ratio_name(short_window), "ALERTS"};
  alert.burn = BurnRate{tier.key,
                        tier.tier.short_window,
                        tier.tier.long_window,
                        tier.factor,
                        tier.factor * error_budget(target.objective),
                        share};
  alert.range = tier.tier.long_window;
  if (!target.by.empty() && !target.by_is_known) {
    alert.advice = "give `values`: Prometheus does not see the events before the first scrape of a new series";
  }
  alert.tests = slo_tier_tests(target, settings, tier);
  catalog.alerts.push_back(std::move(alert));
}

void add_absent(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  AlertRule alert = base_slo_alert(target, settings, slo_input_runbook(settings), catalog);
  alert.name = kSloAbsentAlert;
  alert.severity = Severity::kWarning;
  alert.hold = settings.absent_for;
  const std::string input = slo_presence_metric(target);
  alert.expr = "absent(" + input + slo_matcher(target) + ")";
  alert.summary = "SLO " + target.name + " has no input, so none of its alerts can fire.";
  alert.description =
      "Prometheus holds no series " + input + " of SLO $labels.slo: no agent that judges its events is scraped.";
  alert.runbook.meaning =
      "No agent exports the events of this SLO: it is not running, not scraped, or its "
      "configuration no longer has the SLO.";
  alert.runbook.queries = {"up", "leeway_build_info"};
  alert.when = "no agent exports the SLO";
  alert.metrics = {input};
  alert.tests = slo_absent_tests(target, settings);
  catalog.alerts.push_back(std::move(alert));
}

void add_impossible(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  const std::string slo = "{slo=" + quote_promql(target.name) + "}";
  AlertRule alert = base_slo_alert(target, settings, slo_input_runbook(settings), catalog);
  alert.name = kSloImpossibleAlert;
  alert.severity = Severity::kWarning;
  alert.hold = std::chrono::minutes(5);
  alert.expr = "increase(leeway_slo_bad_events_total" + slo + "[1h])\n> 1.01 *\nincrease(leeway_slo_events_total" +
               slo + "[1h])";
  alert.summary = slo_subject(target) + " counts more bad events than events.";
  alert.description =
      "$value bad events in 1h exceed the number of events on $labels.instance: two agents write the "
      "same series, or a relabeling merges them.";
  alert.runbook.meaning =
      "Each bad event is also an event, so this is impossible for one agent: series of several "
      "agents were merged.";
  alert.runbook.queries = {"count by (job, instance) (leeway_slo_events_total" + slo + ")"};
  alert.when = "there are more bad events than events";
  alert.metrics = {kSloBadEvents, kSloEvents};
  alert.range = std::chrono::hours(1);
  alert.tests = slo_impossible_tests(target);
  catalog.alerts.push_back(std::move(alert));
}

// Alertmanager takes a label that neither alert has for equal, so one rule serves SLOs with different labels.
void add_inhibition(const SloTarget& slo, const char* source, const char* target, std::string comment,
                    Catalog& catalog) {
  InhibitRule rule{{{"tier", source}}, {{"tier", target}}, {"slo", "job"}, std::move(comment)};
  auto known = std::find_if(catalog.inhibitions.begin(), catalog.inhibitions.end(), [&](const InhibitRule& other) {
    return other.source == rule.source && other.target == rule.target;
  });
  if (known == catalog.inhibitions.end()) {
    known = catalog.inhibitions.insert(known, std::move(rule));
  }
  for (const std::string& label : slo.by) {
    if (std::find(known->equal.begin(), known->equal.end(), label) == known->equal.end()) {
      known->equal.push_back(label);
    }
  }
}

// A faster tier covers the slower ones. A spent budget is worth a page, unless the same SLO already pages; an alert
// below a page must not silence it.
void add_inhibitions(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  for (std::size_t fast = 0; fast < settings.tiers.size(); ++fast) {
    const TierSettings& source = settings.tiers[fast];
    if (!source.enabled) {
      continue;
    }
    for (std::size_t slow = fast + 1; slow < settings.tiers.size(); ++slow) {
      if (settings.tiers[slow].enabled) {
        add_inhibition(target, source.tier.name, settings.tiers[slow].tier.name,
                       "A faster tier silences the slower ones.", catalog);
      }
    }
    if (std::string_view(source.tier.name).starts_with("page")) {
      add_inhibition(target, source.tier.name, kSloExhaustedTier,
                     "A page for the burn makes one for its result redundant.", catalog);
    }
  }
}

}  // namespace

double budget_seconds(const SloTarget& target) {
  return without_noise(to_seconds(target.period) * error_budget(target.objective));
}

Duration outage_detection(const SloTarget& target, const TierSettings& tier) {
  const double minutes = to_seconds(tier.tier.long_window) / 60 * tier.factor * error_budget(target.objective);
  return std::chrono::minutes(static_cast<std::int64_t>(std::floor(without_noise(minutes))) + 1) + tier.hold;
}

void add_slo_rules(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  add_bad_events_record(kSloSlot, catalog);
  add_events_record(kSloSlot, catalog);
  for (const Duration window : recorded_windows(settings, target.period)) {
    add_ratio_record(window, catalog);
  }
  add_period_records(target, catalog);
  if (!settings.enabled) {
    return;
  }
  for (const TierSettings& tier : settings.tiers) {
    if (tier.enabled) {
      add_tier(target, settings, tier, catalog);
    }
  }
  add_exhausted(target, settings, catalog);
  add_absent(target, settings, catalog);
  add_impossible(target, settings, catalog);
  add_slo_input_alerts(target, settings, base_slo_alert(target, settings, slo_input_runbook(settings), catalog),
                       catalog);
  add_inhibitions(target, settings, catalog);
}

}  // namespace leeway
