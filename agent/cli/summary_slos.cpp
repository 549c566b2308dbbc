#include "agent/cli/summary_slos.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

#include "exporters/prometheus/label_text.h"

namespace leeway {
namespace {

constexpr const char* kObjective = "leeway_slo_objective_ratio";
constexpr const char* kEvents = "leeway_slo_events_total";
constexpr const char* kBad = "leeway_slo_bad_events_total";
constexpr const char* kLeft = "leeway_slo_error_budget_remaining_ratio";
constexpr const char* kBurn = "leeway_slo_burn_rate";

constexpr double kLittleLeft = 0.25;  // of a budget, as in the dashboards

// The values of one objective, by `slo` and the labels of its own.
struct SloState {
  std::map<std::string, double> values{};                // by name of the family
  std::optional<std::pair<std::string, double>> burn{};  // the fastest, with its window
};

std::string without_window(SeriesLabels labels, std::string& window) {
  std::string text;
  for (const Label& label : labels.pairs()) {
    if (label.name == "window") {
      window = label.value;
    } else {
      text.append(text.empty() ? "" : " ").append(label.value);
    }
  }
  return text;
}

double value_or(const SloState& state, const char* name, double otherwise) {
  const auto found = state.values.find(name);
  return found == state.values.end() ? otherwise : found->second;
}

std::string line_of(const SloState& state, const Paint& paint) {
  const double left = value_or(state, kLeft, std::nan(""));
  std::string budget = "nothing was judged";
  if (!std::isnan(left)) {
    const std::string text = fmt::format("{:.4g}% of the budget left", left * 100);
    budget = left < 0 ? paint.bad(text) : left < kLittleLeft ? paint.warning(text) : paint.good(text);
  }
  std::string line =
      fmt::format("{:.10g} events, {:.10g} bad, {}", value_or(state, kEvents, 0), value_or(state, kBad, 0), budget);
  if (state.burn && state.burn->second > 0) {
    line += fmt::format(", burns {:.3g} times as fast as allowed over {}", state.burn->second, state.burn->first);
  }
  return line;
}

}  // namespace

bool is_of_slos(const MetricFamily& family) {
  constexpr std::array<const char*, 5> kShown = {kObjective, kEvents, kBad, kLeft, kBurn};
  return std::find(kShown.begin(), kShown.end(), family.desc.name) != kShown.end();
}

std::string summarize_slos(const Snapshot& snapshot, const Paint& paint) {
  std::map<std::string, SloState> states;
  std::map<std::string, double> objectives;  // by `slo`: those with labels of their own have one for all
  for (const MetricFamily& family : snapshot.families()) {
    if (!is_of_slos(family)) {
      continue;
    }
    for (const Sample& sample : family.samples) {
      std::string window;
      const std::string name = without_window(sample.labels, window);
      if (family.desc.name == kObjective) {
        objectives[name] = sample.value;
      } else if (family.desc.name != kBurn) {
        states[name].values[family.desc.name] = sample.value;
      } else if (SloState& state = states[name]; !state.burn || sample.value > state.burn->second) {
        state.burn = {window, sample.value};
      }
    }
  }
  std::size_t width = 0;
  for (const auto& [name, state] : states) {
    width = std::max(width, name.size());
  }
  std::string out;
  for (const auto& [name, state] : states) {
    const auto objective = objectives.find(name.substr(0, name.find(' ')));
    const std::string goal = objective == objectives.end() ? "" : fmt::format("{:.12g}% good", objective->second * 100);
    out += fmt::format("  {:<{}}  {:>11}  {}\n", name, width, goal, line_of(state, paint));
  }
  return out.empty() ? out : paint.strong("objectives") + "\n" + out;
}

}  // namespace leeway
