#include "agent/monitors/slo/slo_target.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "agent/core/units.h"
#include "agent/metrics/catalog.h"

namespace leeway {
namespace {

constexpr std::size_t kMostLabels = 3;
// A series has some 20 KiB of windows.
constexpr std::int64_t kDefaultSeries = 50;
constexpr std::int64_t kMostSeries = 1000;

void check_objective(TableReader& reader, double objective) {
  if (objective > 0 && objective < 1 && error_budget(objective) > 0) {
    return;
  }
  std::string hint;
  if (objective > 1 && objective < 100) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.12g", objective / 100);
    hint = "; it is a ratio, not a percentage: did you mean " + std::string(text.data()) + "?";
  } else if (objective >= 1) {
    hint = "; an objective of 100 % leaves no error budget";
  }
  reader.error("objective", "'objective' is out of range; expected a number between 0 and 1, both exclusive" + hint);
}

void check_labels(TableReader& reader, const std::vector<std::string>& labels) {
  std::vector<std::string> taken = {"slo", "window", "tier", "severity", "team", "alertname", "alertstate"};
  const std::vector<std::string> of_targets = RuleSettings().target_labels;
  taken.insert(taken.end(), of_targets.begin(), of_targets.end());
  for (const std::string& name : labels) {
    if (std::find(taken.begin(), taken.end(), name) != taken.end()) {
      reader.error("by", "label '" + name +
                             "' is set by Prometheus, or by the rules of an SLO; expected another name, " +
                             "as in by = { of_" + name + " = \"" + name + "\" }");
    }
  }
  if (labels.size() > kMostLabels) {
    reader.error("by", "'by' has " + std::to_string(labels.size()) + " labels; expected at most " +
                           std::to_string(kMostLabels) + ": each of their values has a budget of its own");
  } else if (labels.empty()) {
    reader.error("by", "'by' names no label; expected one such as [\"route\"], or leave the key out");
  }
}

}  // namespace

SloTarget read_slo_target(TableReader& reader) {
  SloTarget target;
  target.name = reader.required_string("name");
  target.period = reader.duration("period", kDefaultPeriod);
  if (!reader.has("objective")) {
    reader.missing("objective", "a number between 0 and 1 such as 0.999");
  } else if (const std::optional<double> objective = reader.number("objective")) {
    target.objective = *objective;
    check_objective(reader, *objective);
  }
  if (target.period < kShortestPeriod || target.period > kLongestPeriod || target.period % kPeriodStep != Duration{}) {
    reader.error("period", "'period' is " + format_duration(target.period) + "; expected whole hours from " +
                               format_duration(kShortestPeriod) + " to " + format_duration(kLongestPeriod));
  }
  return target;
}

std::optional<LabelSet> read_slo_labels(TableReader& reader, const Schemas& schemas, SloTarget& target) {
  if (!reader.has("by")) {
    return std::nullopt;
  }
  LabelSet by = LabelSet::read(reader, schemas, MetricType::kCounter, {"by", true, kDefaultSeries, kMostSeries});
  target.by = by.names();
  target.by_is_known = !by.initial_series().empty();
  if (target.by_is_known) {
    target.by_example = by.initial_series().front();
  } else {
    target.by_example.assign(target.by.size(), "a");
  }
  check_labels(reader, target.by);
  return by;
}

}  // namespace leeway
