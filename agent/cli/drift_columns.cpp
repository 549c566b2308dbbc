#include "agent/cli/drift_columns.h"

#include <fmt/format.h>

#include "agent/monitors/drift/drift_cycles.h"
#include "agent/monitors/drift/drift_notes.h"

namespace leeway {
namespace {

std::string missing_text(std::uint64_t values, std::uint64_t rows) {
  const double share = rows == 0 ? 0 : static_cast<double>(rows - values) / static_cast<double>(rows);
  return fmt::format("{:.3g}% missing", 100 * share);
}

std::string describe(const ColumnReference& reference) {
  const ColumnFacts& facts = reference.facts;
  std::string text = reference.kind == ColumnKind::kNumber ? "number, " : "text, ";
  if (facts.rows != 0) {
    text += fmt::format("{} distinct value{}, ", facts.distinct, facts.distinct == 1 ? "" : "s");
  }
  text += missing_text(reference.value_rows(), reference.rows) + ": " + facts.explanation();
  const double effective = effective_rows(reference.dependence, reference.value_rows());
  if (is_much_dependence(effective, reference.value_rows())) {
    text += fmt::format(
        "; neighbouring rows are alike: {} count as {:.0f} independent ones, so only large changes are "
        "found (row_order = \"any\" if the order of rows means nothing)",
        reference.value_rows(), effective);
  }
  const std::optional<CyclePart> cycle = longer_cycle(window_cycles(reference));
  return text + (!cycle                       ? ""
                 : *cycle == CyclePart::kHour ? "; its windows follow a cycle of a day"
                                              : "; its windows follow a cycle of a week");
}

}  // namespace

std::vector<std::string> describe_columns(const DriftMonitor& monitor) {
  std::vector<std::string> lines;
  const std::optional<DriftProfile> profile = monitor.profile();
  if (!profile) {
    return lines;
  }
  for (const DriftColumnSettings& column : monitor.settings().columns) {
    const auto found = profile->columns.find(column.label);
    if (found != profile->columns.end()) {
      const std::string_view unsuited = monitor.settings().unsuited(found->second);
      const std::string few = words_of_few_rows(monitor.settings(), found->second);
      lines.push_back(column.label + ": " + describe(found->second) +
                      (unsuited.empty() ? "" : "; not compared: it " + explain_unsuited(unsuited)) +
                      (few.empty() ? "" : "; it " + few));
    } else {
      const ColumnFacts& facts = profile->not_comparable.at(column.label);
      lines.push_back(column.label + ": not comparable yet, " + missing_text(facts.values(), facts.rows) + ": " +
                      facts.explanation());
    }
  }
  return lines;
}

}  // namespace leeway
