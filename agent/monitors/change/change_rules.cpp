#include "agent/monitors/change/change_rules.h"

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/births.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/change/change_metrics.h"
#include "agent/monitors/shared/segments.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

class ChangeRules {
 public:
  ChangeRules(const ChangeSettings& settings, Catalog& catalog) : settings_(settings), catalog_(catalog) {}

  void add_alerts();
  void add_panels();

 private:
  std::string selector(const char* metric) const {
    return std::string(metric) + "{change=" + quote_promql(settings_.name) + "}";
  }
  // Labels of a series of the metric, for tests.
  RuleLabels example(const char* metric) const;
  AlertRule base(const char* metric) const;
  void add_detection_alert();
  AlertTest detection_test(const AlertRule& alert, bool born) const;
  void add_reference_alert();
  void add_steadiness_alert();
  Panel panel(std::string title, std::string description) const;

  const ChangeSettings& settings_;
  Catalog& catalog_;
};

RuleLabels ChangeRules::example(const char* metric) const {
  RuleLabels labels;
  for (const std::string& name : change_metric(metric).label_names) {
    if (name == "change") {
      labels.emplace_back(name, settings_.name);
    } else if (name == "method") {
      labels.emplace_back(name, to_string(settings_.designs.front().method));
    } else if (name == "direction") {
      labels.emplace_back(name, watches_up(settings_.direction) ? "up" : "down");
    } else if (settings_.segment) {
      labels.emplace_back(name, "a");
    }
  }
  labels.emplace_back("instance", "a");
  labels.emplace_back("job", "leeway");
  return labels;
}

AlertRule ChangeRules::base(const char* metric) const {
  AlertRule alert;
  alert.group = "change-alerts";
  alert.labels = {{"change", settings_.name}};
  add_team(alert, settings_.alerts.team, catalog_.settings);
  alert.metrics = {metric};
  return alert;
}

// One alarm of the detector, and the time for which the alert fires after it. `born`: its series begins with it.
AlertTest ChangeRules::detection_test(const AlertRule& alert, bool born) const {
  constexpr int kBefore = 10;  // evaluations
  constexpr int kSlack = 3;
  AlertTest test;
  test.name = born ? "fires on a detection with which its series begins, resolves after the window"
                   : "fires on a single detection, quiet before it, resolves after the window";
  test.evaluation_interval =
      test_step(catalog_.settings.evaluation_interval, settings_.alerts.window + settings_.alerts.hold);
  test.interval = test.evaluation_interval;
  test.state_only = true;  // $value depends on Prometheus' extrapolation
  const auto steps = [&](Duration duration) {
    return static_cast<int>((duration + test.interval - Duration(1)) / test.interval);
  };
  const int window = steps(settings_.alerts.window);
  const int hold = steps(alert.hold);
  const RuleLabels labels = example(kChangeDetections);
  SampleText samples;
  (born ? samples.gap(kBefore + 1) : samples.hold(0, kBefore + 1)).hold(1, window + kSlack + hold);
  test.input = {{series_text(kChangeDetections, labels), samples.text()}};
  if (born) {
    const RuleLabels agent = {{"instance", "a"}, {"job", "leeway"}};
    test.input.push_back({series_text(kScraped, agent), SampleText().hold(1, kBefore + window + kSlack + hold).text()});
  }
  test.expectations = {{test.interval * kBefore, {}, ""},
                       {test.interval * (kBefore + 1 + hold), {{labels, 1}}, ""},
                       {test.interval * (kBefore + window + kSlack), {}, ""}};
  return test;
}

void ChangeRules::add_detection_alert() {
  const std::string window = format_duration(settings_.alerts.window);
  AlertRule alert = base(kChangeDetections);
  alert.name = settings_.alerts.stem + "Detected";
  Selector detections;
  detections.metric = kChangeDetections;
  detections.matchers = {{"change", "=", settings_.name}};
  alert.expr = "(\n" + increase_with_births(detections, settings_.alerts.window, false) + "\n) > 0";
  alert.range = settings_.alerts.window * 2;
  alert.hold = settings_.alerts.hold;
  alert.severity = settings_.alerts.severity.value_or(Severity::kWarning);
  alert.summary = "The level of " + settings_.name + " has changed.";
  alert.description =
      "In the last " + window + " the detector $labels.method found that " + settings_.name +
      " went $labels.direction, compared with the " +
      (settings_.designs.front().method == ChangeMethod::kAdwin ? "preceding values" : settings_.reference_text()) +
      ".";
  alert.when = "a detector found a change within " + window;
  alert.comment = "Without a change each detector gives one false alarm in " +
                  number_text(settings_.average_run_length) + " records, unless " + settings_.alerts.stem +
                  "ReferenceUnsteady fires.";
  alert.runbook = settings_.alerts.runbook;
  if (alert.runbook.meaning.empty()) {
    alert.runbook.meaning =
        "Values have moved away from the level of the reference: by " + number_text(settings_.shift) +
        " standard deviations or more, or by less for a long time. The detector restarts after each detection, so "
        "repeated detections mean that the level stays changed; a single one may be chance.";
  }
  if (alert.runbook.steps.empty()) {
    alert.runbook.steps = {
        "See whether further detections followed: one alone, with the statistic low since then, may be the false alarm "
        "that the average run length allows for.",
        "Look at the time of the last detection, and at what was released or changed upstream shortly before it.",
        "Compare the values themselves with the mean and standard deviation of the reference.",
        "If the new level is intended, replace the reference: rename the monitor, and it captures a new one."};
  }
  alert.runbook.queries.push_back(selector(kChangeStatistic) +
                                  " / on (change, method, segment, instance, job) group_left " +
                                  selector(kChangeThreshold));
  alert.runbook.queries.push_back(selector(kChangeLastDetection));
  alert.runbook.queries.push_back(selector(kChangeReferenceMean));
  alert.tests = {detection_test(alert, false), detection_test(alert, true)};
  catalog_.alerts.push_back(std::move(alert));
}

void ChangeRules::add_reference_alert() {
  const auto rows = static_cast<double>(settings_.reference_rows);
  AlertRule alert = base(kChangeReferenceRows);
  alert.name = settings_.alerts.stem + "ReferenceMissing";
  alert.expr = selector(kChangeReferenceRows) + " < " + number_text(rows);
  alert.hold = kFirstResultWithin;
  alert.severity = Severity::kWarning;
  alert.summary = "Change monitor " + settings_.name + " has no reference yet, so it detects nothing.";
  alert.description = "For " + format_duration(alert.hold) + " the reference (" + settings_.reference_text() + ") of " +
                      settings_.name + " has not been completed on $labels.instance: $value rows so far.";
  alert.when = "the reference is not complete";
  alert.runbook.meaning = "Too few values have arrived to complete the reference that later ones are compared with.";
  alert.runbook.queries = {selector(kChangeReferenceRows)};
  alert.runbook.steps = {
      "See whether records arrive at all, whether `when` selects any of them, and whether their "
      "`value` is a number.",
      "Configure a smaller reference if the source is slow."};
  Signal signal;
  signal.firing = example(kChangeReferenceRows);
  signal.series = {{series_text(kChangeReferenceRows, signal.firing), false}};
  signal.drive = [](double level) { return std::vector<double>{level}; };
  signal.healthy = rows;
  signal.within = rows;
  signal.beyond = rows - 1;
  alert.tests = signal_tests(signal, timing_of(alert, catalog_.settings.evaluation_interval));
  catalog_.alerts.push_back(std::move(alert));
}

void ChangeRules::add_steadiness_alert() {
  AlertRule alert = base(kChangeSteady);
  alert.name = settings_.alerts.stem + "ReferenceUnsteady";
  alert.expr = selector(kChangeSteady) + " == 0";
  alert.hold = std::chrono::minutes(5);
  alert.severity = Severity::kWarning;
  alert.summary = "Change monitor " + settings_.name + " alarms more often than configured.";
  alert.description =
      "The reference (" + settings_.reference_text() + ") of " + settings_.name +
      " on $labels.instance has a trend or a cycle, is too short for values that depend so much on the "
      "preceding ones or for flags that are so rare, or is of skewed, dependent values with the scale z: the average "
      "run length cannot be kept.";
  alert.when = "the reference is not one stretch of a steady stream";
  alert.runbook.meaning =
      "Limits are computed from the reference, with the dependence between neighbouring values. That of this reference "
      "is not of a kind that limits can account for, so detections may be those of the normal course of the values.";
  alert.runbook.queries = {selector(kChangeInflation), selector(kChangeAutocorrelation),
                           selector(kChangeReferenceRows)};
  alert.runbook.steps = {
      "Look into the agent's log: it said which of these it is when the reference was complete.",
      "Look at the values over the time of the reference: do they rise, fall, or have a cycle, such as that of a day?",
      "With a cycle: judge values of which it is removed, or give the parts of the cycle a `segment` each.",
      "With skewed values and `scale = \"z\"`: use `scale = \"probability\"`.",
      "Otherwise configure more `first_rows`: 100 times the variance inflation, some cycles, a dozen rare flags."};
  Signal signal;
  signal.firing = example(kChangeSteady);
  signal.series = {{series_text(kChangeSteady, signal.firing), false}};
  signal.drive = [](double level) { return std::vector<double>{level}; };
  signal.healthy = 1;
  signal.within = 1;
  signal.beyond = 0;
  alert.tests = signal_tests(signal, timing_of(alert, catalog_.settings.evaluation_interval));
  catalog_.alerts.push_back(std::move(alert));
}

void ChangeRules::add_alerts() {
  if (!settings_.alerts.enabled) {
    return;
  }
  add_detection_alert();
  add_reference_alert();
  add_steadiness_alert();
}

Panel ChangeRules::panel(std::string title, std::string description) const {
  Panel panel;
  panel.row = "Change " + settings_.name;
  panel.title = std::move(title);
  panel.description = std::move(description);
  return panel;
}

void ChangeRules::add_panels() {
  const std::string matcher = "change=" + quote_promql(settings_.name);
  const std::string segment = settings_.segment ? " {{segment}}" : "";
  const std::string legend = "{{method}} {{direction}}" + segment;
  Panel statistic = panel("Statistic of " + settings_.name + ", in units of its threshold",
                          "Statistic of each detector since its last alarm: at 1 it alarms and restarts.");
  statistic.queries = {{panel_selector(kChangeStatistic, matcher) +
                            "\n/ on (change, method, segment, instance, job) group_left ()\n" +
                            panel_selector(kChangeThreshold, matcher),
                        legend, false}};
  statistic.thresholds = {{1, Severity::kWarning}};
  statistic.metrics = {kChangeStatistic, kChangeThreshold};
  catalog_.panels.push_back(std::move(statistic));

  Panel detections = panel("Detections of " + settings_.name, "Alarms of each detector.");
  detections.queries = {
      {"increase(" + panel_selector(kChangeDetections, matcher) + "[$__rate_interval])", legend, false}};
  detections.metrics = {kChangeDetections};
  catalog_.panels.push_back(std::move(detections));

  Panel last = panel("Last detection of " + settings_.name, "Time of the record at which the detector last alarmed.");
  last.kind = PanelKind::kStat;
  last.unit = PanelUnit::kTimestamp;
  last.queries = {{panel_selector(kChangeLastDetection, matcher) + " * 1000", legend, true}};
  last.metrics = {kChangeLastDetection};
  catalog_.panels.push_back(std::move(last));

  Panel rows = panel("Values of " + settings_.name, "Values given to the detectors per second.");
  rows.unit = PanelUnit::kPerSecond;
  rows.queries = {{"rate(" + panel_selector(kChangeValues, matcher) + "[$__rate_interval])",
                   settings_.segment ? "{{segment}}" : "values", false}};
  rows.metrics = {kChangeValues};
  catalog_.panels.push_back(std::move(rows));
}

}  // namespace

void add_change_rules(const ChangeSettings& settings, Catalog& catalog) {
  ChangeRules rules(settings, catalog);
  rules.add_alerts();
  rules.add_panels();
}

}  // namespace leeway
