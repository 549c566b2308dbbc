#include "agent/alerts/text_labels.h"

#include <algorithm>

#include "agent/core/nearest_word.h"
#include "agent/metrics/alert_text.h"
#include "agent/promql/promql_check.h"

namespace leeway {
namespace {

// In templates, $labels are those of the result, without those that the rule sets.
promql::Labels labels_of_result(const AlertRule& alert, const Catalog& catalog) {
  promql::Labels labels = check_promql(alert.expr, catalog).labels;
  if (alert.expr.starts_with("absent")) {
    // Equality matchers that apply_scope() adds.
    for (const auto& [name, value] : catalog.settings.scope_labels) {
      labels.add(name);
    }
  }
  return labels;
}

}  // namespace

std::vector<std::string> dropped_labels(std::string_view text, const AlertRule& alert, const Catalog& catalog) {
  std::vector<std::string> names = labels_in_text(text);
  if (!names.empty()) {
    const promql::Labels labels = labels_of_result(alert, catalog);
    std::erase_if(names, [&labels](const std::string& name) { return labels.contains(name); });
  }
  return names;
}

std::string series_clause(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) {
    text += (text.empty() ? " (" : ", ") + label + " $labels." + label;
  }
  return text.empty() ? text : text + ")";
}

std::vector<std::string> telling_labels(const AlertRule& alert, const MetricDesc& desc, const Selector& selector,
                                        const Catalog& catalog) {
  const promql::Labels kept = labels_of_result(alert, catalog);
  std::vector<std::string> names;
  for (const std::string& name : desc.label_names) {
    const bool fixed =
        std::any_of(selector.matchers.begin(), selector.matchers.end(),
                    [&](const LabelMatcher& matcher) { return matcher.label == name && matcher.op == "="; });
    if (kept.contains(name) && !fixed) {
      names.push_back(name);
    }
  }
  return names;
}

void check_text_labels(TableReader& reader, const AlertRule& alert, const Catalog& catalog) {
  for (const auto& [key, text] : {std::pair("summary", &alert.summary), std::pair("description", &alert.description)}) {
    for (const std::string& name : dropped_labels(*text, alert, catalog)) {
      const promql::Labels labels = labels_of_result(alert, catalog);
      const std::vector<std::string> known(labels.known().begin(), labels.known().end());
      std::string list;
      for (const std::string& label : known) {
        list += (list.empty() ? "" : ", ") + label;
      }
      reader.error(key, "$labels." + name + " is always empty: the alert's expression drops the label" +
                            did_you_mean(name, known) + "; it keeps " + (list.empty() ? "none" : list) +
                            (reader.has("metric") ? ", and those of the metric that `by` names" : ""));
    }
  }
}

}  // namespace leeway
