#include "rules/rule_file.h"

#include "agent/core/units.h"
#include "rules/annotations.h"
#include "rules/description.h"
#include "rules/rule_groups.h"
#include "rules/yaml.h"

namespace leeway {
namespace {

void write_group(const std::string& name, const Catalog& catalog, std::string& out) {
  out += "  - name: " + yaml_quote(name) + "\n";
  out += "    interval: " + format_duration(catalog.settings.evaluation_interval) + "\n";
  out += "    rules:\n";
}

void write_map(std::string_view key, const RuleLabels& entries, std::string& out) {
  if (entries.empty()) {
    return;
  }
  out += "        " + std::string(key) + ":\n";
  for (const auto& [name, value] : entries) {
    out += "          " + name + ": " + yaml_quote(value) + "\n";
  }
}

void write_record(const RecordingRule& rule, std::string& out) {
  out += yaml_comment(rule.help, 6);
  out += "      - record: " + rule.name + "\n";
  out += "        expr: " + yaml_block(rule.expr, 10) + "\n";
  RuleLabels labels = rule.set_labels;
  for (auto& [name, value] : labels) {
    value = inert_template(value);
  }
  write_map("labels", labels, out);
}

void write_alert(const AlertRule& alert, const Catalog& catalog, std::string& out) {
  if (!alert.comment.empty()) {
    out += yaml_comment(alert.comment, 6);
  }
  out += "      - alert: " + yaml_quote(alert.name) + "\n";
  out += "        expr: " + yaml_block(alert.expr, 10) + "\n";
  if (alert.hold > Duration{}) {
    out += "        for: " + format_duration(alert.hold) + "\n";
  }
  if (alert.keep_firing_for > Duration{}) {
    out += "        keep_firing_for: " + format_duration(alert.keep_firing_for) + "\n";
  }
  write_map("labels", rule_labels(alert, LabelForm::kTemplate), out);
  write_map("annotations", annotation_templates(catalog, alert), out);
}

}  // namespace

std::string rules_yaml(const Catalog& catalog) {
  std::string out = yaml_comment(
      "Rules of " + catalog.settings.title + ", written by `leeway rules`. Change the configuration, not this file.",
      0);
  out += "groups:\n";
  for (const RuleGroup& group : rule_groups(catalog)) {
    write_group(group.name, catalog, out);
    for (const RecordingRule* rule : group.records) {
      write_record(*rule, out);
    }
    for (const AlertRule* alert : group.alerts) {
      write_alert(*alert, catalog, out);
    }
  }
  return out;
}

}  // namespace leeway
