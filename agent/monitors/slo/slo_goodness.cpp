#include "agent/monitors/slo/slo_goodness.h"

#include <cmath>

#include "agent/metrics/label_interner.h"

namespace leeway {

std::optional<Goodness> Goodness::read(TableReader& reader, const Schemas& schemas) {
  Goodness goodness;
  const bool by_good = reader.has("good");
  const bool by_value = reader.has("value") || reader.has("below");
  if (by_good == by_value) {
    reader.error(by_good ? "good" : "name",
                 by_good ? "both 'good' and 'value' are given; expected one of them"
                         : "no criterion for good events; expected 'good', or 'value' with 'below'");
  }
  goodness.good_ = SourceExpression::read(reader, "good", schemas, StaticType::kBool);
  goodness.value_ = NumericValue::read(reader, "value", schemas);
  const std::optional<double> below = reader.number("below");
  if (below && !std::isfinite(*below)) {
    reader.error("below", "'below' is not finite; expected the bound that values of good events stay under");
  }
  goodness.below_ = below.value_or(0);
  if (by_value && !reader.has("below")) {
    reader.missing("below", "the bound that values of good events stay under");
  }
  if (by_value && !reader.has("value")) {
    reader.missing("value", "an expression for the number to compare with 'below'");
  }
  return goodness.good_ || goodness.value_ ? std::optional(std::move(goodness)) : std::nullopt;
}

void Goodness::decide(const RecordBatch& batch, Selection& rows, std::vector<std::uint8_t>& bad,
                      FailureCounts& failures) {
  if (good_) {
    decide_by_good(batch, rows, bad, failures);
    return;
  }
  value_->evaluate(batch, rows, failures);
  bad.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bad[i] = value_->numbers()[i] < below_ ? 0 : 1;
  }
}

void Goodness::decide_by_good(const RecordBatch& batch, Selection& rows, std::vector<std::uint8_t>& bad,
                              FailureCounts& failures) {
  Expression& good = good_->of(batch);
  const std::span<const Value> values = good.evaluate(batch, rows);
  bad.resize(rows.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& verdict = values[i];
    if (verdict.kind == ValueKind::kBool) {
      bad[kept] = verdict.boolean ? 0 : 1;
      rows[kept++] = rows[i];
      continue;
    }
    const Failure problem = LabelInterner::failure_of(verdict);
    const Failure failure = problem == Failure::kNone ? Failure::kWrongType : problem;
    ++failures[static_cast<std::size_t>(failure)];
    good.note_skipped(batch, rows[i], failure);
  }
  rows.resize(kept);
}

}  // namespace leeway
