// The parts of an expression, for people and for what compares it with data: its fields, its comparisons, its tree.
// Used by `check` and `explain`; evaluation does not use it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/core/value.h"

namespace leeway {

enum class OutlineKind : std::uint8_t {
  kField,
  kTest,        // has(), or a field before orValue(): that it is absent is an answer
  kConstant,    // `constant` says of which kind; `text` is as it would be written
  kComparison,  // ==, !=, <, <=, >, >=, in; `parts` are its operands, constants of a list each
  kOther,       // another operator, or a function
};

struct ExpressionPart {
  OutlineKind kind = OutlineKind::kOther;
  std::string text;  // of a field its path, of an operator or function its name
  FieldPath path{};  // of a field
  ValueKind constant = ValueKind::kMissing;
  std::vector<ExpressionPart> parts{};
};

// The errors are those of Expression::compile(), which interns the same fields.
Expected<ExpressionPart> outline(std::string_view text, Schema& schema);

// One line for each part, its operands below it and further to the right.
std::vector<std::string> tree_lines(const ExpressionPart& root);

}  // namespace leeway
