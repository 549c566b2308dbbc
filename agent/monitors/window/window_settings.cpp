#include "agent/monitors/window/window_settings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/config/metric_names.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/window/window_times.h"

namespace leeway {
namespace {

constexpr std::int64_t kMostSteps = 180;
constexpr std::int64_t kMostRecords = 1'000'000'000'000;

constexpr std::array<AggregateKind, 8> kKinds{{
    {WindowAggregate::kCount, "count", "Number of records", false, false, true, kMostSteps},
    {WindowAggregate::kRate, "rate", "Records per second", false, false, true, kMostSteps},
    {WindowAggregate::kSum, "sum", "Sum of %", true, false, true, kMostSteps},
    {WindowAggregate::kMean, "mean", "Mean of %", true, false, true, kMostSteps},
    {WindowAggregate::kMin, "min", "Smallest %", true, false, false, kMostSteps},
    {WindowAggregate::kMax, "max", "Largest %", true, false, false, kMostSteps},
    {WindowAggregate::kShare, "share", "Share of records with % in the band", true, false, true, kMostSteps},
    {WindowAggregate::kRatio, "ratio", "Share of records with %", false, true, true, kMostSteps},
}};

std::vector<std::string> aggregate_names() {
  std::vector<std::string> names;
  std::transform(kKinds.begin(), kKinds.end(), std::back_inserter(names),
                 [](const AggregateKind& kind) { return kind.name; });
  return names;
}

WindowAggregate read_aggregate(TableReader& reader) {
  if (!reader.has("aggregate")) {
    reader.missing("aggregate", "what to compute, such as \"mean\" or \"count\"");
    return WindowAggregate::kCount;
  }
  const std::string name = reader.choice("aggregate", aggregate_names()).value_or("count");
  return std::find_if(kKinds.begin(), kKinds.end(), [&](const AggregateKind& kind) { return kind.name == name; })
      ->aggregate;
}

void read_times(TableReader& reader, WindowSettings& settings) {
  if (!reader.has("over")) {
    reader.missing("over", "the length of the window, such as \"15m\"");
    return;
  }
  settings.over = reader.duration("over").value_or(kShortestWindow);
  settings.step = kShortestWindow;
  if (settings.over < kShortestWindow || settings.over > kLongestWindow) {
    reader.error("over", "'over' is " + format_duration(settings.over) + "; expected " +
                             format_duration(kShortestWindow) + " to " + format_duration(kLongestWindow));
  } else if (const std::optional<Duration> step = step_of(settings.over, kind_of(settings.aggregate).most_steps)) {
    settings.step = *step;
  } else {
    reader.error("over", "'over' is " + format_duration(settings.over) +
                             ", which has no even division into steps; expected a rounder time, such as 15m or 6h");
  }
  settings.lateness = reader.duration("lateness").value_or(settings.over);
}

void read_band(TableReader& reader, WindowSettings& settings) {
  settings.above = reader.number("above");
  settings.below = reader.number("below");
  const bool share = settings.aggregate == WindowAggregate::kShare;
  if (share && !settings.above && !settings.below) {
    reader.missing("above", "the band that counts: 'above', 'below' or both");
  }
  for (const char* key : {"above", "below"}) {
    if (!share && reader.has(key)) {
      reader.error(key, "'" + std::string(key) +
                            "' is for the aggregate share only; limits of alerts belong below "
                            "[[window.alerts]]");
    }
  }
  if (settings.above && settings.below && !(*settings.above < *settings.below)) {
    reader.error("above",
                 "no value is above " + number_text(*settings.above) + " and below " + number_text(*settings.below));
  }
}

// The keys that an aggregate needs, and those that it cannot use.
void check_input(TableReader& reader, const AggregateKind& kind, const char* key, bool takes, const char* expected) {
  if (takes && !reader.has(key)) {
    reader.missing(key, expected);
  } else if (!takes && reader.has(key)) {
    reader.error(key, "'" + std::string(key) + "' is not for the aggregate " + kind.name);
  }
}

MetricDesc read_desc(TableReader& reader, WindowAggregate aggregate) {
  MetricDesc desc;
  desc.name = reader.required_string("name");
  desc.type = MetricType::kGauge;
  const bool lint = reader.choice("lint", {"on", "off"}).value_or("on") == "on";
  if (!desc.name.empty()) {
    const bool is_ratio = aggregate == WindowAggregate::kShare || aggregate == WindowAggregate::kRatio;
    if (const std::optional<std::string> problem = metric_name_problem(desc.name, desc.type, lint)) {
      reader.error("name", *problem);
    } else if (lint && is_ratio && !desc.name.ends_with("_ratio")) {
      reader.error("name", "metric '" + desc.name + "' is a share from 0 to 1; expected a name that ends in _ratio");
    }
  }
  desc.help = reader.string("help").value_or("");
  desc.title = reader.string("title").value_or("");
  return desc;
}

}  // namespace

const AggregateKind& kind_of(WindowAggregate aggregate) {
  return *std::find_if(kKinds.begin(), kKinds.end(),
                       [&](const AggregateKind& kind) { return kind.aggregate == aggregate; });
}

WindowSettings read_window_settings(TableReader& reader) {
  const ErrorCheck errors(reader);
  WindowSettings settings;
  settings.aggregate = read_aggregate(reader);
  const bool is_known = !errors.failed();
  settings.desc = read_desc(reader, settings.aggregate);
  read_times(reader, settings);
  read_band(reader, settings);
  settings.min_count = static_cast<std::uint64_t>(reader.integer("min_count", 1, kMostRecords).value_or(1));
  if (!is_known) {
    return settings;
  }
  const AggregateKind& kind = kind_of(settings.aggregate);
  if (settings.step != Duration{}) {
    settings.usual = read_window_usual(reader, settings.over, kind.name, kind.of_any_time, kind.most_steps);
  }
  check_input(reader, kind, "value", kind.takes_value, "a field or an expression that gives a number");
  check_input(reader, kind, "good", kind.takes_good,
              "a condition: the ratio is the share of records for which it holds");
  settings.alerts = read_window_alerts(reader, settings);
  return settings;
}

}  // namespace leeway
