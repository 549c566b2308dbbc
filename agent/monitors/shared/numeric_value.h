// An expression that gives a number for each record: the `value` of a metric or SLO. Numbers are taken as they are,
// durations in seconds, timestamps in Unix seconds; NaN and infinity are refused. Used by counter, gauge, histogram
// and slo.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/monitors/shared/source_expression.h"

namespace leeway {

class NumericValue {
 public:
  // No value if the key is absent, or is not an expression that can give a number: the latter is reported.
  static std::optional<NumericValue> read(TableReader& reader, std::string_view key, const Schemas& schemas);

  // numbers()[i] becomes the number of rows[i]. Rows without one leave `rows` and are counted in `failures`.
  void evaluate(const RecordBatch& batch, Selection& rows, FailureCounts& failures);
  // As Expression::note_skipped(), for a number that cannot be used.
  void note_skipped(const RecordBatch& batch, Row row, Failure failure) {
    expression_.of(batch).note_skipped(batch, row, failure);
  }
  std::vector<double>& numbers() { return numbers_; }
  const std::string& text() const { return expression_.text(); }

 private:
  explicit NumericValue(SourceExpression expression) : expression_(std::move(expression)) {}

  SourceExpression expression_;
  std::vector<double> numbers_;
};

}  // namespace leeway
