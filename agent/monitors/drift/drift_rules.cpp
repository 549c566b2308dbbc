#include "agent/monitors/drift/drift_rules.h"

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/example_series.h"
#include "agent/alerts/signal_tests.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/drift/drift_metrics.h"
#include "agent/monitors/shared/segments.h"
#include "agent/promql/selector.h"

namespace leeway {
namespace {

constexpr Duration kTooFewFor = std::chrono::hours(1);

class DriftRules {
 public:
  DriftRules(const DriftSettings& settings, Catalog& catalog) : settings_(settings), catalog_(catalog) {}

  void add_alerts();
  void add_panels();
  void add_fleet_scores();

 private:
  std::string selector(const char* metric, const std::string& matchers = "") const {
    const std::string source = settings_.source.empty() ? "" : ",source=" + quote_promql(settings_.source);
    return std::string(metric) + "{drift=" + quote_promql(settings_.name) + source + matchers + "}";
  }
  // " training", or "" for a single reference.
  std::string of_source() const { return settings_.source.empty() ? "" : " " + settings_.source; }
  // Labels of a series of the metric, for tests.
  RuleLabels example(const char* metric) const;
  AlertRule base(const char* metric, const std::string& condition) const;
  // `fine` is quiet, `bad` fires.
  void add(AlertRule alert, const char* metric, double fine, double bad);
  void add_band_alert(const char* name, const char* condition, int band, Severity severity, const std::string& word);
  void add_reference_alert();
  void add_comparable_alert();
  void add_rows_alert();
  void add_fleet_bins();
  std::vector<std::string> fleet_labels() const;
  // Those that are computed from bins alone.
  std::vector<DriftMethod> fleet_methods() const;
  Panel panel(std::string title, std::string description, PanelKind kind) const;

  const DriftSettings& settings_;
  Catalog& catalog_;
};

RuleLabels DriftRules::example(const char* metric) const {
  RuleLabels labels;
  for (const std::string& name : drift_metric(metric).label_names) {
    if (name == "drift") {
      labels.emplace_back(name, settings_.name);
    } else if (name == "source") {
      if (!settings_.source.empty()) {
        labels.emplace_back(name, settings_.source);
      }
    } else if (name == "column") {
      labels.emplace_back(name, settings_.columns.empty() ? "a" : settings_.columns.front().label);
    } else if (name == "method") {
      labels.emplace_back(name, to_string(settings_.methods_for(ColumnKind::kNumber).empty()
                                              ? settings_.methods.front()
                                              : settings_.methods_for(ColumnKind::kNumber).front()));
    } else if (settings_.segment) {
      labels.emplace_back(name, "a");
    }
  }
  labels.emplace_back("instance", "a");
  labels.emplace_back("job", "leeway");
  return labels;
}

AlertRule DriftRules::base(const char* metric, const std::string& condition) const {
  AlertRule alert;
  alert.group = "drift-alerts";
  alert.expr = selector(metric) + " " + condition;
  alert.hold = settings_.alerts.hold;
  alert.labels = {{"drift", settings_.name}};
  if (!settings_.source.empty()) {
    alert.labels.emplace_back("source", settings_.source);
  }
  add_team(alert, settings_.alerts.team, catalog_.settings);
  alert.metrics = {metric};
  return alert;
}

void DriftRules::add(AlertRule alert, const char* metric, double fine, double bad) {
  Signal signal;
  signal.firing = example(metric);
  signal.series = {{series_text(metric, signal.firing), false}};
  signal.drive = [](double level) { return std::vector<double>{level}; };
  signal.healthy = fine;
  signal.within = fine;
  signal.beyond = bad;
  alert.tests = signal_tests(signal, timing_of(alert, catalog_.settings.evaluation_interval));
  catalog_.alerts.push_back(std::move(alert));
}

void DriftRules::add_band_alert(const char* name, const char* condition, int band, Severity severity,
                                const std::string& word) {
  AlertRule alert = base(kDriftBand, condition);
  alert.name = settings_.alerts.stem + name;
  alert.severity = severity;
  alert.summary = "A column of " + settings_.name + " has drifted" + word + " from its reference" + of_source() + ".";
  alert.description = "The $labels.method score of column $labels.column against the reference" + of_source() +
                      " is above " + std::string(band == kDriftBandDrift ? "its threshold" : "the limit of this band") +
                      " (band $value; last window: " + settings_.window_text() + ").";
  alert.when = "a column's score is in band " + std::to_string(band) +
               (band == kDriftBandSevere     ? ", severe"
                : band == kDriftBandModerate ? ", moderate"
                                             : " or above, drift");
  alert.comment = settings_.threshold
                      ? "Fixed threshold " + number_text(*settings_.threshold) + "."
                      : "Calibrated: without drift " + number_text(settings_.false_alarm_rate * 100) +
                            "% of the checks exceed the threshold" +
                            (settings_.family == Family::kNone ? ", for each score." : ", all columns taken together.");
  alert.runbook = settings_.alerts.runbook;
  if (alert.runbook.meaning.empty()) {
    alert.runbook.meaning =
        "The distribution of this column in recent records differs from that of the reference. Models and limits tuned "
        "on data like the reference may no longer be valid.";
  }
  if (alert.runbook.steps.empty()) {
    alert.runbook.steps = {
        "Compare the score with its threshold and noise floor over the last days: a step points to a release or a "
        "change upstream, a slope to a gradual change in the real world.",
        "See whether the share of missing or unseen values changed at the same time: if so, look for a broken producer "
        "first.",
        "Look at which columns and segments drifted together, and whether the quality of the results fell too.",
        "If the change is intended, replace the reference: `leeway reference update --force --reason TEXT`" +
            std::string(settings_.source.empty() ? "" : " with `--reference " + settings_.source + "`") + "."};
  }
  alert.runbook.queries.push_back(selector(kDriftScore));
  alert.runbook.queries.push_back(selector(kDriftThreshold));
  alert.runbook.queries.push_back(selector(kDriftRows));
  add(std::move(alert), kDriftBand, band - 1, band);
}

void DriftRules::add_reference_alert() {
  AlertRule alert = base(kDriftReferenceReady, "== 0");
  alert.name = settings_.alerts.stem + "ReferenceMissing";
  // As if there were a version a day.
  alert.hold = settings_.first_time + settings_.last_time +
               kFirstResultWithin * static_cast<std::int64_t>(1 + settings_.last_versions);
  alert.severity = Severity::kWarning;
  alert.summary = "Drift monitor " + settings_.name + " has no reference" + of_source() + " yet, so it judges nothing.";
  alert.description = "For " + format_duration(alert.hold) + " the reference" + of_source() + " (" +
                      settings_.reference_text() + ") of " + settings_.name +
                      " has not been completed on $labels.instance.";
  alert.when = "the reference is not complete";
  alert.runbook.meaning = "Too few records have arrived to complete the reference that windows are compared with.";
  alert.runbook.queries = {selector(kDriftReferenceRows)};
  alert.runbook.steps = {"See whether records arrive at all, and whether `when` selects any of them.",
                         "Configure a smaller reference if the source is slow."};
  add(std::move(alert), kDriftReferenceReady, 1, 0);
}

void DriftRules::add_comparable_alert() {
  AlertRule alert = base(kDriftComparable, "== 0");
  const bool suits_all =
      !settings_.methods_for(ColumnKind::kNumber).empty() && !settings_.methods_for(ColumnKind::kCategory).empty();
  alert.name = settings_.alerts.stem + "ColumnNotComparable";
  alert.hold = settings_.first_time + kFirstResultWithin;
  alert.severity = Severity::kWarning;
  alert.summary = "A column of drift monitor " + settings_.name + " is not compared: its reference" + of_source() +
                  " has too few values" + (suits_all ? "." : ", or no method suits it.");
  alert.description = "For " + format_duration(alert.hold) + " column $labels.column has had too few values in the " +
                      "reference" + of_source() + " (" + settings_.reference_text() + "); " + kDriftColumnInfo +
                      " says why.";
  alert.when = "a column has fewer than " + std::to_string(ColumnFacts::kLeastValues) + " values in the reference";
  alert.runbook.meaning =
      "The records of the reference lack this column, or it is null in nearly all of them. Drift of this column would "
      "go "
      "unnoticed.";
  alert.runbook.queries = {selector(kDriftColumnInfo), selector(kDriftReferenceRows)};
  alert.runbook.steps = {
      "See whether the column is misspelled in `columns`, or is called otherwise in the data.",
      "See whether the producer still fills it.",
      "If it is filled now, take a newer reference: a file that has the column, or `leeway reference "
      "update`.",
      "If it stays empty, remove it from `columns`."};
  add(std::move(alert), kDriftComparable, 1, 0);
}

// A window by rows always has enough of them. One of time is empty where another segment has the time: the segments of
// weekday() are so on six days of seven.
void DriftRules::add_rows_alert() {
  if (settings_.step_rows != 0 || settings_.min_rows < 2) {
    return;
  }
  const double least = static_cast<double>(settings_.min_rows);
  const bool may_be_empty = settings_.segment && settings_.step_time != Duration{};
  AlertRule alert = base(kDriftRows, (may_be_empty ? "> 0 < " : "< ") + number_text(least));
  alert.name = settings_.alerts.stem + "TooFewRows";
  alert.hold = kTooFewFor;
  alert.severity = Severity::kInfo;
  alert.summary = "Windows of drift monitor " + settings_.name + " hold too few rows to be judged.";
  alert.description = "The last window of column $labels.column had $value rows; at least " + number_text(least) +
                      " are needed for a band.";
  alert.when = "a window has fewer than " + number_text(least) + " rows";
  alert.runbook.meaning = "Scores are exported, but with so few rows they are unreliable: drift would go unnoticed.";
  alert.runbook.queries = {selector(kDriftRows)};
  alert.runbook.steps = {"See whether the source has become slower, and whether that is expected.",
                         settings_.by_version ? "Choose several versions as a window or a smaller `min_rows`."
                                              : "Choose a longer window or a smaller `min_rows`."};
  add(std::move(alert), kDriftRows, least, least - 1);
}

void DriftRules::add_alerts() {
  if (!settings_.alerts.enabled) {
    return;
  }
  if (settings_.bands) {
    add_band_alert("Severe", ">= 3", kDriftBandSevere, Severity::kCritical, " severely");
    add_band_alert("Moderate", "== 2", kDriftBandModerate, Severity::kWarning, "");
  } else {
    add_band_alert("Detected", ">= 1", kDriftBandDrift, Severity::kWarning, "");
  }
  add_reference_alert();
  add_comparable_alert();
  add_rows_alert();
}

// Summed over the instances first: the scores need each bin several times. Other labels stay, so each service has a
// score of its own, also if two of them have a monitor of the same name.
void DriftRules::add_fleet_bins() {
  std::string fleet;
  for (const std::string& label : catalog_.settings.fleet_labels) {
    fleet += (fleet.empty() ? "" : ", ") + label;
  }
  const auto add_bins = [&](const char* name, const char* operation, const char* metric, const char* help) {
    RecordingRule rule;
    rule.name = name;
    rule.expr = std::string(operation) + " without (" + fleet + ") (" + selector(metric) + ")";
    rule.group = "drift-fleet";
    rule.help = help;
    rule.labels = fleet_labels();
    rule.labels.emplace_back("bin");
    catalog_.recording_rules.push_back(std::move(rule));
  };
  add_bins(kDriftFleetBinRows, "sum", kDriftBinRows, "Rows of each bin in the last windows of all instances.");
  add_bins(kDriftFleetReferenceBinRows, "max", kDriftReferenceBinRows,
           "Rows of each bin in the reference that all instances have.");
}

// Labels of the series that are recorded for the fleet.
std::vector<std::string> DriftRules::fleet_labels() const {
  std::vector<std::string> labels = {"drift", "column"};
  if (!settings_.source.empty()) {
    labels.emplace_back("source");
  }
  if (settings_.segment) {
    labels.emplace_back("segment");
  }
  return labels;
}

// The scores over the windows of all instances. Correct if all instances have the same reference, a profile: the
// reference of a bin is then the same everywhere, and rows of windows add up.
void DriftRules::add_fleet_scores() {
  if (!settings_.export_bins) {
    return;
  }
  add_fleet_bins();
  const std::string by_column = " without (bin) (";
  // Nothing is added to the bin of missing values if there are none.
  const std::string missing = ",bin=\"missing\"";
  const std::string unless_missing = " unless (" + selector(kDriftFleetReferenceBinRows, missing) + " + " +
                                     selector(kDriftFleetBinRows, missing) + " == 0)";
  // Shares of the bins, after `added` rows were added to each.
  const auto shares = [&](const char* bins, const std::string& added) {
    const std::string rows =
        added.empty() ? selector(bins) : "((" + selector(bins) + unless_missing + ")" + added + ")";
    return "(" + rows + " / ignoring (bin) group_left sum" + by_column + rows + "))";
  };
  for (const DriftMethod method : fleet_methods()) {
    const std::string added = method == DriftMethod::kPsi ? " + " + number_text(settings_.pseudo_count) : "";
    const std::string p = shares(kDriftFleetReferenceBinRows, added);
    const std::string q = shares(kDriftFleetBinRows, added);
    RecordingRule rule;
    switch (method) {
      case DriftMethod::kPsi:
        rule.expr = "sum" + by_column + "\n  (" + p + "\n    - " + q + ")\n  * ln(" + p + "\n    / " + q + "))";
        break;
      case DriftMethod::kJensenShannon: {
        // 0 log 0 is 0: empty bins are left out of their side's sum.
        const std::string middle = "((" + p + "\n    + " + q + ") / 2)";
        rule.expr = "sqrt(clamp_min((\n  sum" + by_column + "(" + p + " > 0) * log2((" + p + " > 0)\n    / " + middle +
                    "))\n  + sum" + by_column + "(" + q + " > 0) * log2((" + q + " > 0)\n    / " + middle +
                    "))) / 2, 0))";
        break;
      }
      case DriftMethod::kHellinger:
        rule.expr = "sqrt(clamp_min(1 - sum" + by_column + "sqrt(" + p + "\n  * " + q + ")), 0))";
        break;
      case DriftMethod::kTotalVariation:
        rule.expr = "sum" + by_column + "abs(" + p + "\n  - " + q + ")) / 2";
        break;
      default:
        rule.expr = "max" + by_column + "abs(" + p + "\n  - " + q + "))";
        break;
    }
    rule.name = kDriftFleetScore;
    rule.group = "drift-fleet";
    rule.help = "Distance of the last windows of all instances, taken together, from their common reference.";
    rule.set_labels = {{"method", std::string(to_string(method))}};
    rule.labels = fleet_labels();
    catalog_.recording_rules.push_back(std::move(rule));
  }
}

std::vector<DriftMethod> DriftRules::fleet_methods() const {
  std::vector<DriftMethod> methods = settings_.methods;
  if (is_of_other_tool(settings_.reference.rule)) {
    return {};  // the bins that are exported do not suffice
  }
  if (methods.empty()) {
    methods = {DriftMethod::kJensenShannon};
  }
  std::erase_if(methods, [](DriftMethod method) { return method > DriftMethod::kLInfinity; });
  return methods;
}

Panel DriftRules::panel(std::string title, std::string description, PanelKind kind) const {
  Panel panel;
  panel.row = "Drift " + settings_.name;
  panel.title = std::move(title);
  panel.description = std::move(description);
  panel.kind = kind;
  return panel;
}

void DriftRules::add_panels() {
  const std::string matcher = "drift=" + quote_promql(settings_.name);
  const std::string told_apart =
      std::string(settings_.source.empty() ? "" : " {{source}}") + (settings_.segment ? " {{segment}}" : "");
  const std::string by_method = "{{column}} {{method}}" + told_apart;
  Panel scores = panel("Drift of " + settings_.name + ", in units of its threshold",
                       "Score of each column's last window divided by its threshold: above 1 it has drifted.",
                       PanelKind::kTimeSeries);
  scores.queries = {
      {panel_selector(kDriftScore, matcher) + "\n/ (" + panel_selector(kDriftThreshold, matcher) + " > 0)", by_method,
       false}};
  scores.thresholds = {{1, Severity::kWarning}};
  scores.metrics = {kDriftScore, kDriftThreshold};
  catalog_.panels.push_back(std::move(scores));

  Panel bands =
      panel("Bands of " + settings_.name, "0 no drift, 1 drift, 2 moderate, 3 severe.", PanelKind::kTimeSeries);
  bands.queries = {{panel_selector(kDriftBand, matcher), by_method, false}};
  bands.thresholds = {{kDriftBandModerate, Severity::kWarning}, {kDriftBandSevere, Severity::kCritical}};
  bands.metrics = {kDriftBand};
  catalog_.panels.push_back(std::move(bands));

  Panel table = panel("Scores of " + settings_.name, "Score of each column's last window.", PanelKind::kTable);
  table.queries = {{panel_selector(kDriftScore, matcher), by_method, true}};
  table.metrics = {kDriftScore};
  catalog_.panels.push_back(std::move(table));

  Panel rows =
      panel("Rows of " + settings_.name, "Rows of the last window, and of the reference.", PanelKind::kTimeSeries);
  rows.queries = {{panel_selector(kDriftRows, matcher), "{{column}}" + told_apart, false},
                  {panel_selector(kDriftReferenceRows, matcher), "reference {{column}}" + told_apart, false}};
  rows.metrics = {kDriftRows, kDriftReferenceRows};
  catalog_.panels.push_back(std::move(rows));

  if (settings_.export_bins) {
    Panel bins = panel("Distribution of " + settings_.name, "Rows of the last window in each bin.", PanelKind::kTable);
    bins.queries = {{panel_selector(kDriftBinRows, matcher), "{{column}} {{bin}}" + told_apart, true}};
    bins.metrics = {kDriftBinRows};
    catalog_.panels.push_back(std::move(bins));
    Panel expected = panel("Reference of " + settings_.name, "Rows of the reference in each bin.", PanelKind::kTable);
    expected.queries = {{panel_selector(kDriftReferenceBinRows, matcher), "{{column}} {{bin}}" + told_apart, true}};
    expected.metrics = {kDriftReferenceBinRows};
    catalog_.panels.push_back(std::move(expected));
  }
}

}  // namespace

void add_drift_rules(const DriftSettings& settings, Catalog& catalog) {
  DriftRules rules(settings, catalog);
  rules.add_alerts();
  rules.add_fleet_scores();
}

void add_drift_panels(const DriftSettings& settings, Catalog& catalog) { DriftRules(settings, catalog).add_panels(); }

}  // namespace leeway
