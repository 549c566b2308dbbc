#include "agent/monitors/shared/record_filter.h"

#include <numeric>

namespace leeway {

RecordFilter RecordFilter::read(TableReader& reader, const Schemas& schemas) {
  RecordFilter filter;
  filter.when_ = SourceExpression::read(reader, "when", schemas, StaticType::kBool);
  filter.rows_.reserve(kMaxBatchRows);
  return filter;
}

Selection& RecordFilter::select(const RecordBatch& batch, FailureCounts& failures) {
  rows_.resize(batch.rows());
  std::iota(rows_.begin(), rows_.end(), Row{0});
  if (when_) {
    when_->of(batch).filter(batch, rows_, failures);
  }
  return rows_;
}

}  // namespace leeway
