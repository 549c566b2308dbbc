// The settings of a [[change]] entry. Read from its table; used by the monitor and by the rules that it declares.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/metrics/rule.h"
#include "agent/monitors/shared/monitor_context.h"
#include "agent/monitors/shared/numeric_value.h"
#include "agent/sketches/change_direction.h"
#include "agent/sketches/frozen_scale.h"

namespace leeway {

enum class ChangeMethod : std::uint8_t { kCusum, kPageHinkley, kEwma, kAdwin };
// "cusum", "page_hinkley", "ewma", "adwin".
std::string_view to_string(ChangeMethod method);

// A method and the parameters that give it the configured run length.
struct ChangeDesign {
  ChangeMethod method = ChangeMethod::kCusum;
  double weight = 0;       // CUSUM: the allowance; EWMA: the smoothing; ADWIN: delta
  double weight_down = 0;  // the same for the other direction; differs for flags and counts
  double threshold = 1;    // always 1 for ADWIN, whose statistic is a ratio
};

struct ChangeAlertSettings {
  bool enabled = true;
  std::string stem = "Change";  // prefix of the alert names
  Duration window{};            // how long after a detection the alert fires
  Duration hold{};
  std::optional<Severity> severity;
  std::string team;
  RunbookEntry runbook;
};

// What detectors are fitted to, besides a reference.
struct ChangeGoals {
  ChangeDirection direction = ChangeDirection::kBoth;
  ScaleKind scale = ScaleKind::kProbability;
  double average_run_length = 0;
  double shift = 0;
  std::vector<ChangeDesign> designs;  // for independent, normal values; ChangeCalibration has those for the reference
};

struct ChangeSettings : ChangeGoals {
  std::string name;
  std::optional<NumericValue> value;
  std::optional<Expression> segment;
  std::size_t max_segments = 0;
  std::uint64_t reference_rows = 0;
  bool can_read_later = true;  // the source: it waits while detectors are fitted, otherwise values are not judged
  ChangeAlertSettings alerts;

  std::string direction_text() const;
  std::string scale_text() const;
  std::string reference_text() const;  // "first 1000 rows"
};

// Errors go to the reader; the result is then unusable.
ChangeSettings read_change_settings(TableReader& reader, Schema& schema);

}  // namespace leeway
