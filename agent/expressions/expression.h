// A compiled expression of the configuration's language, a documented subset of CEL (EXPRESSIONS.md).
// Compiled once while the configuration is read, evaluated column by column on a selection of rows.
// Used by monitors for `when`, `value`, `good` and label expressions.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/failure_counts.h"
#include "agent/core/record_batch.h"
#include "agent/core/schema.h"

namespace leeway {

// The type of an expression's result as known before any record is read. A field may hold anything: kAny.
enum class StaticType : std::uint8_t { kAny, kBool, kInt, kDouble, kString, kList, kTimestamp, kDuration, kNull };
std::string_view to_string(StaticType type);

// Move-only. Evaluation uses internal scratch memory: one thread at a time.
class Expression {
 public:
  // Parses, type-checks and binds `text`; every field it names is interned in `schema`.
  // Errors: kConfiguration, position.line = 1 and position.column = column in `text`; the message says what was
  // expected and names the nearest function where one is misspelt. Comparisons of types that do not match are counted
  // where the schema says at this moment.
  static Expected<Expression> compile(std::string_view text, Schema& schema);

  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();

  StaticType type() const;
  const std::string& text() const;
  // The field, if the expression is a single field; otherwise no value.
  const FieldId* as_field() const;

  // values[i] is the result for rows[i]; Value::error where the record cannot be decided. Results point into the
  // batch, the expression, or its scratch memory: valid until the next call. No allocation in the steady state.
  std::span<const Value> evaluate(const RecordBatch& batch, std::span<const Row> rows);

  // Keeps in `rows` only those where the expression is true. A row that cannot be decided, or whose result is not a
  // boolean, is dropped and counted in `failures`.
  void filter(const RecordBatch& batch, Selection& rows, FailureCounts& failures);

  // `row` could not be used for this reason: its fields become the example, if the schema wanted examples and there is
  // none yet.
  void note_skipped(const RecordBatch& batch, Row row, Failure failure) const;

 private:
  struct Program;
  explicit Expression(std::unique_ptr<Program> program);
  std::unique_ptr<Program> program_;
};

}  // namespace leeway
