#include "agent/monitors/slo/slo_input_alerts.h"

#include "agent/core/number_text.h"
#include "agent/monitors/slo/slo_metrics.h"
#include "agent/monitors/slo/slo_records.h"
#include "agent/monitors/slo/slo_rule_tests.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

void add_absent(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  AlertRule alert = slo_alert(target, settings, catalog);
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
  AlertRule alert = slo_alert(target, settings, catalog);
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

// Of the records that `when` selects, those that have no value to judge: with all of them skipped, the SLO has no
// events, and no other alert of it can fire.
void add_skipped(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  std::string fleet;
  for (const std::string& label : catalog.settings.fleet_labels) {
    fleet += ", " + label;
  }
  const std::string skipped =
      "sum without (metric, reason" + fleet +
      ") (increase(leeway_metric_skipped_records_total{metric=" + quote_promql("slo:" + target.name) + "}[1h]))";
  const std::string events =
      "sum without (slo" + fleet + ") (increase(leeway_slo_events_total{slo=" + quote_promql(target.name) + "}[1h]))";
  const std::string share = number_text(kSloSkippedShare);
  AlertRule alert = slo_alert(target, settings, catalog);
  alert.name = kSloSkippedAlert;
  alert.severity = Severity::kWarning;
  alert.hold = std::chrono::minutes(15);
  alert.expr = skipped + "\n/\n(" + skipped + " + " + events + ")\n> " + share + "\nand\n" + skipped +
               " >= " + std::to_string(kSloSkippedRecords);
  alert.value_unit = Unit::kRatio;
  alert.summary = "SLO " + target.name + " cannot judge records.";
  alert.description =
      "$value of the records of the last 1h that SLO " + target.name + " should judge could not be judged.";
  alert.runbook.meaning =
      "The records lack what the SLO judges them by, or have it in another type: a field was renamed, or a number is "
      "compared with a text. They count neither as good nor as bad.";
  alert.runbook.queries = {"sum by (reason) (increase(leeway_metric_skipped_records_total{metric=" +
                           quote_promql("slo:" + target.name) + "}[1h]))"};
  alert.runbook.steps = {
      "See the reason: missing_field is one that the records do not have, wrong_type one of another type.",
      "Compare a recent record with `good`, or `value`, of the SLO.",
      "Records that are no events: leave them out with `when`."};
  alert.when = "more than " + number_text(kSloSkippedShare * 100) + "% of its records cannot be judged";
  alert.metrics = {"leeway_metric_skipped_records_total", kSloEvents};
  alert.range = std::chrono::hours(1);
  alert.tests = slo_skipped_tests(target);
  catalog.alerts.push_back(std::move(alert));
}

}  // namespace

void add_slo_input_alerts(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog) {
  add_absent(target, settings, catalog);
  add_impossible(target, settings, catalog);
  add_skipped(target, settings, catalog);
}

}  // namespace leeway
