#include "agent/monitors/shared/numeric_value.h"

#include <cmath>
#include <limits>

#include "agent/core/clock.h"

namespace leeway {
namespace {

bool can_be_number(StaticType type) {
  return type == StaticType::kAny || type == StaticType::kInt || type == StaticType::kDouble ||
         type == StaticType::kTimestamp || type == StaticType::kDuration;
}

// `value` is not a finite number.
Failure failure_of(const Value& value) { return value.is_number() ? Failure::kNotFinite : failure_of_unusable(value); }

// NaN if the value is not a number.
double number_or_nan(const Value& value) {
  return value.is_number() ? value.as_double()
         : value.is_time() ? value.seconds()
                           : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::optional<NumericValue> NumericValue::read(TableReader& reader, std::string_view key, const Schemas& schemas) {
  std::optional<SourceExpression> expression = SourceExpression::read(reader, key, schemas);
  if (!expression) {
    return std::nullopt;
  }
  if (!can_be_number(expression->type())) {
    reader.error(
        key, std::string(key) + " would be a " + std::string(to_string(expression->type())) + "; expected a number");
    return std::nullopt;
  }
  return NumericValue(std::move(*expression));
}

void NumericValue::evaluate(const RecordBatch& batch, Selection& rows, FailureCounts& failures) {
  Expression& expression = expression_.of(batch);
  const FieldId* field = expression.as_field();
  const Value* values = field != nullptr ? batch.column(*field).data() : expression.evaluate(batch, rows).data();
  const std::size_t count = rows.size();
  numbers_.resize(count);
  Row* const selected = rows.data();
  double* const numbers = numbers_.data();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Row row = selected[i];
    const Value& value = values[field != nullptr ? row : i];
    const double number = value.kind == ValueKind::kDouble ? value.number : number_or_nan(value);
    if (std::isfinite(number)) {
      numbers[kept] = number;
      selected[kept++] = row;
    } else {
      const Failure failure = failure_of(value);
      ++failures[static_cast<std::size_t>(failure)];
      expression.note_skipped(batch, row, failure);
    }
  }
  rows.resize(kept);
  numbers_.resize(kept);
}

}  // namespace leeway
