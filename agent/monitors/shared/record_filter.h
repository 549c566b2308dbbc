// The records to which an entry of the configuration applies: its `when`. Used by every kind of monitor.
#pragma once

#include <optional>
#include <string>

#include "agent/config/table_reader.h"
#include "agent/core/failure_counts.h"
#include "agent/core/record_batch.h"
#include "agent/monitors/shared/source_expression.h"

namespace leeway {

// The records for which `when` is true, or all if it is absent.
class RecordFilter {
 public:
  static RecordFilter read(TableReader& reader, const Schemas& schemas);

  // Valid until the next call; the caller may drop further rows from it.
  Selection& select(const RecordBatch& batch, FailureCounts& failures);
  // " where <when>" or "", for generated help.
  std::string clause() const { return when_ ? " where " + when_->text() : ""; }

 private:
  std::optional<SourceExpression> when_;
  Selection rows_;
};

}  // namespace leeway
