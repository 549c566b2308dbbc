#include "agent/alerts/alert_entry.h"

#include <algorithm>

#include "agent/alerts/alert_keys.h"
#include "agent/alerts/condition.h"
#include "agent/alerts/text_labels.h"
#include "agent/alerts/user_tests.h"
#include "agent/alerts/while_condition.h"
#include "agent/config/table_reader.h"
#include "agent/core/nearest_word.h"
#include "agent/promql/promql_check.h"

namespace leeway {
namespace {

constexpr std::string_view kPromql = "promql";

std::string title(std::string_view section, const ConfigTable& table) {
  const ConfigValue* name = table.find("name");
  const std::string* text = name == nullptr ? nullptr : name->get_if<std::string>();
  return std::string(section) + (text == nullptr ? "" : " '" + *text + "'");
}

std::string condition_keys() {
  std::string keys;
  for (const ConditionKind& kind : condition_kinds()) {
    keys += std::string(kind.key) + ", ";
  }
  return keys + std::string(kPromql);
}

// The single condition of the entry; "" where there is none or more than one, which is reported.
std::string_view condition_key(TableReader& reader) {
  std::string_view found;
  for (std::string_view key : {kPromql}) {
    found = reader.has(key) ? key : found;
  }
  for (const ConditionKind& kind : condition_kinds()) {
    if (!reader.has(kind.key)) {
      continue;
    }
    if (!found.empty()) {
      reader.error(kind.key, "both '" + std::string(found) + "' and '" + std::string(kind.key) +
                                 "' are given; an alert has one condition");
      return {};
    }
    found = kind.key;
  }
  if (found.empty()) {
    reader.error("name", "when does it fire? expected one of " + condition_keys());
  }
  return found;
}

bool suits(const ConditionKind& kind, MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return kind.counter;
    case MetricType::kHistogram:
      return kind.histogram;
    default:
      return kind.gauge;
  }
}

std::string suitable_keys(MetricType type) {
  std::string keys;
  for (const ConditionKind& kind : condition_kinds()) {
    if (suits(kind, type)) {
      keys += (keys.empty() ? "" : ", ") + std::string(kind.key);
    }
  }
  return keys;
}

const MetricDesc* find_metric(TableReader& reader, const Selector& selector, const Catalog& catalog) {
  const MetricDesc* desc = catalog.find_metric(selector.metric);
  if (desc != nullptr) {
    check_labels(reader, "metric", selector, *desc, catalog);
    return desc;
  }
  std::vector<std::string> names;
  for (const MetricCatalog* metrics : {&catalog.metrics, &catalog.external}) {
    for (const MetricDesc& metric : metrics->metrics()) {
      names.push_back(metric.name);
    }
  }
  reader.error("metric", "no metric is named '" + selector.metric + "'" + did_you_mean(selector.metric, names) +
                             "; metrics of other exporters are declared as [[external_metric]]");
  return nullptr;
}

// What `metric` names.
struct AlertMetric {
  std::string text;  // as written
  Selector selector;
  const MetricDesc* desc;
};

// None after an error.
std::optional<AlertMetric> read_metric(TableReader& reader, const Catalog& catalog) {
  const std::string text = reader.required_string("metric");
  if (text.empty()) {
    return std::nullopt;
  }
  Expected<Selector> selector = parse_selector(text);
  if (!selector) {
    reader.error("metric", "'metric': " + selector.error().message);
    return std::nullopt;
  }
  const MetricDesc* const desc = find_metric(reader, *selector, catalog);
  return desc == nullptr ? std::nullopt : std::optional(AlertMetric{text, std::move(*selector), desc});
}

std::optional<Condition> read_typed(TableReader& reader, std::string_view key, const AlertMetric& metric,
                                    const AlertRule& alert, const Catalog& catalog) {
  const MetricDesc* const desc = metric.desc;
  const std::vector<std::string> by = reader.strings("by").value_or(std::vector<std::string>{});
  for (const std::string& label : by) {
    check_label(reader, "by", label, *desc, catalog);
  }
  for (const ConditionKind& kind : condition_kinds()) {
    if (kind.key != key) {
      continue;
    }
    if (!suits(kind, desc->type)) {
      reader.error(key, "'" + std::string(key) + "' is not for a " + std::string(to_string(desc->type)) + " such as '" +
                            desc->name + "'; expected one of " + suitable_keys(desc->type));
      return std::nullopt;
    }
    ConditionContext context{reader, key, catalog, metric.selector, desc, by, alert.hold, alert.keep_firing_for};
    return kind.build(context);
  }
  return std::nullopt;
}

std::optional<Condition> read_promql(TableReader& reader, const Catalog& catalog) {
  const std::string text = reader.required_string(kPromql);
  const PromqlReport report = check_promql(text, catalog);
  for (const PromqlProblem& problem : report.problems) {
    reader.error(kPromql, "at character " + std::to_string(problem.offset + 1) + ": " + problem.message);
  }
  if (report.problems.empty() && report.has_variables) {
    reader.error(kPromql, "dashboard variables cannot be used in a rule; expected PromQL without $");
  }
  if (report.problems.empty() && !report.compares) {
    reader.error(kPromql,
                 "without a comparison the alert fires as long as there are series; expected a comparison such as "
                 "'… > 0'");
  }
  const std::string unit = reader.choice("unit", {"none", "seconds", "bytes", "ratio"}, "none");
  Condition condition;
  condition.expr = text;
  while (!condition.expr.empty() && (condition.expr.back() == '\n' || condition.expr.back() == ' ')) {
    condition.expr.pop_back();
  }
  condition.metrics = report.metrics;
  condition.range = report.range;
  condition.value_unit = unit == "seconds" ? Unit::kSeconds
                         : unit == "bytes" ? Unit::kBytes
                         : unit == "ratio" ? Unit::kRatio
                                           : Unit::kNone;
  condition.text = "meets the condition of the alert";
  return condition;
}

bool is_sentence(const std::string& text) {
  return text.size() > 2 && text.front() >= 'A' && text.front() <= 'Z' && text.back() == '.';
}

// What the alert is about: its metric with the matchers, and the labels that tell its series apart.
std::string subject_of(const std::optional<AlertMetric>& metric, const Condition& condition, const AlertRule& alert,
                       const Catalog& catalog) {
  if (!metric || alert.expr.empty()) {
    return condition.metrics.empty() ? alert.name : condition.metrics.front();
  }
  return (condition.subject.empty() ? metric->text : condition.subject) +
         series_clause(telling_labels(alert, *metric->desc, metric->selector, catalog));
}

void read_texts(TableReader& reader, const std::optional<AlertMetric>& metric, const Condition& condition,
                const Catalog& catalog, AlertRule& alert) {
  const std::string subject = subject_of(metric, condition, alert, catalog);
  alert.summary = reader.string("summary").value_or("Metric " + subject + " " + condition.text + ".");
  if (!is_sentence(alert.summary)) {
    reader.diagnostics().warning(
        reader.position("summary"),
        reader.what() + ": the summary is not a sentence; expected a capital letter and a full stop");
  }
  const std::string value = reader.has("absent") ? "." : ": $value.";  // of what is absent there is none
  alert.description = reader.string("description").value_or(subject + " " + condition.text + value);
  alert.comment = reader.string("comment").value_or("");
}

void read_inhibits(TableReader& reader, const AlertRule& alert, Catalog& catalog) {
  for (const std::string& target : reader.strings("inhibits").value_or(std::vector<std::string>{})) {
    if (target == alert.name) {
      reader.error("inhibits", "an alert cannot inhibit itself");
      continue;
    }
    catalog.inhibitions.push_back({{{"alertname", alert.name}}, {{"alertname", target}}, {}, ""});
  }
}

}  // namespace

void read_alert(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics, std::string_view section) {
  const ConfigTable& table = *entry.get_if<ConfigTable>();
  TableReader reader(table, entry.position(), title(section, table), diagnostics);
  AlertRule alert;
  alert.name = reader.required_string("name");
  if (!alert.name.empty() && !is_alert_name(alert.name)) {
    reader.error("name", "'" + alert.name + "' is not an alert name; expected CamelCase such as \"HighErrorRate\"");
  }
  const bool taken = std::any_of(catalog.alerts.begin(), catalog.alerts.end(),
                                 [&alert](const AlertRule& other) { return other.name == alert.name; });
  if (taken && !alert.name.empty()) {
    reader.error("name", "an alert named '" + alert.name + "' exists already; names of alerts are unique");
  }
  alert.group = reader.string("group", "alerts");
  alert.severity = read_severity(reader, "severity").value_or(Severity::kWarning);
  alert.hold = read_hold(reader, {});
  alert.keep_firing_for = reader.duration_or_zero("keep_firing_for").value_or(Duration{});
  const std::string team = reader.string("team").value_or(catalog.settings.team);
  if (!team.empty()) {
    alert.labels.emplace_back("team", team);
  }
  const std::string_view key = condition_key(reader);
  const bool is_typed = !key.empty() && key != kPromql;
  const std::optional<AlertMetric> metric = is_typed ? read_metric(reader, catalog) : std::nullopt;
  std::optional<Condition> condition = key == kPromql ? read_promql(reader, catalog)
                                       : metric       ? read_typed(reader, key, *metric, alert, catalog)
                                                      : std::nullopt;
  for (const std::string_view known : {"metric", "by", "while", "unit"}) {
    reader.accept(known);
  }
  if (is_typed) {
    reader.accept(key);
  }
  alert.runbook = read_runbook(reader);
  read_inhibits(reader, alert, catalog);
  std::vector<AlertTest> own_tests = read_user_tests(reader);
  if (condition) {
    apply_while(reader, catalog, *condition);
    alert.expr = condition->expr;
  }
  read_texts(reader, metric, condition.value_or(Condition{}), catalog, alert);
  if (condition) {
    alert.when = key == kPromql
                     ? "its PromQL has a result"
                     : (condition->subject.empty() ? metric->text : condition->subject) + " " + condition->text;
    if (const std::optional<std::string> only = reader.string("while")) {
      alert.when += ", while " + *only;
    }
    alert.metrics = condition->metrics;
    alert.value_unit = condition->value_unit;
    alert.measured = alert.summary.find("$value") == std::string::npos ? condition->measured : "";
    alert.threshold = condition->threshold;
    alert.threshold_is_lower = condition->threshold_is_lower;
    alert.range = condition->range;
    alert.advice = condition->advice;
    check_text_labels(reader, alert, catalog);
    alert.tests = std::move(condition->tests);
    std::move(own_tests.begin(), own_tests.end(), std::back_inserter(alert.tests));
    if (alert.tests.empty()) {
      diagnostics.warning(reader.position(key),
                          reader.what() + ": no rule test can be derived; write one as [[alert.test]]");
    }
    catalog.alerts.push_back(std::move(alert));
  }
  reader.report_unused_keys();
}

}  // namespace leeway
