// What a [[quality]] entry says. Read from its table by quality_settings.cpp and quality_kinds.cpp; used by the monitor
// and by the rules that it declares.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/expressions/expression.h"
#include "agent/metrics/rule.h"
#include "agent/monitors/shared/monitor_context.h"

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

// What the value of a check measures.
enum class QualityValue : std::uint8_t { kNumber, kRatio, kSeconds };

struct QualityLimits {
  std::optional<double> minimum;
  std::optional<double> maximum;

  bool hold(double value) const { return !(minimum && value < *minimum) && !(maximum && value > *maximum); }
};

enum class QualityType : std::uint8_t { kNumber, kInteger, kText, kBoolean };

struct QualityAlertSettings {
  bool enabled = true;
  std::string stem = "Quality";  // what names begin with
  std::string name;              // of a check, instead of that
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
  QualityLimits range;              // kRange: of the numbers
  QualityType type = QualityType::kNumber;
  std::vector<double> numbers;     // kInSet, ascending
  std::vector<std::string> texts;  // kInSet, ascending; kGroupOrder: from the lowest mean up; kExtraColumns: known ones
  std::vector<bool> booleans;      // kInSet
  double quantile = 0;
  std::size_t max_keys = 0;  // kUnique
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
  std::optional<Expression> segment;
  std::size_t max_segments = 0;
  std::vector<Expression> inputs;  // each evaluated once a batch
  std::vector<QualityEntry> entries;
  std::vector<QualityCheckSettings> checks;
  std::vector<QualitySummarySettings> summaries;
  QualityAlertSettings alerts;  // what entries say nothing of

  bool by_version() const { return window_rows == 0 && window_time == Duration{}; }
  std::string window_text() const;  // "a version of the file", "1000 rows", "1d"
  // The input of that text, made where it is new.
  std::size_t add_input(Expression expression);
};

// The key of the kind in [[quality.check]], which is also its name unless that is given.
std::string_view to_string(QualityKind kind);
QualityValue value_of(QualityKind kind);
// What names of the kind's alerts end with: "NullRatio".
std::string_view alert_name(QualityKind kind);
// What the value is, in words: "share of null values".
std::string_view words_of(QualityKind kind);
// What it means that a check of the kind fails.
std::string_view meaning_of(QualityKind kind);
std::vector<std::string> first_steps(QualityKind kind);

// Errors go to the reader; what is returned is then of no use.
QualitySettings read_quality_settings(TableReader& reader, Schema& schema);

}  // namespace leeway
