#include <algorithm>
#include <cmath>

#include "agent/core/html_text.h"
#include "agent/core/units.h"
#include "exporters/page/page_parts.h"
#include "exporters/page/sections.h"

namespace leeway::page {
namespace {

constexpr double kWidth = 120;  // of a sparkline, in pixels
constexpr double kHeight = 24;
constexpr double kHighest = 20;  // burn rate at the top; 14.4 pages

struct Burn {
  std::string window;
  Duration length{};
  double rate = 0;
};

// Of one SLO, or of one of the values that it is divided by; the longest window first.
std::vector<Burn> burns_of(const Snapshot& snapshot, const Sample& objective) {
  std::vector<Burn> burns;
  const std::string of = other_labels(objective, {});
  for (const Sample& sample : samples_of(snapshot, "leeway_slo_burn_rate")) {
    if (label_of(sample, "slo") != label_of(objective, "slo") || other_labels(sample, {"window"}) != of) {
      continue;
    }
    const std::string window(label_of(sample, "window"));
    if (const Expected<Duration> length = parse_duration(window)) {
      burns.push_back({window, *length, sample.value});
    }
  }
  std::sort(burns.begin(), burns.end(), [](const Burn& left, const Burn& right) { return left.length > right.length; });
  return burns;
}

double height_of(double rate) {
  // By the logarithm: 1 is a third of the way up, and 14.4 near the top.
  const double part = std::log2(1 + std::clamp(rate, 0.0, kHighest)) / std::log2(1 + kHighest);
  return kHeight - 2 - part * (kHeight - 4);
}

// From the longest window to the shortest: what burned days ago is at the left, what burns now at the right.
std::string sparkline(const std::vector<Burn>& burns) {
  if (burns.size() < 2) {
    return "";
  }
  std::string points;
  std::string words;
  for (std::size_t i = 0; i < burns.size(); ++i) {
    const double x = 2 + (kWidth - 4) * static_cast<double>(i) / static_cast<double>(burns.size() - 1);
    points += fixed_text(x, 1) + "," + fixed_text(height_of(burns[i].rate), 1) + " ";
    words += (i == 0 ? "" : ", ") + burns[i].window + ": " + fixed_text(burns[i].rate, 2);
  }
  const std::string limit = fixed_text(height_of(1), 1);
  return "<svg role=\"img\" aria-label=\"Burn rate, " + escape_html(words) + "\" width=\"" + fixed_text(kWidth, 0) +
         "\" height=\"" + fixed_text(kHeight, 0) + "\"><title>Burn rate, " + escape_html(words) +
         "</title><line class=\"limit\" x1=\"0\" x2=\"" + fixed_text(kWidth, 0) + "\" y1=\"" + limit + "\" y2=\"" +
         limit + "\"/><polyline points=\"" + points + "\"/></svg>";
}

std::string burn_text(const std::vector<Burn>& burns) {
  if (burns.empty()) {
    return state_word(State::kUnknown, "not judged");
  }
  const Burn& latest = burns.back();
  const State state = latest.rate > 6 ? State::kBad : latest.rate > 1 ? State::kDoubtful : State::kGood;
  return state_word(state, fixed_text(latest.rate, 2)) + " over " + escape_html(latest.window);
}

std::string budget_text(const Snapshot& snapshot, const Sample& objective) {
  const std::string of = other_labels(objective, {});
  for (const Sample& sample : samples_of(snapshot, "leeway_slo_error_budget_remaining_ratio")) {
    if (other_labels(sample, {}) == of) {
      const State state = sample.value <= 0 ? State::kBad : sample.value < 0.25 ? State::kDoubtful : State::kGood;
      return state_word(state, percent(sample.value)) + " left";
    }
  }
  return state_word(State::kUnknown, "nothing judged yet");
}

}  // namespace

std::string slos_section(const Snapshot& snapshot) {
  constexpr std::size_t kMostRows = 100;
  Table table("Objectives", {"SLO", "Objective", "Error budget", "Burn rate", "By window"});
  const std::vector<Sample>& objectives = samples_of(snapshot, "leeway_slo_objective_ratio");
  for (std::size_t i = 0; i < std::min(objectives.size(), kMostRows); ++i) {
    const Sample& objective = objectives[i];
    const std::string labels = other_labels(objective, {"slo"});
    const std::vector<Burn> burns = burns_of(snapshot, objective);
    table.row({escape_html(label_of(objective, "slo")) + (labels.empty() ? "" : " <small>" + labels + "</small>"),
               percent(objective.value), budget_text(snapshot, objective), burn_text(burns), sparkline(burns)});
  }
  if (objectives.size() > kMostRows) {
    table.note("and " + grouped(objectives.size() - kMostRows) + " more");
  }
  return table.html();
}

}  // namespace leeway::page
