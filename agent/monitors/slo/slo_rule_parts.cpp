#include "agent/monitors/slo/slo_rule_parts.h"

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/example_series.h"
#include "agent/core/units.h"
#include "agent/monitors/slo/slo_metrics.h"
#include "agent/monitors/slo/slo_records.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

constexpr const char* kJob = "leeway";

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::string increase(const char* counter, Duration window, const Catalog& catalog) {
  return "sum without (" + join(catalog.settings.fleet_labels) + ") (increase(" + counter + "[" +
         format_duration(window) + "]))";
}

}  // namespace

void add_slo_record(Catalog& catalog, std::string name, std::string expr, std::string help, Duration range,
                    RuleLabels set_labels) {
  catalog.add_recording_rule(
      {std::move(name), std::move(expr), "slo-records", std::move(help), std::move(set_labels), {"slo"}, range});
}

std::string slo_bad_events(Duration window, const Catalog& catalog) { return increase(kSloBadEvents, window, catalog); }
std::string slo_events(Duration window, const Catalog& catalog) { return increase(kSloEvents, window, catalog); }

void add_bad_events_record(Duration window, Catalog& catalog) {
  const std::string w = format_duration(window);
  add_slo_record(catalog, slo_bad_events_name(w), slo_bad_events(window, catalog), "Bad events of the last " + w + ".",
                 window);
}

void add_events_record(Duration window, Catalog& catalog) {
  const std::string w = format_duration(window);
  add_slo_record(catalog, slo_events_name(w), slo_events(window, catalog), "Events of the last " + w + ".", window);
}

std::string over_period(const std::string& name, Duration period) {
  return "sum_over_time(" + name + "[" + format_duration(period) + ":" + format_duration(kSloSlot) + "])";
}

RunbookEntry slo_runbook(const SloAlertSettings& settings, Severity severity, const std::optional<RunbookEntry>& own) {
  RunbookEntry runbook = own.value_or(settings.runbook);
  if (!own && severity != Severity::kCritical) {
    runbook.escalation.clear();
  }
  return runbook;
}

RunbookEntry slo_input_runbook(const SloAlertSettings& settings) {
  RunbookEntry runbook;
  runbook.link = settings.runbook.link;
  return runbook;
}

AlertRule base_slo_alert(const SloTarget& target, const SloAlertSettings& settings, RunbookEntry runbook,
                         const Catalog& catalog) {
  AlertRule alert;
  alert.group = "slo-alerts";
  alert.comment = settings.comment;
  alert.runbook = std::move(runbook);
  alert.labels = {{"slo", target.name}};
  add_team(alert, settings.team, catalog.settings);
  alert.runbook.queries.insert(alert.runbook.queries.begin(), kSloBudgetRemaining + slo_matcher(target));
  return alert;
}

std::string slo_matcher(const SloTarget& target) { return "{slo=" + quote_promql(target.name) + "}"; }

std::string slo_subject(const SloTarget& target) {
  std::string subject = "SLO " + target.name;
  for (const std::string& label : target.by) {
    subject += " $labels." + label;
  }
  return subject;
}

std::string read_alert_name(TableReader& reader, std::string fallback) {
  std::string name = reader.string("name").value_or(std::move(fallback));
  if (!is_alert_name(name)) {
    reader.error("name", "'" + name + "' is not an alert name; expected CamelCase such as \"ErrorBudgetFastBurn\"");
  }
  return name;
}

std::string recorded_slo_series(const std::string& name, const SloTarget& target) {
  return series_text(name, slo_series_labels(target));
}

std::string slo_counter_series(const char* name, const SloTarget& target) {
  return series_text(name, with_label(slo_series_labels(target), "instance", "a"));
}

RuleLabels slo_series_labels(const SloTarget& target) {
  RuleLabels labels{{"job", kJob}, {"slo", target.name}};
  for (std::size_t i = 0; i < target.by.size(); ++i) {
    labels = with_label(std::move(labels), target.by[i], target.by_example[i]);
  }
  return labels;
}

int in_minutes(Duration duration) {
  using std::chrono::minutes;
  return static_cast<int>((duration + minutes(1) - Duration(1)) / minutes(1));
}

std::string firing_before(const SloTarget& target, const TierSettings& tier, const RuleSettings& rules) {
  constexpr Duration kStale = std::chrono::minutes(5);  // Prometheus' lookback
  const std::string alerts = "ALERTS{alertname=" + quote_promql(tier.alert) +
                             ", alertstate=\"firing\", slo=" + quote_promql(target.name) +
                             ", tier=" + quote_promql(tier.tier.name) + "}";
  return rules.evaluation_interval < kStale
             ? alerts
             : "last_over_time(" + alerts + "[" + format_duration(3 * rules.evaluation_interval) + "])";
}

}  // namespace leeway
