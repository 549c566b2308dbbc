// What the checks of [[quality]] mean to whoever is told that one failed.
#include "agent/monitors/quality/quality_settings.h"

namespace leeway {

std::string_view meaning_of(QualityKind kind) {
  switch (kind) {
    case QualityKind::kRows:
    case QualityKind::kRowsChange:
      return "The data hold more or fewer rows than they should: a part is missing, or was written twice.";
    case QualityKind::kFreshness:
      return "Nothing new came for too long: whoever reads these data works with old ones.";
    case QualityKind::kColumns:
    case QualityKind::kExtraColumns:
    case QualityKind::kType:
      return "The shape of the data is not what their readers expect: a column is gone, new, or of another type.";
    case QualityKind::kNullRatio:
    case QualityKind::kNanRatio:
    case QualityKind::kInfRatio:
      return "Too many rows have no usable value in this column; what is computed from it rests on fewer rows.";
    case QualityKind::kRange:
    case QualityKind::kInSet:
    case QualityKind::kMatches:
      return "Values of this column are not of the kind that it is meant to hold.";
    case QualityKind::kExpression:
      return "Rows contradict a rule that holds for sound data.";
    case QualityKind::kUnique:
      return "Several rows have the same key: joins and sums count them more than once.";
    case QualityKind::kDistinct:
    case QualityKind::kVaries:
      return "The column holds more or fewer different values than it should; a constant column says nothing.";
    case QualityKind::kCorrelation:
      return "Two columns no longer go together as they did.";
    case QualityKind::kGroupOrder:
      return "The groups' means are not in the order that their names promise: labels may be swapped.";
    default:
      return "A figure of this column has left the band in which it is expected.";
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
      steps.emplace_back("See whether the job ran once and to its end, and whether its inputs were complete.");
      break;
    default:
      steps.emplace_back("Look at some of the rows that break the check, and at where their values come from.");
      break;
  }
  steps.emplace_back("Keep the data from being used further until this is explained.");
  steps.emplace_back("If the data are right, change the limit of the check.");
  return steps;
}

}  // namespace leeway
