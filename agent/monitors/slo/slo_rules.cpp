#include "agent/monitors/slo/slo_rules.h"

#include <algorithm>
#include <cmath>

#include "agent/alerts/alert_keys.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/slo/slo_metrics.h"
#include "agent/monitors/slo/slo_records.h"
#include "agent/monitors/slo/slo_rule_tests.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

constexpr Duration kSlot = std::chrono::minutes(5);  // an increase over the period is the sum over such slots
constexpr Duration kDay = std::chrono::hours(24);

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::string summed(const Catalog& catalog, const std::string& inner) {
  return "sum without (" + join(catalog.settings.fleet_labels) + ") (" + inner + ")";
}

std::string increase(const char* counter, const std::string& window) {
  return std::string("increase(") + counter + "[" + window + "])";
}

// Recorded series keep the target labels that Prometheus adds, except those summed over: not known here.
void add_recording_rule(Catalog& catalog, std::string name, std::string expr, std::string help, Duration range,
                        RuleLabels set_labels = {}) {
  catalog.add_recording_rule(
      {std::move(name), std::move(expr), "slo-records", std::move(help), std::move(set_labels), {"slo"}, range});
}

std::string bad_events(Duration window, const Catalog& catalog) {
  return summed(catalog, increase(kSloBadEvents, format_duration(window)));
}
std::string events(Duration window, const Catalog& catalog) {
  return summed(catalog, increase(kSloEvents, format_duration(window)));
}

void add_ratio_record(Duration window, Catalog& catalog) {
  const std::string w = format_duration(window);
  add_recording_rule(catalog, slo_ratio_name(w),
                     bad_events(window, catalog) + "\n/\n(" + events(window, catalog) + " > 0)",
                     "Share of bad events among all of the last " + w + "; absent without events.", window);
}
void add_bad_events_record(Duration window, Catalog& catalog) {
  const std::string w = format_duration(window);
  add_recording_rule(catalog, slo_bad_events_name(w), bad_events(window, catalog), "Bad events of the last " + w + ".",
                     window);
}
void add_events_record(Duration window, Catalog& catalog) {
  const std::string w = format_duration(window);
  add_recording_rule(catalog, slo_events_name(w), events(window, catalog), "Events of the last " + w + ".", window);
}

void add_period_records(const SloTarget& target, Catalog& catalog) {
  const std::string period = format_duration(target.period);
  const std::string slot = format_duration(kSlot);
  const auto over_period = [&](const std::string& name) {
    return "sum_over_time(" + name + "[" + period + ":" + slot + "])";
  };
  const std::string bad = over_period(slo_bad_events_name(slot));
  const std::string total = over_period(slo_events_name(slot));
  add_recording_rule(catalog, slo_bad_events_name(period), bad, "Bad events of the last " + period + ", slot by slot.",
                     target.period);
  add_recording_rule(catalog, slo_ratio_name(period), bad + "\n/\n(" + total + " > 0)",
                     "Share of bad events among all of the last " + period +
                         ": sums divided, not a mean of ratios, so that each event has the same weight.",
                     target.period);
  const std::string budget = number_text(error_budget(target.objective));
  const std::string slo = "{slo=" + quote_promql(target.name) + "}";
  const RuleLabels labels{{"slo", target.name}};
  add_recording_rule(catalog, kSloBudgetRemaining, "1 - " + slo_ratio_name(period) + slo + " / " + budget,
                     "Share of the error budget of " + period + " that is left; the budget is " + budget +
                         " of the events; negative once it is overspent.",
                     target.period, labels);
  add_recording_rule(
      catalog, kSloBudgetExhaustion,
      "(" + std::string(kSloBudgetRemaining) + slo + " > 0)\n* " +
          number_text(without_noise(to_seconds(target.period) * error_budget(target.objective))) + " / (" +
          slo_ratio_name("1h") + slo + " > 0)",
      "Time until the error budget of " + period + " is spent at the last hour's rate; absent while nothing burns.",
      target.period, labels);
}

AlertRule base_alert(const SloTarget& target, const SloAlertSettings& settings, const Catalog& catalog) {
  AlertRule alert;
  alert.group = "slo-alerts";
  alert.comment = settings.comment;
  alert.runbook = settings.runbook;
  alert.labels = {{"slo", target.name}};
  add_team(alert, settings.team, catalog.settings);
  alert.runbook.queries.insert(alert.runbook.queries.begin(),
                               std::string(kSloBudgetRemaining) + "{slo=" + quote_promql(target.name) + "}");
  return alert;
}

std::string tier_expr(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier) {
  const std::string slo = "{slo=" + quote_promql(target.name) + "}";
  const std::string limit = " > " + number_text(tier.factor) + " * " + number_text(error_budget(target.objective));
  const std::string short_window = format_duration(tier.tier.short_window);
  const std::string long_window = format_duration(tier.tier.long_window);
  std::string expr = slo_ratio_name(long_window) + slo + limit + "\nand\n" + slo_ratio_name(short_window) + slo + limit;
  if (settings.min_bad_events > 1) {
    expr += "\nand\n" + slo_bad_events_name(long_window) + slo + " >= " + std::to_string(settings.min_bad_events);
  }
  if (settings.min_events > 1) {
    expr += "\nand\n" + slo_events_name(long_window) + slo + " >= " + std::to_string(settings.min_events);
  }
  return expr;
}

void add_tier(const SloTarget& target, const SloAlertSettings& settings, const TierSettings& tier, Catalog& catalog) {
  const std::string long_window = format_duration(tier.tier.long_window);
  const std::string short_window = format_duration(tier.tier.short_window);
  const std::string period = format_duration(target.period);
  const double share = without_noise(tier.factor * to_seconds(tier.tier.long_window) / to_seconds(target.period));
  if (settings.min_bad_events > 1) {
    add_bad_events_record(tier.tier.long_window, catalog);
  }
  if (settings.min_events > 1) {
    add_events_record(tier.tier.long_window, catalog);
  }
  AlertRule alert = base_alert(target, settings, catalog);
  alert.name = tier.alert;
  alert.labels.insert(alert.labels.begin(), {"tier", tier.tier.name});
  alert.severity = tier.severity;
  alert.hold = tier.hold;
  alert.keep_firing_for = tier.keep_firing_for;
  alert.expr = tier_expr(target, settings, tier);
  const std::string times = tier.factor == 1 ? "" : number_text(without_noise(tier.factor)) + " times ";
  alert.summary = "SLO " + target.name + " burns its error budget at more than " + times + "the allowed rate.";
  alert.description = "$value of the events of the last " + long_window + " were bad, and the last " + short_window +
                      " are no better; " + number_text(error_budget(target.objective) * 100) +
                      "% would be allowed. At this rate the budget of " + period + " lasts " +
                      format_duration(std::chrono::duration_cast<Duration>(
                          std::chrono::duration_cast<std::chrono::minutes>(target.period / tier.factor))) +
                      " at most.";
  alert.value_unit = Unit::kRatio;
  alert.when = "more than " + number_text(without_noise(tier.factor * error_budget(target.objective) * 100)) +
               "% of the events of " + long_window + " and of " + short_window +
               " are bad; a total outage fires after " + format_duration(outage_detection(target, tier));
  const std::string origin = "Factor " + number_text(without_noise(tier.factor)) + ": " +
                             number_text(without_noise(share * 100)) + "% of the budget of " + period + " spent in " +
                             long_window + ". A total outage fires after " +
                             format_duration(outage_detection(target, tier)) + ".";
  alert.comment += (alert.comment.empty() ? "" : "\n") + origin;
  if (alert.runbook.meaning.empty()) {
    alert.runbook.meaning = "Bad events spend the error budget of SLO " + target.name + " (objective " +
                            number_text(target.objective) + " over " + period + ") too fast: the rest would not last.";
  }
  alert.runbook.queries.push_back(slo_ratio_name(short_window) + "{slo=" + quote_promql(target.name) + "}");
  alert.metrics = {slo_ratio_name(long_window), slo_ratio_name(short_window)};
  alert.range = tier.tier.long_window;
  alert.tests = slo_tier_tests(target, settings, tier);
  catalog.alerts.push_back(std::move(alert));
}

void add_exhausted(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  const std::string slo = "{slo=" + quote_promql(target.name) + "}";
  const std::string period = format_duration(target.period);
  AlertRule alert = base_alert(target, settings, catalog);
  alert.name = kSloExhaustedAlert;
  alert.labels.insert(alert.labels.begin(), {"tier", "exhausted"});
  alert.severity = Severity::kCritical;
  alert.hold = std::chrono::minutes(5);
  alert.expr = std::string(kSloBudgetRemaining) + slo + " <= 0";
  if (settings.min_bad_events > 1) {
    alert.expr += "\nand\n" + slo_bad_events_name(period) + slo + " >= " + std::to_string(settings.min_bad_events);
  }
  alert.summary = "The error budget of SLO " + target.name + " is spent.";
  alert.description = "$value of the budget of " + period + " is left. Changes that risk more errors should wait.";
  alert.value_unit = Unit::kRatio;
  if (alert.runbook.meaning.empty()) {
    alert.runbook.meaning = "More events of the last " + period + " were bad than the objective of " +
                            number_text(target.objective) + " allows.";
  }
  alert.when = "the error budget of " + period + " is spent";
  alert.metrics = {kSloBudgetRemaining};
  alert.range = target.period;
  alert.tests = slo_exhausted_tests(target, settings);
  catalog.alerts.push_back(std::move(alert));
}

void add_absent(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  AlertRule alert = base_alert(target, settings, catalog);
  alert.name = kSloAbsentAlert;
  alert.severity = Severity::kWarning;
  alert.hold = settings.absent_for;
  alert.expr = "absent(leeway_slo_events_total{slo=" + quote_promql(target.name) + "})";
  alert.summary = "SLO " + target.name + " has no input, so none of its alerts can fire.";
  alert.description =
      "Prometheus holds no series leeway_slo_events_total of SLO $labels.slo: no agent that judges its "
      "events is scraped.";
  alert.runbook.meaning =
      "No agent exports the events of this SLO: it is not running, not scraped, or its "
      "configuration no longer has the SLO.";
  alert.runbook.queries = {"up", "leeway_build_info"};
  alert.when = "no agent exports the SLO";
  alert.metrics = {kSloEvents};
  alert.tests = slo_absent_tests(target, settings);
  catalog.alerts.push_back(std::move(alert));
}

void add_impossible(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  const std::string slo = "{slo=" + quote_promql(target.name) + "}";
  AlertRule alert = base_alert(target, settings, catalog);
  alert.name = kSloImpossibleAlert;
  alert.severity = Severity::kWarning;
  alert.hold = std::chrono::minutes(5);
  alert.expr = "increase(leeway_slo_bad_events_total" + slo + "[1h])\n> 1.01 *\nincrease(leeway_slo_events_total" +
               slo + "[1h])";
  alert.summary = "SLO " + target.name + " counts more bad events than events.";
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

void add_inhibition(const char* source, const char* target, std::string comment, Catalog& catalog) {
  InhibitRule rule{{{"tier", source}}, {{"tier", target}}, {"slo", "job"}, std::move(comment)};
  const bool known = std::any_of(catalog.inhibitions.begin(), catalog.inhibitions.end(), [&](const InhibitRule& other) {
    return other.source == rule.source && other.target == rule.target;
  });
  if (!known) {
    catalog.inhibitions.push_back(std::move(rule));
  }
}

// A faster tier covers the slower ones. A spent budget is worth a page, unless the same SLO already pages; an alert
// below a page must not silence it.
void add_inhibitions(const SloAlertSettings& settings, Catalog& catalog) {
  for (std::size_t fast = 0; fast < settings.tiers.size(); ++fast) {
    const TierSettings& source = settings.tiers[fast];
    if (!source.enabled) {
      continue;
    }
    for (std::size_t slow = fast + 1; slow < settings.tiers.size(); ++slow) {
      if (settings.tiers[slow].enabled) {
        add_inhibition(source.tier.name, settings.tiers[slow].tier.name, "A faster tier silences the slower ones.",
                       catalog);
      }
    }
    if (std::string_view(source.tier.name).starts_with("page")) {
      add_inhibition(source.tier.name, "exhausted", "A page for the burn makes one for its result redundant.", catalog);
    }
  }
}

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
  settings.factor = std::min(without_noise(burn_rate_factor(tier, period)), feasible_factor(budget));
  return settings;
}

void read_tier(TableReader& alerts, double budget, TierSettings& tier) {
  std::optional<TableReader> reader = alerts.table(tier.key);
  if (!reader) {
    return;
  }
  tier.enabled = reader->boolean("enabled").value_or(true);
  tier.alert = reader->string("name").value_or(tier.alert);
  if (!is_alert_name(tier.alert)) {
    reader->error("name",
                  "'" + tier.alert + "' is not an alert name; expected CamelCase such as \"ErrorBudgetFastBurn\"");
  }
  tier.severity = read_severity(*reader, "severity").value_or(tier.severity);
  tier.hold = read_hold(*reader, tier.hold);
  tier.keep_firing_for = reader->duration_or_zero("keep_firing_for").value_or(Duration{});
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

}  // namespace

double error_budget(double objective) {
  constexpr double kDecimals = 1e12;
  return std::round((1 - objective) * kDecimals) / kDecimals;
}

SloAlertSettings read_slo_alerts(TableReader& slo, double objective, Duration period) {
  SloAlertSettings settings;
  const double budget = error_budget(objective);
  if (!(budget > 0 && budget < 1)) {
    static_cast<void>(slo.value("alerts"));  // the objective is reported
    return settings;
  }
  for (const BurnRateTier& tier : burn_rate_tiers(period)) {
    settings.tiers.push_back(default_tier(tier, budget, period));
  }
  std::optional<TableReader> reader = slo.table("alerts");
  if (!reader) {
    return settings;
  }
  settings.enabled = reader->boolean("enabled").value_or(true);
  for (TierSettings& tier : settings.tiers) {
    read_tier(*reader, budget, tier);
  }
  constexpr std::int64_t kMostEvents = 1'000'000'000'000;
  settings.min_bad_events = reader->integer("min_bad_events", 1, kMostEvents).value_or(settings.min_bad_events);
  settings.min_events = reader->integer("min_events", 0, kMostEvents).value_or(settings.min_events);
  settings.absent_for = reader->duration("absent_for").value_or(settings.absent_for);
  settings.team = reader->string("team").value_or("");
  settings.comment = reader->string("comment").value_or("");
  settings.runbook = read_runbook(*reader);
  reader->report_unused_keys();
  return settings;
}

Duration outage_detection(const SloTarget& target, const TierSettings& tier) {
  const double minutes = to_seconds(tier.tier.long_window) / 60 * tier.factor * error_budget(target.objective);
  return std::chrono::minutes(static_cast<std::int64_t>(std::floor(without_noise(minutes))) + 1) + tier.hold;
}

void add_slo_rules(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  add_bad_events_record(kSlot, catalog);
  add_events_record(kSlot, catalog);
  for (const Duration window : burn_rate_windows(target.period)) {
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
  add_inhibitions(settings, catalog);
}

}  // namespace leeway
