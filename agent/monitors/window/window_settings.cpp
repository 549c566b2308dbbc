#include "agent/monitors/window/window_settings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/config/metric_names.h"
#include "agent/core/number_text.h"
#include "agent/core/units.h"
#include "agent/monitors/window/window_ranges.h"
#include "agent/monitors/window/window_times.h"

namespace leeway {
namespace {

constexpr std::int64_t kMostListed = 50;  // fewer than a step keeps: the others bound the error
constexpr std::int64_t kMostRecords = 1'000'000'000'000;

WindowAggregate read_aggregate(TableReader& reader) {
  if (!reader.has("aggregate")) {
    reader.missing("aggregate", "what to compute, such as \"mean\" or \"count\"");
    return WindowAggregate::kCount;
  }
  std::vector<std::string> names;
  for (const AggregateKind& kind : window_aggregates()) {
    names.emplace_back(kind.name);
  }
  const std::string name = reader.choice("aggregate", std::move(names)).value_or("count");
  return std::find_if(window_aggregates().begin(), window_aggregates().end(),
                      [&](const AggregateKind& kind) { return kind.name == name; })
      ->aggregate;
}

// The keys that an aggregate needs, and those that it cannot use.
void check_key(TableReader& reader, const AggregateKind& kind, const char* key, bool takes, const char* expected) {
  if (takes && !reader.has(key)) {
    reader.missing(key, expected);
  } else if (!takes && reader.has(key)) {
    reader.error(key, "'" + std::string(key) + "' is not for the aggregate " + kind.name);
    reader.accept(key);
  }
}

void read_times(TableReader& reader, WindowSettings& settings) {
  check_key(reader, settings.kind(), "over", settings.kind().has_window, "the length of the window, such as \"15m\"");
  if (!settings.kind().has_window || !reader.has("over")) {
    settings.lateness = kLongestWindow;
    return;
  }
  settings.over = reader.duration("over").value_or(kShortestWindow);
  settings.step = kShortestWindow;
  if (settings.over < kShortestWindow || settings.over > kLongestWindow) {
    reader.error("over", "'over' is " + format_duration(settings.over) + "; expected " +
                             format_duration(kShortestWindow) + " to " + format_duration(kLongestWindow));
  } else if (const std::optional<Duration> step = step_of(settings.over, settings.kind().most_steps)) {
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

MetricDesc read_desc(TableReader& reader, WindowAggregate aggregate) {
  MetricDesc desc;
  desc.name = reader.required_string("name");
  desc.type = MetricType::kGauge;
  const bool lint = reader.choice("lint", {"on", "off"}, "on") == "on";
  if (!desc.name.empty()) {
    const std::string unit = kind_of(aggregate).unit;
    if (const std::optional<std::string> problem = metric_name_problem(desc.name, desc.type, lint)) {
      reader.error("name", *problem);
    } else if (lint && !desc.name.ends_with(unit)) {
      reader.error("name", "metric '" + desc.name + "' is " +
                               (unit == "_ratio" ? "a share from 0 to 1" : "a time in seconds") +
                               "; expected a name that ends in " + unit);
    }
  }
  desc.help = reader.string("help").value_or("");
  desc.title = reader.string("title").value_or("");
  return desc;
}

}  // namespace

WindowSettings read_window_settings(TableReader& reader) {
  const ErrorCheck errors(reader);
  WindowSettings settings;
  settings.aggregate = read_aggregate(reader);
  const bool is_known = !errors.failed();
  settings.desc = read_desc(reader, settings.aggregate);
  if (!is_known) {
    return settings;
  }
  const AggregateKind& kind = settings.kind();
  read_times(reader, settings);
  read_band(reader, settings);
  check_key(reader, kind, "q", settings.aggregate == WindowAggregate::kQuantile, "the quantile, such as 0.95");
  settings.q = reader.number("q").value_or(0.5);
  if (!(settings.q > 0 && settings.q < 1)) {
    reader.error("q", "'q' is " + number_text(settings.q) + "; expected a number between 0 and 1, such as 0.95");
  }
  if (settings.aggregate != WindowAggregate::kTop) {
    check_key(reader, kind, "k", false, "");
  }
  settings.most_values = static_cast<std::size_t>(reader.integer("k", 1, kMostListed, 10));
  if (!kind.has_samples || kind.with_nothing) {
    check_key(reader, kind, "min_count", false, "");
  }
  const std::int64_t most_records =
      settings.aggregate == WindowAggregate::kDeclines ? kMostDecliningRuns : kMostRecords;
  settings.min_count = static_cast<std::uint64_t>(reader.integer("min_count", 1, most_records, 1));
  if (settings.step != Duration{} || !kind.has_window) {
    settings.usual = read_window_usual(reader, settings.over, kind);
  }
  check_key(reader, kind, "value", kind.input != WindowInputKind::kNothing,
            kind.input == WindowInputKind::kNumber ? "a field or an expression that gives a number"
                                                   : "a field or an expression");
  check_key(reader, kind, "good", settings.aggregate == WindowAggregate::kRatio,
            "a condition: the ratio is the share of records for which it holds");
  return settings;
}

}  // namespace leeway
