// The condition that a gauge has changed: its value, or which series exist. For example, a model's version is a label,
// so a new model is a new series, and no value ever changes.
#include <algorithm>

#include "agent/alerts/changed_tests.h"
#include "agent/alerts/condition_parts.h"
#include "agent/core/units.h"

namespace leeway {
namespace {

constexpr Duration kStart = std::chrono::minutes(5);  // series this soon after the metric's first do not count as new

// A label that distinguishes several series of the selector; "" where there can be only one for each agent.
std::string free_label(const ConditionContext& context) {
  for (const std::string& label : context.desc->label_names) {
    const bool matched = std::any_of(context.metric.matchers.begin(), context.metric.matchers.end(),
                                     [&](const LabelMatcher& matcher) { return matcher.label == label; });
    if (!matched) {
      return label;
    }
  }
  return "";
}

// Series of the window that no agent of the fleet exported in a window before it, where some series of the metric were
// exported then, and not just at its end: after a start or a gap of any length, existing series do not count as new.
std::string appeared(const ConditionContext& context, Duration window) {
  const std::vector<std::string>& fleet = context.catalog.settings.fleet_labels;
  std::vector<std::string> service = context.catalog.settings.target_labels;
  std::erase_if(service,
                [&](const std::string& label) { return std::find(fleet.begin(), fleet.end(), label) != fleet.end(); });
  const Duration start = std::min(kStart, window / 2);
  const std::string metric = context.metric.to_string();
  return "present_over_time(" + metric + window_text(window) + ") > 0\nunless ignoring (" + label_list(fleet) +
         ") last_over_time(" + metric + window_text(window) + " offset " + format_duration(window) + ")\nand on (" +
         label_list(service) + ") last_over_time(" + metric + window_text(window - start) + " offset " +
         format_duration(window + start) + ")";
}

}  // namespace

std::optional<Condition> build_changed(ConditionContext& context) {
  const Duration window = read_window(context.reader, context.key, std::chrono::hours(1), context);
  const std::string label = free_label(context);
  Condition condition;
  condition.metrics = {context.metric.metric};
  condition.expr = "changes(" + context.metric.to_string() + window_text(window) + ") > 0";
  condition.range = window;
  condition.text = "has changed within " + format_duration(window);
  if (!label.empty()) {
    condition.expr += "\nor\n" + appeared(context, window);
    condition.range = window * 2;
    condition.text = "has changed, or has a new series, within " + format_duration(window);
  }
  condition.tests = changed_tests(context, window, label);
  return condition;
}

}  // namespace leeway
