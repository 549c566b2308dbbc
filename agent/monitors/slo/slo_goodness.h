// Which records of an SLO are good: `good`, or `value` with `below`. Used by the SLO monitor.
#pragma once

#include <optional>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/core/failure_counts.h"
#include "agent/core/record_batch.h"
#include "agent/monitors/shared/numeric_value.h"
#include "agent/monitors/shared/source_expression.h"

namespace leeway {

class Goodness {
 public:
  // None after an error, which is reported to the reader.
  static std::optional<Goodness> read(TableReader& reader, const Schemas& schemas);

  // bad[i] becomes whether rows[i] is bad; undecided rows are removed from `rows` and counted in `failures`.
  void decide(const RecordBatch& batch, Selection& rows, std::vector<std::uint8_t>& bad, FailureCounts& failures);

 private:
  void decide_by_good(const RecordBatch& batch, Selection& rows, std::vector<std::uint8_t>& bad,
                      FailureCounts& failures);

  std::optional<SourceExpression> good_;
  std::optional<NumericValue> value_;
  double below_ = 0;
};

}  // namespace leeway
