// The runbook texts of the checks of [[quality]]: the meaning of a failed check, and first steps.
#include "agent/monitors/quality/quality_settings.h"

namespace leeway {

std::string_view meaning_of(QualityKind kind) {
  switch (kind) {
    case QualityKind::kRows:
    case QualityKind::kRowsChange:
      return "The data hold more or fewer rows than they should: a part is missing, or was written twice.";
    case QualityKind::kFreshness:
      return "No new data arrived for too long: consumers work with stale data.";
    case QualityKind::kColumns:
    case QualityKind::kExtraColumns:
    case QualityKind::kType:
      return "The schema of the data is not what consumers expect: a column is missing, new, or of another type.";
    case QualityKind::kNullRatio:
    case QualityKind::kNanRatio:
    case QualityKind::kInfRatio:
      return "Too many rows have no usable value in this column; results computed from it are based on fewer rows.";
    case QualityKind::kRange:
    case QualityKind::kInSet:
    case QualityKind::kMatches:
      return "Values of this column are not among those that it should hold.";
    case QualityKind::kExpression:
      return "Rows violate a rule that holds for valid data.";
    case QualityKind::kUnique:
      return "Several rows have the same key: joins and sums count them more than once.";
    case QualityKind::kDistinct:
    case QualityKind::kVaries:
      return "The column has more or fewer different values than it should; a constant column carries no information.";
    case QualityKind::kCorrelation:
      return "Two columns are no longer correlated as expected.";
    case QualityKind::kGroupOrder:
      return "The groups' means are not in the expected order: labels may be swapped.";
    default:
      return "A statistic of this column is outside its expected range.";
  }
}

std::vector<std::string> first_steps(QualityKind kind) {
  std::vector<std::string> steps = {
      "Look at when it began, and whether other checks of the same data failed with it.",
  };
  switch (kind) {
    case QualityKind::kFreshness:
      steps.emplace_back("See whether the job that writes the data ran, and whether it succeeded.");
      break;
    case QualityKind::kColumns:
    case QualityKind::kExtraColumns:
    case QualityKind::kType:
      steps.emplace_back("Compare the columns with those of the last good version; look for a change of the schema.");
      break;
    case QualityKind::kRows:
    case QualityKind::kRowsChange:
    case QualityKind::kUnique:
      steps.emplace_back("See whether the job ran exactly once and to its end, and whether its inputs were complete.");
      break;
    default:
      steps.emplace_back("Look at some of the rows that violate the check, and at where their values come from.");
      break;
  }
  steps.emplace_back("Stop using the data until this is explained.");
  steps.emplace_back("If the data are correct, change the limit of the check.");
  return steps;
}

}  // namespace leeway
