#include "agent/monitors/quality/quality_rules.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/sample_text.h"
#include "agent/alerts/signal_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/quality/quality_metrics.h"
#include "agent/monitors/shared/segments.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

constexpr double kBeyond = 0.05;     // share of a limit by which tests exceed it
constexpr int kUnjudgedWindows = 2;  // windows without a value that are no alert

bool is_change(QualityKind kind) {
  return kind == QualityKind::kRowsChange || kind == QualityKind::kMeanChange || kind == QualityKind::kStdChange;
}

class QualityRules {
 public:
  QualityRules(const QualitySettings& settings, Catalog& catalog) : settings_(settings), catalog_(catalog) {}

  void add_alerts();
  void add_panels();

 private:
  std::string selector(const char* metric, const std::string& check = "") const {
    return std::string(metric) + "{quality=" + quote_promql(settings_.name) +
           (check.empty() ? "" : ", check=" + quote_promql(check)) + "}";
  }
  RuleLabels example(const QualityCheckSettings* check) const;
  AlertRule base(const QualityAlertSettings& alerts) const;
  AlertRule alert_of(const QualityCheckSettings& check) const;
  void add_check(const QualityCheckSettings& check);
  void add_freshness(const QualityCheckSettings& check);
  void add_never_judged();
  void add_not_judged();
  static std::string expected(const QualityCheckSettings& check);
  static std::string finding_of(const QualityCheckSettings& check);
  static std::string measured_of(const QualityCheckSettings& check);
  std::string description_of(const QualityCheckSettings& check) const;
  Panel panel(std::string title, std::string description, PanelKind kind) const;
  void add_panel(Panel panel, const char* metric, const std::string& legend, bool instant);

  const QualitySettings& settings_;
  Catalog& catalog_;
};

std::string limit_text(QualityValue value, double limit) {
  return value == QualityValue::kRatio     ? number_text(without_noise(limit * 100)) + "%"
         : value == QualityValue::kSeconds ? format_duration(std::chrono::seconds(std::llround(limit)))
                                           : number_text(limit);
}

// "at least 10 and at most 20".
std::string QualityRules::expected(const QualityCheckSettings& check) {
  const QualityValue value = value_of(check.kind);
  std::string text;
  if (check.limits.minimum) {
    text += "at least " + limit_text(value, *check.limits.minimum);
  }
  if (check.limits.maximum) {
    text += (check.limits.minimum ? " and " : "") + ("at most " + limit_text(value, *check.limits.maximum));
  }
  return text;
}

RuleLabels QualityRules::example(const QualityCheckSettings* check) const {
  RuleLabels labels;
  if (check != nullptr) {
    labels.emplace_back("check", check->name);
    if (!check->column.empty()) {
      labels.emplace_back("column", check->column);
    }
  }
  labels.emplace_back("instance", "a");
  labels.emplace_back("job", "leeway");
  labels.emplace_back("quality", settings_.name);
  if (settings_.segment) {
    labels.emplace_back("segment", "a");
  }
  return labels;
}

AlertRule QualityRules::base(const QualityAlertSettings& alerts) const {
  AlertRule alert;
  alert.group = "quality-alerts";
  alert.hold = alerts.hold;
  alert.severity = alerts.severity;
  alert.labels = {{"quality", settings_.name}};
  add_team(alert, alerts.team, catalog_.settings);
  alert.runbook = alerts.runbook;
  return alert;
}

AlertRule QualityRules::alert_of(const QualityCheckSettings& check) const {
  const QualityAlertSettings& alerts = settings_.entries[check.entry].alerts;
  AlertRule alert = base(alerts);
  alert.name = alerts.name.empty() ? alerts.stem + std::string(alert_name(check.kind)) : alerts.name;
  // Two checks of the same kind have separate rules.
  alert.labels.insert(alert.labels.begin() + 1, {"check", check.name});
  const QualityValue value = value_of(check.kind);
  alert.value_unit = value == QualityValue::kRatio     ? Unit::kRatio
                     : value == QualityValue::kSeconds ? Unit::kSeconds
                                                       : Unit::kNone;
  alert.summary = "The check " + check.name + " of " + settings_.name + " fails.";
  alert.description = description_of(check);
  alert.measured = measured_of(check);
  alert.when = finding_of(check);
  if (alert.runbook.meaning.empty()) {
    alert.runbook.meaning = meaning_of(check.kind);
  }
  if (alert.runbook.steps.empty()) {
    alert.runbook.steps = first_steps(check.kind);
  }
  return alert;
}

// "the mean is not at least 10 and at most 20".
std::string QualityRules::finding_of(const QualityCheckSettings& check) {
  switch (check.kind) {
    case QualityKind::kColumns:
      return "the column is missing";
    case QualityKind::kVaries:
      return "the column holds only one value";
    default:
      return "the " + std::string(words_of(check.kind)) + " is not " + expected(check);
  }
}

std::string QualityRules::description_of(const QualityCheckSettings& check) const {
  const std::string run = "In the last run (" + settings_.window_text() + ")";
  switch (check.kind) {
    case QualityKind::kColumns:
      return run + " there is no column $labels.column.";
    case QualityKind::kVaries:
      return run + " column $labels.column holds only one value.";
    case QualityKind::kFreshness:
      return "The newest row of " + settings_.name + " is $value old; expected " + expected(check) + ".";
    default:
      return run + " the " + std::string(words_of(check.kind)) + (check.column.empty() ? "" : " of $labels.column") +
             " is $value; expected " + expected(check) + ".";
  }
}

// The short form of the description.
std::string QualityRules::measured_of(const QualityCheckSettings& check) {
  switch (check.kind) {
    case QualityKind::kColumns:
      return "no column $labels.column.";
    case QualityKind::kVaries:
      return "$labels.column holds only one value.";
    case QualityKind::kFreshness:
      return "$value old (expected " + expected(check) + ")";
    default:
      return std::string(words_of(check.kind)) + (check.column.empty() ? "" : " of $labels.column") +
             " $value (expected " + expected(check) + ")";
  }
}

void QualityRules::add_check(const QualityCheckSettings& check) {
  AlertRule alert = alert_of(check);
  alert.expr = selector(kQualityValue, check.name) + "\nand " + selector(kQualityPassed, check.name) + " == 0";
  alert.metrics = {kQualityPassed, kQualityValue};
  for (const char* metric : {kQualityValue, kQualityLimit, kQualityViolations}) {
    alert.runbook.queries.push_back(selector(metric, check.name));
  }
  Signal signal;
  signal.firing = example(&check);
  signal.series = {{series_text(kQualityValue, signal.firing), false},
                   {series_text(kQualityPassed, signal.firing), false}};
  const QualityLimits limits = check.limits;
  signal.drive = [limits](double level) { return std::vector<double>{level, limits.hold(level) ? 1.0 : 0.0}; };
  const bool upper = limits.maximum.has_value();
  signal.within = upper ? *limits.maximum : limits.minimum.value_or(0);
  const double step = signal.within == 0 ? 1 : kBeyond * std::abs(signal.within);
  const bool is_flag = check.kind == QualityKind::kColumns || check.kind == QualityKind::kVaries;
  signal.beyond = is_flag ? 0 : without_noise(signal.within + (upper ? step : -step));
  signal.healthy = signal.within;
  alert.tests = signal_tests(signal, timing_of(alert, catalog_.settings.evaluation_interval));
  catalog_.alerts.push_back(std::move(alert));
}

void QualityRules::add_freshness(const QualityCheckSettings& check) {
  AlertRule alert = alert_of(check);
  const double limit = *check.limits.maximum;
  const Duration age = std::chrono::seconds(std::llround(limit));
  alert.expr = "time() - " + selector(kQualityNewest, check.name) + " > " + number_text(limit);
  alert.metrics = {kQualityNewest};
  alert.runbook.queries.push_back("time() - " + selector(kQualityNewest, check.name));
  // Time begins at 0, so a timestamp of 0 is as old as the test; it is renewed at the end.
  const Duration step = test_step(catalog_.settings.evaluation_interval, std::max(age, alert.hold));
  const int hold = static_cast<int>((alert.hold + step - Duration(1)) / step);
  const int first = static_cast<int>(age / step) + 1 + hold;
  const RuleLabels labels = example(&check);
  AlertTest test;
  test.name = "fires once the newest row is too old, resolves when there is a newer one";
  test.evaluation_interval = step;
  test.interval = step;
  test.input = {{series_text(kQualityNewest, labels),
                 SampleText().hold(0, first + 3).hold(to_seconds(step * (first + 3)), 5).text()}};
  test.expectations = {{step * (first - 1), {}, ""},
                       {step * first, {{labels, to_seconds(step * first)}}, ""},
                       {step * (first + 4), {}, ""}};
  alert.tests.push_back(std::move(test));
  catalog_.alerts.push_back(std::move(alert));
}

// Where the number of rows is checked, a run without rows is judged, too.
void QualityRules::add_never_judged() {
  const bool judges_rows = std::any_of(settings_.checks.begin(), settings_.checks.end(),
                                       [](const auto& check) { return check.kind == QualityKind::kRows; });
  AlertRule alert = base(settings_.alerts);
  alert.name = settings_.alerts.stem + "NeverJudged";
  alert.expr = selector(kQualityRuns) + (judges_rows ? "" : " - " + selector(kQualityEmptyRuns)) + " == 0";
  alert.hold = settings_.window_time + kFirstResultWithin;
  alert.severity = Severity::kWarning;
  alert.summary = "Quality monitor " + settings_.name + " has judged nothing yet.";
  const std::string with_rows = judges_rows ? "" : " with rows";
  alert.description = "For " + format_duration(alert.hold) + " no run (" + settings_.window_text() + ")" + with_rows +
                      " of " + settings_.name + " has ended on $labels.instance.";
  alert.when = "no run" + with_rows + " has ended";
  alert.metrics = {kQualityRuns};
  alert.runbook = {};
  alert.runbook.meaning = "The data are not checked at all: none arrived, or not enough for a run.";
  alert.runbook.queries = {selector(kQualityRuns), selector(kQualityEmptyRuns)};
  alert.runbook.steps = {"See whether the source finds its files, and whether it can read them to their end.",
                         "See whether `when` selects any record."};
  Signal signal;
  signal.firing = example(nullptr);
  signal.series = {{series_text(kQualityRuns, signal.firing), false}};
  if (!judges_rows) {
    alert.metrics.push_back(kQualityEmptyRuns);
    signal.series.push_back({series_text(kQualityEmptyRuns, signal.firing), false});
  }
  // Three empty runs are no more than none.
  signal.drive = [judges_rows](double level) {
    return judges_rows ? std::vector<double>{level} : std::vector<double>{level + 3, 3};
  };
  signal.healthy = 1;
  signal.within = 1;
  signal.beyond = 0;
  alert.tests = signal_tests(signal, timing_of(alert, catalog_.settings.evaluation_interval));
  catalog_.alerts.push_back(std::move(alert));
}

// The first change has nothing to compare with, and a short window may lack what a check needs.
void QualityRules::add_not_judged() {
  const int allowed = settings_.by_version() ? 0 : kUnjudgedWindows;
  const QualityCheckSettings* first_other = nullptr;
  const QualityCheckSettings* first_change = nullptr;
  std::string other = std::string(kQualityUnjudged) + "{quality=" + quote_promql(settings_.name);
  std::string changes;
  std::set<std::string> done;  // the columns of an entry share a name
  for (const QualityCheckSettings& check : settings_.checks) {
    const bool enabled = settings_.entries[check.entry].alerts.enabled;
    const bool counts_later = is_change(check.kind) && enabled;
    const QualityCheckSettings*& first = counts_later ? first_change : first_other;
    first = enabled && first == nullptr ? &check : first;
    if ((counts_later || !enabled) && done.insert(check.name).second) {
      other += ", check!=" + quote_promql(check.name);
      if (counts_later) {
        changes += (changes.empty() ? "" : "|") + check.name;
      }
    }
  }
  if (first_other == nullptr && first_change == nullptr) {
    return;
  }
  AlertRule alert = base(settings_.alerts);
  alert.name = settings_.alerts.stem + "NotJudged";
  alert.expr = other + "} > " + std::to_string(allowed);
  if (!changes.empty()) {
    alert.expr += "\nor " + std::string(kQualityUnjudged) + "{quality=" + quote_promql(settings_.name) + ", check=~" +
                  quote_promql(changes) + "} > " + std::to_string(allowed + 1);
  }
  alert.severity = Severity::kWarning;
  alert.summary = "A check of " + settings_.name + " neither passes nor fails.";
  alert.description = "The last $value runs (" + settings_.window_text() + ") of " + settings_.name +
                      " had rows, but no value for the check $labels.check, or too many that it cannot use.";
  alert.when = "runs with rows neither pass nor fail a check";
  alert.metrics = {kQualityUnjudged};
  alert.runbook = {};
  alert.runbook.meaning =
      "The check saw nothing, or not enough: its column is missing or null in all rows, or holds values that are "
      "not of the kind that it needs, such as texts among numbers.";
  alert.runbook.queries = {selector(kQualityUnjudged) + " > 0", selector(kQualityLeftOut) + " > 0",
                           selector(kQualityCheckRows)};
  alert.runbook.steps = {"See whether the column has another name or another type than before.",
                         "If a text stands for null, add it to `null_values` of the source; if the check may leave out "
                         "some values, say how many with `max_left_out`.",
                         "Stop relying on the check until it has a value again; results of other checks are valid."};
  const SignalTiming timing = timing_of(alert, catalog_.settings.evaluation_interval);
  for (const QualityCheckSettings* const check : {first_other, first_change}) {
    if (check == nullptr) {
      continue;
    }
    Signal signal;
    signal.firing = example(check);
    signal.series = {{series_text(kQualityUnjudged, signal.firing), false}};
    signal.drive = [](double level) { return std::vector<double>{level}; };
    signal.within = allowed + (check == first_change ? 1 : 0);
    signal.beyond = signal.within + 1;
    std::vector<AlertTest> tests = signal_tests(signal, timing);
    alert.tests.insert(alert.tests.end(), std::make_move_iterator(tests.begin()), std::make_move_iterator(tests.end()));
  }
  catalog_.alerts.push_back(std::move(alert));
}

void QualityRules::add_alerts() {
  std::vector<std::string> done;  // the columns of an entry share a rule
  for (const QualityCheckSettings& check : settings_.checks) {
    if (std::find(done.begin(), done.end(), check.name) != done.end() ||
        !settings_.entries[check.entry].alerts.enabled) {
      continue;
    }
    done.push_back(check.name);
    if (check.kind == QualityKind::kFreshness) {
      add_freshness(check);
    } else {
      add_check(check);
    }
  }
  if (settings_.alerts.enabled) {
    add_never_judged();
    add_not_judged();
  }
}

Panel QualityRules::panel(std::string title, std::string description, PanelKind kind) const {
  Panel panel;
  panel.row = "Quality " + settings_.name;
  panel.title = std::move(title);
  panel.description = std::move(description);
  panel.kind = kind;
  return panel;
}

void QualityRules::add_panel(Panel panel, const char* metric, const std::string& legend, bool instant) {
  const std::string matcher = "quality=" + quote_promql(settings_.name);
  panel.queries = {{panel_selector(metric, matcher), legend + (settings_.segment ? " {{segment}}" : ""), instant}};
  panel.metrics = {metric};
  catalog_.panels.push_back(std::move(panel));
}

void QualityRules::add_panels() {
  const bool judged = std::any_of(settings_.checks.begin(), settings_.checks.end(),
                                  [](const auto& check) { return check.kind != QualityKind::kFreshness; });
  if (judged) {
    Panel checks = panel("Checks of " + settings_.name, "Whether the last run passed each check.", PanelKind::kTable);
    checks.unit = PanelUnit::kBool;
    add_panel(std::move(checks), kQualityPassed, "{{check}} {{column}}", true);
    add_panel(
        panel("Values of the checks of " + settings_.name, "Value of each check in the last run.", PanelKind::kTable),
        kQualityValue, "{{check}} {{column}}", true);
  }
  add_panel(panel("Rows of " + settings_.name, "Rows of the last run.", PanelKind::kTimeSeries), kQualityRows,
            settings_.segment ? "rows" : "{{instance}}", false);
  if (!settings_.summaries.empty()) {
    const std::string legend = "{{column}} {{group}}";
    add_panel(panel("Means of " + settings_.name, "Mean of each column in the last run.", PanelKind::kTimeSeries),
              kQualityMean, legend, false);
    add_panel(panel("Standard deviations of " + settings_.name, "Standard deviation of each column in the last run.",
                    PanelKind::kTimeSeries),
              kQualityStd, legend, false);
  }
}

}  // namespace

void add_quality_rules(const QualitySettings& settings, Catalog& catalog) {
  QualityRules rules(settings, catalog);
  rules.add_alerts();
  rules.add_panels();
}

}  // namespace leeway
