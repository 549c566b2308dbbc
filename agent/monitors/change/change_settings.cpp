#include "agent/monitors/change/change_settings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/alerts/alert_keys.h"
#include "agent/core/number_text.h"
#include "agent/monitors/shared/segments.h"
#include "agent/sketches/adwin.h"
#include "agent/sketches/run_length.h"

namespace leeway {
namespace {

constexpr double kDefaultRunLength = 10'000;
constexpr double kLeastRunLength = 100;
constexpr double kMostRunLength = 1e7;
constexpr double kDefaultShift = 0.5;
constexpr double kLeastShift = 0.2;
constexpr double kMostShift = 4;
constexpr std::int64_t kDefaultReferenceRows = 1000;
constexpr std::int64_t kMostReferenceRows = 1'000'000'000;
constexpr Duration kDefaultAlertWindow = std::chrono::hours(1);

constexpr std::array<ChangeMethod, 4> kMethods{ChangeMethod::kCusum, ChangeMethod::kPageHinkley, ChangeMethod::kEwma,
                                               ChangeMethod::kAdwin};

std::vector<ChangeMethod> read_methods(TableReader& reader) {
  std::string known;
  for (const ChangeMethod method : kMethods) {
    known += (known.empty() ? "" : ", ") + std::string(to_string(method));
  }
  std::vector<ChangeMethod> methods;
  const std::vector<std::string> names = reader.strings("method").value_or(std::vector<std::string>{"cusum"});
  for (const std::string& name : names) {
    const auto* const found =
        std::find_if(kMethods.begin(), kMethods.end(), [&](ChangeMethod method) { return to_string(method) == name; });
    if (found == kMethods.end()) {
      reader.error("method", "'" + name + "' is not a method; expected one or more of " + known);
    } else if (std::find(methods.begin(), methods.end(), *found) == methods.end()) {
      methods.push_back(*found);
    }
  }
  if (names.empty()) {
    reader.error("method", "'method' is empty; expected one or more of " + known);
  }
  return methods;
}

double read_number(TableReader& reader, const char* key, double fallback, double least, double most) {
  const double number = reader.number(key, fallback);
  if (!(number >= least && number <= most)) {
    reader.error(key, "'" + std::string(key) + "' is " + number_text(number) + "; expected " + number_text(least) +
                          " to " + number_text(most));
    return fallback;
  }
  return number;
}

struct ScaleName {
  ScaleKind kind;
  const char* name;
};
constexpr std::array<ScaleName, 4> kScales{{{ScaleKind::kProbability, "probability"},
                                            {ScaleKind::kZ, "z"},
                                            {ScaleKind::kFlags, "flags"},
                                            {ScaleKind::kCounts, "counts"}}};

ScaleKind read_scale(TableReader& reader) {
  const std::string name = reader.choice("scale", {"probability", "z", "flags", "counts"}, "probability");
  return std::find_if(kScales.begin(), kScales.end(), [&](const ScaleName& scale) { return scale.name == name; })->kind;
}

void read_reference(TableReader& reader, ChangeSettings& settings) {
  settings.reference_rows = kDefaultReferenceRows;
  std::optional<TableReader> table = reader.table("reference");
  if (!table) {
    return;
  }
  const bool kept = settings.scale == ScaleKind::kProbability;
  const auto most = kept ? static_cast<std::int64_t>(FrozenScale::kMostKeptRows) : kMostReferenceRows;
  settings.reference_rows =
      static_cast<std::uint64_t>(table->integer("first_rows", FrozenScale::kLeastRows, most, kDefaultReferenceRows));
  table->report_unused_keys();
}

std::optional<ChangeDesign> design(ChangeMethod method, const ChartGoal& goal) {
  switch (method) {
    case ChangeMethod::kCusum:
    case ChangeMethod::kPageHinkley:
      if (const std::optional<CusumDesign> cusum = design_cusum(goal)) {
        return ChangeDesign{method, cusum->allowances.up, cusum->allowances.down, cusum->threshold};
      }
      return std::nullopt;
    case ChangeMethod::kEwma:
      if (const std::optional<EwmaDesign> ewma = design_ewma(goal)) {
        return ChangeDesign{method, ewma->smoothing, ewma->smoothing, ewma->limit};
      }
      return std::nullopt;
    case ChangeMethod::kAdwin:
      break;
  }
  const double delta = adwin_delta(goal.average_run_length, goal.direction);
  return ChangeDesign{method, delta, delta, 1};
}

void read_designs(TableReader& reader, const std::vector<ChangeMethod>& methods, ChangeSettings& settings) {
  const ChartGoal goal{settings.average_run_length, settings.shift, settings.direction, settings.reference_rows};
  for (const ChangeMethod method : methods) {
    if (method == ChangeMethod::kAdwin &&
        (goal.average_run_length < kLeastAdwinRunLength || goal.average_run_length > kMostAdwinRunLength)) {
      reader.error("average_run_length", "adwin is calibrated for " + number_text(kLeastAdwinRunLength) + " to " +
                                             number_text(kMostAdwinRunLength) + " records per false alarm");
      continue;
    }
    if (const std::optional<ChangeDesign> found = design(method, goal)) {
      settings.designs.push_back(*found);
    } else {
      reader.error("reference", "a reference of " + std::to_string(goal.reference_rows) + " rows is too small for " +
                                    std::string(to_string(method)) + " to give one false alarm in " +
                                    number_text(goal.average_run_length) + " records at a shift of " +
                                    number_text(goal.shift) +
                                    "; give more 'first_rows', or a greater 'shift', or a smaller "
                                    "'average_run_length'");
    }
  }
}

void read_alert_settings(TableReader& reader, ChangeSettings& settings) {
  settings.alerts.window = kDefaultAlertWindow;
  std::optional<TableReader> table = reader.table("alerts");
  if (!table) {
    return;
  }
  settings.alerts.enabled = table->boolean("enabled", true);
  settings.alerts.stem = read_alert_stem(*table, "Change");
  settings.alerts.window = table->duration("window", kDefaultAlertWindow);
  settings.alerts.hold = read_hold(*table, {});
  settings.alerts.severity = read_severity(*table, "severity");
  settings.alerts.team = table->string("team").value_or("");
  settings.alerts.runbook = read_runbook(*table);
  if (settings.alerts.hold >= settings.alerts.window) {
    table->error("for", "'for' is not shorter than 'window', so a single detection would never fire the alert");
  }
  table->report_unused_keys();
}

}  // namespace

std::string_view to_string(ChangeMethod method) {
  switch (method) {
    case ChangeMethod::kCusum:
      return "cusum";
    case ChangeMethod::kPageHinkley:
      return "page_hinkley";
    case ChangeMethod::kEwma:
      return "ewma";
    case ChangeMethod::kAdwin:
      return "adwin";
  }
  return "";
}

std::string ChangeSettings::direction_text() const {
  return direction == ChangeDirection::kBoth ? "both" : direction == ChangeDirection::kUp ? "up" : "down";
}

std::string ChangeSettings::scale_text() const {
  return std::find_if(kScales.begin(), kScales.end(), [this](const ScaleName& each) { return each.kind == scale; })
      ->name;
}

std::string ChangeSettings::reference_text() const { return "first " + std::to_string(reference_rows) + " rows"; }

ChangeSettings read_change_settings(TableReader& reader, Schema& schema) {
  const ErrorCheck errors(reader);
  ChangeSettings settings;
  settings.name = reader.required_string("name");
  settings.value = NumericValue::read(reader, "value", schema);
  if (!settings.value && !reader.has("value")) {
    reader.missing("value", "a field or an expression that gives a number");
  }
  settings.segment = reader.expression("segment", schema);
  settings.max_segments = read_max_segments(reader);
  const std::string direction = reader.choice("direction", {"both", "up", "down"}, "both");
  settings.direction = direction == "up"     ? ChangeDirection::kUp
                       : direction == "down" ? ChangeDirection::kDown
                                             : ChangeDirection::kBoth;
  settings.scale = read_scale(reader);
  settings.average_run_length =
      read_number(reader, "average_run_length", kDefaultRunLength, kLeastRunLength, kMostRunLength);
  settings.shift = read_number(reader, "shift", kDefaultShift, kLeastShift, kMostShift);
  read_reference(reader, settings);
  const std::vector<ChangeMethod> methods = read_methods(reader);
  if (!errors.failed()) {
    read_designs(reader, methods, settings);
  }
  read_alert_settings(reader, settings);
  return settings;
}

}  // namespace leeway
