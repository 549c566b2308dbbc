#include "agent/alerts/alert_keys.h"

#include <algorithm>

#include "agent/promql/promql_labels.h"

namespace leeway {

std::optional<Severity> read_severity(TableReader& reader, std::string_view key) {
  const std::optional<std::string> word = reader.choice(key, {"critical", "warning", "info"});
  if (!word) {
    return std::nullopt;
  }
  return *word == "critical" ? Severity::kCritical : *word == "warning" ? Severity::kWarning : Severity::kInfo;
}

RunbookEntry read_runbook(TableReader& reader) {
  RunbookEntry entry;
  const ConfigValue* value = reader.value("runbook", KeyType::kTable | KeyType::kText | KeyType::kTexts);
  if (value == nullptr) {
    return entry;
  }
  if (value->get_if<ConfigTable>() != nullptr) {
    TableReader inner = *reader.table("runbook");
    entry.meaning = inner.string("meaning").value_or("");
    entry.queries = inner.strings("queries").value_or(std::vector<std::string>{});
    entry.steps = inner.strings("steps").value_or(std::vector<std::string>{});
    entry.escalation = inner.string("escalation").value_or("");
    entry.link = inner.string("link").value_or("");
    inner.report_unused_keys();
    return entry;
  }
  entry.steps = reader.strings("runbook").value_or(std::vector<std::string>{});
  if (entry.steps.size() == 1 && (entry.steps[0].starts_with("https://") || entry.steps[0].starts_with("http://"))) {
    entry.link = entry.steps[0];
    entry.steps.clear();
  }
  return entry;
}

Duration read_hold(TableReader& reader, Duration fallback) { return reader.duration_or_zero("for", fallback); }

std::string read_alert_stem(TableReader& reader, const char* fallback) {
  std::string stem = reader.string("name", fallback);
  if (!is_alert_name(stem)) {
    reader.error("name", "names of alerts cannot begin with '" + stem + "'; expected CamelCase such as \"" + fallback +
                             "\", which is the default");
  }
  return stem;
}

void add_team(AlertRule& alert, const std::string& own, const RuleSettings& settings) {
  const std::string& team = own.empty() ? settings.team : own;
  if (!team.empty()) {
    alert.labels.emplace_back("team", team);
  }
}

void check_label(TableReader& reader, std::string_view key, const std::string& label, const MetricDesc& desc,
                 const Catalog& catalog) {
  std::vector<std::string> known = desc.label_names;
  known.insert(known.end(), catalog.settings.target_labels.begin(), catalog.settings.target_labels.end());
  known.insert(known.end(), catalog.settings.fleet_labels.begin(), catalog.settings.fleet_labels.end());
  const bool own = catalog.metrics.find(desc.name) != nullptr;
  if (std::find(known.begin(), known.end(), label) == known.end() && (own || !desc.label_names.empty())) {
    reader.error(key,
                 "metric '" + desc.name + "' has no label '" + label + "'" +
                     (desc.label_names.empty() ? promql::label_advice(label, known, {}) + "; it has none of its own"
                                               : promql::label_advice(label, known, desc.label_names)));
  }
}

void check_labels(TableReader& reader, std::string_view key, const Selector& selector, const MetricDesc& desc,
                  const Catalog& catalog) {
  for (const LabelMatcher& matcher : selector.matchers) {
    check_label(reader, key, matcher.label, desc, catalog);
  }
}

bool is_alert_name(std::string_view name) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto allowed = [&](char c) { return upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  constexpr std::size_t kLongest = 100;
  return !name.empty() && name.size() <= kLongest && upper(name.front()) &&
         std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace leeway
