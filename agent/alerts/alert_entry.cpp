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

std::optional<Condition> read_typed(TableReader& reader, std::string_view key, const AlertRule& alert,
                                    const Catalog& catalog) {
  const std::string text = reader.required_string("metric");
  const std::vector<std::string> by = reader.strings("by").value_or(std::vector<std::string>{});
  if (text.empty()) {
    return std::nullopt;
  }
  const Expected<Selector> selector = parse_selector(text);
  if (!selector) {
    reader.error("metric", "'metric': " + selector.error().message);
    return std::nullopt;
  }
  const MetricDesc* desc = find_metric(reader, *selector, catalog);
  if (desc == nullptr) {
    reader.accept(key);
    return std::nullopt;
  }
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
    ConditionContext context{reader, key, catalog, *selector, desc, by, alert.hold, alert.keep_firing_for};
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
std::string subject_of(TableReader& reader, const Condition& condition, const AlertRule& alert,
                       const Catalog& catalog) {
  const std::string metric = reader.string("metric").value_or("");
  const Expected<Selector> selector = parse_selector(metric);
  const MetricDesc* const desc = selector ? catalog.find_metric(selector->metric) : nullptr;
  if (desc == nullptr || alert.expr.empty()) {
    return condition.metrics.empty() ? alert.name : condition.metrics.front();
  }
  return (condition.subject.empty() ? metric : condition.subject) +
         series_clause(telling_labels(alert, *desc, *selector, catalog));
}

void read_texts(TableReader& reader, const Condition& condition, const Catalog& catalog, AlertRule& alert) {
  const std::string subject = subject_of(reader, condition, alert, catalog);
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
  std::optional<Condition> condition = key.empty()      ? std::nullopt
                                       : key == kPromql ? read_promql(reader, catalog)
                                                        : read_typed(reader, key, alert, catalog);
  for (const std::string_view known : {"metric", "by", "while", "unit"}) {
    reader.accept(known);
  }
  alert.runbook = read_runbook(reader);
  read_inhibits(reader, alert, catalog);
  std::vector<AlertTest> own_tests = read_user_tests(reader);
  if (condition) {
    apply_while(reader, catalog, *condition);
    alert.expr = condition->expr;
  }
  read_texts(reader, condition.value_or(Condition{}), catalog, alert);
  if (condition) {
    alert.when = key == kPromql
                     ? "its PromQL has a result"
                     : (condition->subject.empty() ? reader.string("metric").value_or("") : condition->subject) + " " +
                           condition->text;
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
