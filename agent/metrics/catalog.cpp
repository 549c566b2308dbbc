#include "agent/metrics/catalog.h"

#include <algorithm>

namespace leeway {

const std::string* find_label(const RuleLabels& labels, std::string_view name) {
  const auto found =
      std::find_if(labels.begin(), labels.end(), [name](const auto& label) { return label.first == name; });
  return found == labels.end() ? nullptr : &found->second;
}

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "critical";
    case Severity::kWarning:
      return "warning";
    case Severity::kInfo:
      return "info";
  }
  return "";
}

void Catalog::add_recording_rule(RecordingRule rule) {
  const bool known = std::any_of(recording_rules.begin(), recording_rules.end(), [&rule](const RecordingRule& other) {
    return other.name == rule.name && other.set_labels == rule.set_labels;
  });
  if (!known) {
    recording_rules.push_back(std::move(rule));
  }
}

const RecordingRule* Catalog::find_recording_rule(std::string_view name) const {
  const auto found = std::find_if(recording_rules.begin(), recording_rules.end(),
                                  [name](const RecordingRule& r) { return r.name == name; });
  return found == recording_rules.end() ? nullptr : &*found;
}

const MetricDesc* Catalog::find_metric(std::string_view name) const {
  const MetricDesc* own = metrics.find(name);
  return own != nullptr ? own : external.find(name);
}

void Catalog::arrange() {
  const auto rank = [this](const Panel& panel) {
    const auto row = std::find(rows.begin(), rows.end(), panel.row);
    return std::pair(panel.dashboard, panel.dashboard == DashboardKind::kPack ? row - rows.begin() : 0);
  };
  // Rows of the other dashboards keep the order in which they were declared.
  std::stable_sort(panels.begin(), panels.end(), [&](const Panel& a, const Panel& b) { return rank(a) < rank(b); });
  int id = 0;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    id = i > 0 && panels[i - 1].dashboard == panels[i].dashboard ? id + 1 : 1;
    panels[i].id = id;
  }
}

const Panel* Catalog::panel_of(const AlertRule& alert) const {
  const auto reads = [&alert](const std::string& metric) {
    return std::find(alert.metrics.begin(), alert.metrics.end(), metric) != alert.metrics.end();
  };
  const auto panel = std::find_if(panels.begin(), panels.end(), [&](const Panel& one) {
    return one.row != kOverviewRow && std::any_of(one.metrics.begin(), one.metrics.end(), reads);
  });
  return panel == panels.end() ? nullptr : &*panel;
}

std::string panel_selector(std::string_view name, std::string_view matchers) {
  std::string text = std::string(name) + R"({job=~"$job", instance=~"$instance")";
  return text + (matchers.empty() ? "" : ", ") + std::string(matchers) + "}";
}

std::string recorded_panel_selector(std::string_view name, std::string_view matchers) {
  std::string text = std::string(name) + R"({job=~"$job")";
  return text + (matchers.empty() ? "" : ", ") + std::string(matchers) + "}";
}

std::string job_name(const RuleSettings& settings) {
  const std::string* const job = find_label(settings.scope_labels, "job");
  return job != nullptr ? *job : settings.name;
}

std::string dashboard_uid(const RuleSettings& settings, DashboardKind kind) {
  switch (kind) {
    case DashboardKind::kPack:
      return settings.name;
    case DashboardKind::kSlo:
      return settings.name + "-slo";
    case DashboardKind::kAgent:
      return settings.name + "-agent";
  }
  return settings.name;
}

}  // namespace leeway
