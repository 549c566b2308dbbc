#include "agent/monitors/drift/drift_column_info.h"

#include "agent/monitors/drift/drift_metrics.h"
#include "agent/monitors/drift/drift_notes.h"
#include "agent/monitors/shared/segments.h"

namespace leeway {

std::string_view unsuited_reason(const DriftSettings& settings, const DriftColumn& column) {
  return column.frozen() ? settings.unsuited(*column.reference()) : std::string_view();
}

void collect_column_info(const DriftSettings& settings, const DriftColumn& column, const std::string& label,
                         SeriesLabels segment, SnapshotBuilder& out) {
  const ColumnFacts& facts = column.facts();
  const std::string_view unsuited = unsuited_reason(settings, column);
  const char* kind = !column.frozen() ? "none" : column.reference()->kind == ColumnKind::kNumber ? "number" : "text";
  out.add(out.family(drift_metric(kDriftColumnInfo)),
          segment_labels({{"drift", settings.name},
                          {"source", settings.source},
                          {"column", label},
                          {"kind", kind},
                          {"distinct", facts.rows == 0 ? "" : std::to_string(facts.distinct)},
                          {"missing", share_text(column.missing_share())},
                          {"reason", std::string(unsuited.empty() ? column.reason() : unsuited)}},
                         segment.pairs(), out),
          1);
}

}  // namespace leeway
