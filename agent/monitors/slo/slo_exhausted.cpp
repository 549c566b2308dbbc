#include "agent/monitors/slo/slo_exhausted.h"

#include <algorithm>
#include <cmath>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/sample_text.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/slo/slo_metrics.h"
#include "agent/monitors/slo/slo_records.h"
#include "agent/monitors/slo/slo_rule_parts.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Duration kRecent = hours(24);
constexpr Duration kRepeat = hours(24);

// The time after the last bad event in which the alert stands.
Duration recent(const SloTarget& target) { return std::min(kRecent, target.period); }

// Records of one name are one series.
bool has_recent(const SloTarget& target) { return recent(target) != target.period; }
bool has_least(const ExhaustedSettings& settings) { return settings.min_events > 1 || settings.min_age > Duration{}; }

std::string old_events_name(const SloTarget& target, Duration min_age) {
  const std::string name = slo_events_name(format_duration(target.period));
  return min_age == Duration{} ? name : name + "_offset" + format_duration(min_age);
}

void add_records(const SloTarget& target, const ExhaustedSettings& settings, Catalog& catalog) {
  const std::string period = format_duration(target.period);
  const std::string events = slo_events_name(period);
  if (has_recent(target)) {
    add_bad_events_record(recent(target), catalog);
  }
  if (!has_least(settings)) {
    return;
  }
  add_slo_record(catalog, events, over_period(slo_events_name(format_duration(kSloSlot)), target.period),
                 "Events of the last " + period + ", slot by slot.", target.period);
  if (settings.min_age > Duration{}) {
    const std::string age = format_duration(settings.min_age);
    add_slo_record(catalog, old_events_name(target, settings.min_age), events + " offset " + age,
                   "Events of " + period + " that had happened " + age + " ago.", target.period + settings.min_age);
  }
}

std::string expression(const SloTarget& target, const ExhaustedSettings& settings) {
  const std::string slo = slo_matcher(target);
  const std::string period = format_duration(target.period);
  std::string expr = slo_ratio_name(period) + slo + " >= " + number_text(error_budget(target.objective));
  if (settings.min_bad_events > 1) {
    expr += "\nand\n" + slo_bad_events_name(period) + slo + " >= " + std::to_string(settings.min_bad_events);
  }
  if (has_least(settings)) {
    expr += "\nand\n" + old_events_name(target, settings.min_age) + slo + " >= " + std::to_string(settings.min_events);
  }
  if (has_recent(target)) {
    expr += "\nand\n" + slo_bad_events_name(format_duration(recent(target))) + slo + " > 0";
  }
  return expr;
}

// Phases in which one of the conditions lacks 5 %, then one in which all hold by 5 %.
AlertTest threshold_test(const SloTarget& target, const ExhaustedSettings& settings) {
  constexpr double kPlenty = 1e13;
  const double budget = error_budget(target.objective);
  const double over = budget * 1.05 < 1 ? budget * 1.05 : (budget + 1) / 2;
  const std::string period = format_duration(target.period);
  const int hold = in_minutes(settings.hold);
  const int length = hold + 10;
  AlertTest test;
  test.name = "fires once the budget is spent, by enough bad events among enough events, if there were some of late";
  SampleText ratio, bad, events, late;
  int minute = 0;
  const auto phase = [&](double ratio_now, double bad_now, double events_now, double late_now) {
    ratio.hold(without_noise(ratio_now), length);
    bad.hold(bad_now, length);
    events.hold(events_now, length);
    late.hold(late_now, length);
    minute += length;
  };
  const auto quiet = [&] { test.expectations.push_back({minutes(minute - 1), {}, ""}); };
  phase(budget * 0.95, kPlenty, kPlenty, 1);
  quiet();
  if (settings.min_bad_events > 1) {
    phase(over, static_cast<double>(settings.min_bad_events) * 0.95, kPlenty, 1);
    quiet();
  }
  if (has_least(settings)) {
    phase(over, kPlenty, static_cast<double>(settings.min_events) * 0.95, 1);
    quiet();
  }
  if (has_recent(target)) {
    phase(over, kPlenty, kPlenty, 0);
    quiet();
  }
  test.expectations.push_back({minutes(minute + hold - 1), {}, ""});
  test.expectations.push_back({minutes(minute + hold), {{slo_series_labels(target), without_noise(over)}}, ""});
  phase(over, static_cast<double>(settings.min_bad_events) * 1.05, static_cast<double>(settings.min_events) * 1.05, 1);
  test.input = {{recorded_slo_series(slo_ratio_name(period), target), ratio.text()}};
  if (settings.min_bad_events > 1) {
    test.input.push_back({recorded_slo_series(slo_bad_events_name(period), target), bad.text()});
  }
  if (has_least(settings)) {
    test.input.push_back({recorded_slo_series(old_events_name(target, settings.min_age), target), events.text()});
  }
  if (has_recent(target)) {
    test.input.push_back(
        {recorded_slo_series(slo_bad_events_name(format_duration(recent(target))), target), late.text()});
  }
  return test;
}

// Starting from the counters of a new service whose every event is bad until it stands still.
AlertTest age_test(const SloTarget& target, const ExhaustedSettings& settings) {
  const Duration step = minutes(30);
  const double per_minute = 1000 + static_cast<double>(std::max(settings.min_events, settings.min_bad_events));
  const auto steps = [step](Duration duration) { return (duration + step - Duration(1)) / step * step; };
  // The first evaluation that counts anything is the second one.
  const Duration fires = settings.min_age + step + steps(settings.hold);
  const Duration stops = fires + step;
  const Duration ends = stops + recent(target) + steps(settings.keep_firing_for) + step;
  AlertTest test;
  test.name = "starting from the counters: not while the data is younger than " + format_duration(settings.min_age) +
              ", and until " + format_duration(recent(target)) + " after the last bad event";
  test.evaluation_interval = step;
  test.state_only = true;
  const std::string values = SampleText()
                                 .ramp(per_minute, in_minutes(stops))
                                 .hold(per_minute * in_minutes(stops), in_minutes(ends - stops))
                                 .text();
  test.input = {{slo_counter_series(kSloEvents, target), values}, {slo_counter_series(kSloBadEvents, target), values}};
  test.expectations = {{fires - step, {}, ""},
                       {fires, {{slo_series_labels(target), 0}}, ""},
                       {ends - 2 * step, {{slo_series_labels(target), 0}}, ""},
                       {ends, {}, ""}};
  return test;
}

}  // namespace

ExhaustedSettings default_exhausted(double objective, Duration period) {
  constexpr int kLargestShare = 3;  // of the period that must have passed
  ExhaustedSettings settings;
  settings.min_age = std::min<Duration>(
      hours(24), std::chrono::duration_cast<Duration>(period / kLargestShare) / kPeriodStep * kPeriodStep);
  settings.min_events = static_cast<std::int64_t>(std::ceil(without_noise(1 / error_budget(objective))));
  return settings;
}

void read_exhausted(TableReader& alerts, Duration period, ExhaustedSettings& settings) {
  std::optional<TableReader> reader = alerts.table("exhausted");
  if (!reader) {
    return;
  }
  settings.enabled = reader->boolean("enabled", true);
  settings.alert = read_alert_name(*reader, settings.alert);
  settings.severity = read_severity(*reader, "severity").value_or(settings.severity);
  settings.hold = read_hold(*reader, settings.hold);
  settings.keep_firing_for = reader->duration_or_zero("keep_firing_for", settings.keep_firing_for);
  settings.min_bad_events = reader->integer("min_bad_events", 1, kMostSloEvents, settings.min_bad_events);
  settings.min_events = reader->integer("min_events", 1, kMostSloEvents, settings.min_events);
  settings.min_age = reader->duration_or_zero("min_age", settings.min_age);
  if (settings.min_age >= period || settings.min_age % kPeriodStep != Duration{}) {
    reader->error("min_age", "'min_age' is " + format_duration(settings.min_age) +
                                 "; expected whole hours, less than the period of " + format_duration(period));
  }
  reader->report_unused_keys();
}

void add_exhausted(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  const ExhaustedSettings& own = settings.exhausted;
  if (!own.enabled) {
    return;
  }
  const std::string period = format_duration(target.period);
  const std::string budget = number_text(without_noise(error_budget(target.objective) * 100)) + "%";
  const std::string ends = format_duration(recent(target));
  add_records(target, own, catalog);
  AlertRule alert = base_slo_alert(target, settings, slo_runbook(settings, own.severity, {}), catalog);
  alert.name = own.alert;
  alert.labels.insert(alert.labels.begin(), {"tier", kSloExhaustedTier});
  alert.severity = own.severity;
  alert.hold = own.hold;
  alert.keep_firing_for = own.keep_firing_for;
  alert.repeat = kRepeat;
  alert.expr = expression(target, own);
  alert.summary = "The error budget of " + slo_subject(target) + " is spent.";
  alert.description = "$value of the events of the last " + period + " were bad; " + budget +
                      " of them are the whole budget. Changes that risk more errors should wait.";
  alert.value_unit = Unit::kRatio;
  if (alert.runbook.meaning.empty()) {
    alert.runbook.meaning = "More events of the last " + period + " were bad than the objective of " +
                            number_text(target.objective) + " allows. The alert ends once there was no bad event for " +
                            ends + ", though the budget stays spent until the bad events are " + period + " old.";
  }
  alert.when =
      "at least " + budget + " of the events of " + period + " are bad, the whole budget, and some of the last " + ends;
  if (has_least(own)) {
    alert.when += "; not before there were " + std::to_string(own.min_events) + " events" +
                  (own.min_age > Duration{} ? ", " + format_duration(own.min_age) + " ago" : "");
  }
  alert.metrics = {slo_ratio_name(period)};
  alert.range = target.period;
  alert.tests = {threshold_test(target, own), age_test(target, own)};
  catalog.alerts.push_back(std::move(alert));
}

}  // namespace leeway
