#include "rules/annotations.h"

#include "rules/description.h"
#include "rules/links.h"

namespace leeway {
namespace {

void add_links(const Catalog& catalog, const AlertRule& alert, RuleLabels& annotations) {
  if (const std::string url = runbook_url(catalog, alert); !url.empty()) {
    annotations.emplace_back("runbook_url", url);
  } else {
    annotations.emplace_back("runbook", "runbook.md#" + runbook_anchor(alert.name));
  }
  if (const std::string url = dashboard_url(catalog, alert); !url.empty()) {
    annotations.emplace_back("dashboard_url", url);
  }
}

// One line for a phone: whose alert, what, how much. As a description, with $value and $labels.NAME.
std::string summary_of(const Catalog& catalog, const AlertRule& alert) {
  const std::string& service = catalog.settings.shown_title();
  std::string summary = (service.empty() ? "" : service + ": ") + alert.summary;
  if (!alert.measured.empty()) {
    if (summary.ends_with('.')) {
      summary.pop_back();
    }
    summary += ": " + alert.measured;
  }
  return summary;
}

}  // namespace

RuleLabels rule_labels(const AlertRule& alert, LabelForm form) {
  RuleLabels labels{{"severity", std::string(to_string(alert.severity))}};
  for (const auto& [name, value] : alert.labels) {
    labels.emplace_back(name, form == LabelForm::kTemplate ? inert_template(value) : value);
  }
  return labels;
}

RuleLabels annotation_templates(const Catalog& catalog, const AlertRule& alert) {
  RuleLabels annotations{{"summary", description_template(summary_of(catalog, alert), alert.value_unit)},
                         {"description", description_template(alert.description, alert.value_unit)}};
  add_links(catalog, alert, annotations);
  if (alert.outlook) {
    annotations[1].second += " " + outlook_template(*alert.outlook);
  }
  for (auto& [name, value] : annotations) {
    if (name.ends_with("_url")) {
      value = inert_template(value);
    }
  }
  return annotations;
}

std::string rendered_summary(const Catalog& catalog, const AlertRule& alert, const FiringAlert& firing) {
  return rendered_description(summary_of(catalog, alert), alert.value_unit, firing.labels, firing.value);
}

RuleLabels rendered_annotations(const Catalog& catalog, const AlertRule& alert, const FiringAlert& firing) {
  RuleLabels annotations{
      {"summary", rendered_summary(catalog, alert, firing)},
      {"description", rendered_description(alert.description, alert.value_unit, firing.labels, firing.value)}};
  if (alert.outlook) {
    annotations[1].second += " " + rendered_outlook(*alert.outlook, firing.result);
  }
  add_links(catalog, alert, annotations);
  return annotations;
}

}  // namespace leeway
