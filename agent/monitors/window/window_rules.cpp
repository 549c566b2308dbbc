#include "agent/monitors/window/window_rules.h"

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/condition_parts.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/alerts/text_labels.h"
#include "agent/core/number_text.h"
#include "agent/panels/metric_panels.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

class WindowRules {
 public:
  WindowRules(const WindowSettings& settings, Catalog& catalog) : settings_(settings), catalog_(catalog) {}

  void add_alert(const WindowAlert& alert);
  void add_panel();

 private:
  // The metric that is compared with the limit.
  const std::string& compared(const WindowAlert& alert) const {
    return alert.of_usual ? settings_.times_usual.name : settings_.desc.name;
  }
  std::string text_of(const WindowAlert& alert) const;
  void add_texts(const WindowAlert& alert, AlertRule& rule) const;
  void add_runbook(const WindowAlert& alert, AlertRule& rule) const;
  void add_tests(const WindowAlert& alert, AlertRule& rule) const;

  const WindowSettings& settings_;
  Catalog& catalog_;
};

// "is above 50%", "is more than 10 times the usual value (the 7d before)".
std::string WindowRules::text_of(const WindowAlert& alert) const {
  if (!alert.of_usual) {
    return std::string(alert.lower ? "is below " : "is above ") + limit_text(alert.limit, unit_of(settings_.desc));
  }
  return std::string(alert.lower ? "is less than " : "is more than ") + number_text(alert.limit) +
         " times the usual value (" + settings_.usual->words + ")";
}

void WindowRules::add_texts(const WindowAlert& alert, AlertRule& rule) const {
  const std::string& name = settings_.desc.name;
  const std::string text = text_of(alert);
  const std::string subject = name + series_clause(settings_.desc.label_names);
  rule.value_unit = alert.of_usual ? Unit::kNone : unit_of(settings_.desc);
  rule.summary = alert.summary.empty() ? "Metric " + subject + " " + text + "." : alert.summary;
  rule.description = alert.description;
  if (rule.description.empty()) {
    rule.description = subject + " " + text + ": $value" + (alert.of_usual ? " times." : ".");
  }
  const std::string limit =
      alert.of_usual ? number_text(alert.limit) + " times" : limit_text(alert.limit, rule.value_unit);
  rule.measured = measured_text(limit);
  rule.when = name + " " + text;
  if (alert.min_count > 0) {
    rule.when += ", of at least " + std::to_string(alert.min_count) + " records";
  }
  rule.comment = alert.comment;
}

void WindowRules::add_runbook(const WindowAlert& alert, AlertRule& rule) const {
  rule.runbook = alert.runbook;
  if (rule.runbook.meaning.empty()) {
    rule.runbook.meaning = settings_.desc.help + " It " + text_of(alert) + ".";
  }
  if (rule.runbook.steps.empty()) {
    rule.runbook.steps = {"Look at the value over the last days: did it jump at one moment, or has it moved slowly?",
                          "See how many records are behind it: few of them may be chance.",
                          "Look at the records of that time, and at what was released or changed shortly before it."};
  }
  rule.runbook.queries.push_back(settings_.desc.name);
  if (settings_.has_samples()) {
    rule.runbook.queries.push_back(settings_.samples.name);
  }
  if (settings_.usual) {
    rule.runbook.queries.push_back(settings_.usual_value.name);
  }
}

void WindowRules::add_tests(const WindowAlert& alert, AlertRule& rule) const {
  const std::string& metric = compared(alert);
  const std::optional<RuleLabels> labels = example_labels({metric, {}}, settings_.desc);
  if (!labels) {
    return;
  }
  Signal signal;
  signal.firing = *labels;
  signal.series = {{series_text(metric, *labels), false}};
  std::vector<double> others;
  if (alert.min_count > 0) {
    signal.series.push_back({series_text(settings_.samples.name, *labels), false});
    others.push_back(static_cast<double>(alert.min_count));
  }
  if (alert.floor) {
    signal.series.push_back({series_text(settings_.desc.name, *labels), false});
    others.push_back(*alert.floor);
  }
  signal.drive = [others](double level) {
    std::vector<double> levels{level};
    levels.insert(levels.end(), others.begin(), others.end());
    return levels;
  };
  signal.within = within(alert.limit, alert.lower);
  signal.healthy = signal.within;
  signal.beyond = beyond(alert.limit, alert.lower);
  SignalTiming timing{test_step(catalog_.settings.evaluation_interval, alert.hold + alert.keep_firing_for)};
  timing.hold = alert.hold;
  timing.keep_firing_for = alert.keep_firing_for;
  rule.tests = signal_tests(signal, timing);
  // The limit is passed, but there are too few records, or the value is too low.
  const int steps = steps_of(alert.hold, timing.step) + 3;
  for (std::size_t missed = 1; missed < signal.series.size(); ++missed) {
    const bool few = alert.min_count > 0 && missed == 1;
    AlertTest quiet =
        named_test(few ? "quiet with too few records" : "quiet below the floor", timing.step, timing.step);
    for (std::size_t i = 0; i < signal.series.size(); ++i) {
      const double least = i == 0 ? signal.beyond : others[i - 1];
      const double level = i != missed ? least : few ? least - 1 : within(least, false);
      quiet.input.push_back({signal.series[i].series, SampleText().hold(level, steps + 1).text()});
    }
    quiet.expectations = {{timing.step * steps, {}, ""}};
    rule.tests.push_back(std::move(quiet));
  }
}

void WindowRules::add_alert(const WindowAlert& alert) {
  AlertRule rule;
  rule.name = alert.name;
  rule.group = "window-alerts";
  rule.expr = compared(alert) + (alert.lower ? " < " : " > ") + number_text(alert.limit);
  rule.metrics = {compared(alert)};
  if (alert.min_count > 0) {
    rule.expr += "\nand " + settings_.samples.name + " >= " + std::to_string(alert.min_count);
    rule.metrics.push_back(settings_.samples.name);
  }
  if (alert.floor) {
    rule.expr += "\nand " + settings_.desc.name + " >= " + number_text(*alert.floor);
    rule.metrics.push_back(settings_.desc.name);
  }
  rule.hold = alert.hold;
  rule.keep_firing_for = alert.keep_firing_for;
  rule.severity = alert.severity;
  add_team(rule, alert.team, catalog_.settings);
  if (!alert.of_usual) {
    rule.threshold = alert.limit;
    rule.threshold_is_lower = alert.lower;
  }
  add_texts(alert, rule);
  add_runbook(alert, rule);
  add_tests(alert, rule);
  catalog_.alerts.push_back(std::move(rule));
}

// The value, and the usual one beside it.
void WindowRules::add_panel() {
  add_metric_panels(settings_.desc, catalog_);
  if (!settings_.usual) {
    return;
  }
  Panel& panel = catalog_.panels.back();
  PanelQuery usual = panel.queries.front();
  usual.expr = panel_selector(settings_.usual_value.name);
  usual.legend += " usually";
  panel.queries.push_back(std::move(usual));
  panel.metrics.push_back(settings_.usual_value.name);
  panel.description += " Beside it what is usual: " + settings_.usual->words + ".";
}

}  // namespace

void add_window_rules(const WindowSettings& settings, Catalog& catalog) {
  WindowRules rules(settings, catalog);
  for (const WindowAlert& alert : settings.alerts) {
    rules.add_alert(alert);
  }
  rules.add_panel();
}

}  // namespace leeway
