// The settings of a [[drift]] entry. Read from its table; used by the monitor and by the rules that it declares.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/expressions/expression.h"
#include "agent/metrics/rule.h"
#include "agent/monitors/drift/reference_decisions.h"
#include "agent/monitors/shared/monitor_context.h"
#include "agent/monitors/shared/window_clock.h"
#include "agent/sketches/drift_profile.h"
#include "agent/sketches/drift_score.h"
#include "agent/sketches/family_level.h"

namespace leeway {

inline constexpr std::int64_t kLeastReferenceRows = 100;  // also of a reference by time

struct DriftBands {
  double moderate = 0;
  double severe = 0;
};

struct DriftColumnSettings {
  std::string label;
  Expression value;
};

struct DriftAlertSettings {
  bool enabled = true;
  std::string stem = "Drift";  // prefix of the alert names
  Duration hold{};
  std::string team;
  RunbookEntry runbook;
};

struct DriftSettings {
  std::string name;
  std::string source;  // the name of its reference in a list; "" if there is no list
  std::vector<DriftColumnSettings> columns;
  bool all_columns = false;  // of the file or the reference, as they were when the configuration was read
  std::vector<std::string> exclude;
  std::set<std::string, std::less<>> known_names;  // of all columns, in the file
  std::vector<DriftMethod> methods;                // empty: the default of the column's kind
  ReferenceOptions reference;
  // Of the reference: rows, or time, or what moves along with the windows, or a file.
  std::uint64_t first_rows = 0;
  Duration first_time{};
  Duration last_time{};
  std::uint64_t last_versions = 0;
  std::string profile_path;
  std::optional<DriftProfile> profile;  // of that file, or a decision's that takes its place
  std::string reference_id;             // where the reference comes from; a different one starts from the beginning
  // Of a slot of the window: rows, or time, or a version of a file.
  std::uint64_t step_rows = 0;
  Duration step_time{};
  WindowClock steps;  // of `step_time`
  WindowClock spans;  // of windows as long as `slots` of them
  bool by_version = false;
  std::size_t slots = 1;   // of the window; 1: tumbling
  Duration lateness{};     // how long after its end a window by time waits for records
  std::string time_field;  // of the source, for users; "" if it is not known
  std::optional<Expression> segment;
  std::size_t max_segments = 0;
  std::optional<DriftBands> bands;
  std::optional<double> threshold;  // none: calibrated
  double false_alarm_rate = 0;
  Family family = Family::kHolm;
  std::uint64_t min_rows = 0;
  double pseudo_count = 0;
  bool export_bins = false;
  DriftAlertSettings alerts;

  bool rolling() const { return !profile && (last_time != Duration{} || last_versions != 0); }
  // Slots that rows are added to at a time: those that have begun and still wait for records.
  std::size_t open_slots() const {
    return step_time == Duration{} ? 1 : static_cast<std::size_t>(1 + (lateness + step_time - Duration(1)) / step_time);
  }
  // Slots that are held: those of a window, the last of which is open, and the open ones after it.
  std::size_t held_slots() const { return slots + open_slots() - 1; }
  // Those of `methods`, or of the default, that apply to the kind.
  std::vector<DriftMethod> methods_for(ColumnKind kind) const;
  // Why no method can judge a column with this reference, as in labels; "" if one can.
  std::string_view unsuited(const ColumnReference& column) const;
  // Of a check, if every method suits every column.
  std::size_t most_scores() const;
  // Windows to draw for a calibration: enough for the strictest level that the family may need.
  std::uint64_t draws() const;
  std::string window_text() const;     // "1000 rows", "1h by 10m", "1 version"
  std::string bins_text() const;       // "10", "evidently", "nannyml", "1 2.5 4"
  std::string reference_text() const;  // "first 10000 rows", "first 7d"
  ReferenceKey reference_key() const { return {name, source}; }
};

// What a result of unsuited() says of a column, after "it".
std::string explain_unsuited(std::string_view reason);

// The greatest band that a score can have: 3 with bands, 1 without.
inline constexpr int kDriftBandDrift = 1;
inline constexpr int kDriftBandModerate = 2;
inline constexpr int kDriftBandSevere = 3;

// One for each reference, in their order; only the settings of the reference differ. Errors go to the reader; the
// result is then unusable.
std::vector<DriftSettings> read_drift_settings(MonitorContext& context);

}  // namespace leeway
