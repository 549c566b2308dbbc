// The settings of a [[quality]] entry. Read from its table by quality_settings.cpp and quality_kinds.cpp; used by the
// monitor and by the rules that it declares.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/value.h"
#include "agent/expressions/expression.h"
#include "agent/metrics/rule.h"
#include "agent/monitors/shared/monitor_context.h"
#include "agent/monitors/shared/window_clock.h"

namespace leeway {

enum class QualityKind : std::uint8_t {
  kRows,
  kRowsChange,
  kFreshness,
  kColumns,
  kExtraColumns,
  kType,
  kNullRatio,
  kNanRatio,
  kInfRatio,
  kRange,
  kInSet,
  kMatches,
  kExpression,
  kUnique,
  kDistinct,
  kVaries,
  kMean,
  kStd,
  kMinimum,
  kMaximum,
  kQuantile,
  kMeanChange,
  kStdChange,
  kCorrelation,
  kGroupOrder,
};
inline constexpr int kQualityKinds = 25;

// The unit of a check's value.
enum class QualityValue : std::uint8_t { kNumber, kRatio, kSeconds };

struct QualityLimits {
  std::optional<double> minimum;
  std::optional<double> maximum;

  bool hold(double value) const { return !(minimum && value < *minimum) && !(maximum && value > *maximum); }
};

// Limits of single values, which are compared exactly, also integers that no double holds.
struct QualityRange {
  std::optional<Value> minimum;  // numbers
  std::optional<Value> maximum;
};

enum class QualityType : std::uint8_t { kNumber, kInteger, kText, kBoolean };

struct QualityAlertSettings {
  bool enabled = true;
  std::string stem = "Quality";  // prefix of the alert names
  std::string name;              // of the alert of a check, instead of prefix and kind
  Severity severity = Severity::kWarning;
  Duration hold{};
  std::string team;
  RunbookEntry runbook;
};

// One [[quality.check]]. It becomes a check for each of its columns.
struct QualityEntry {
  QualityKind kind = QualityKind::kRows;
  std::string name;
  QualityLimits limits;
  QualityAlertSettings alerts;
};

struct QualityCheckSettings {
  QualityKind kind = QualityKind::kRows;
  std::size_t entry = 0;            // of QualitySettings::entries
  std::string name;                 // label `check`
  std::string column;               // label `column`; "" for none
  std::vector<std::size_t> inputs;  // of QualitySettings::inputs
  QualityLimits limits;             // of the value
  QualityRange range;               // kRange: of the numbers
  QualityType type = QualityType::kNumber;
  std::vector<Value> scalars;      // kInSet: numbers and booleans
  std::vector<std::string> texts;  // kInSet; kGroupOrder: from the lowest mean up; kExtraColumns: known ones, ascending
  double quantile = 0;
  std::size_t max_keys = 0;  // kUnique
  double max_left_out = 0;   // a run that leaves out a larger share of the values is not judged
};

// One [[quality.summary]].
struct QualitySummarySettings {
  std::vector<std::size_t> inputs;
  std::vector<std::string> columns;  // labels of `inputs`
  std::vector<std::size_t> by;       // inputs whose values make up the group
  std::vector<double> quantiles;
  std::size_t max_groups = 0;
};

struct QualitySettings {
  std::string name;
  std::uint64_t window_rows = 0;
  Duration window_time{};  // both zero: a version of a file
  WindowClock windows;     // of `window_time`
  std::optional<Expression> segment;
  std::size_t max_segments = 0;
  std::vector<Expression> inputs;  // each evaluated once per batch
  std::vector<QualityEntry> entries;
  std::vector<QualityCheckSettings> checks;
  std::vector<QualitySummarySettings> summaries;
  QualityAlertSettings alerts;  // used unless an entry sets its own

  bool names_columns = true;  // whether the source says which columns a file has

  bool by_version() const { return window_rows == 0 && window_time == Duration{}; }
  std::string window_text() const;  // "a version of the file", "1000 rows", "1d"
  // The index of the input with that text, which is added if new.
  std::size_t add_input(Expression expression);
};

// Whether the check is of some kinds of values only, and leaves out the others.
bool leaves_out(const QualityCheckSettings& check);
// The key of the kind in [[quality.check]], which is also the name of the check unless one is given.
std::string_view to_string(QualityKind kind);
QualityValue value_of(QualityKind kind);
// The suffix of the kind's alert names: "NullRatio".
std::string_view alert_name(QualityKind kind);
// The value in words: "share of null values".
std::string_view words_of(QualityKind kind);
// The meaning of a failed check of the kind.
std::string_view meaning_of(QualityKind kind);
std::vector<std::string> first_steps(QualityKind kind);

// Errors go to the reader; the result is then unusable.
QualitySettings read_quality_settings(TableReader& reader, Schema& schema, bool names_columns);

}  // namespace leeway
