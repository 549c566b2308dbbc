#include "agent/expressions/expression.h"

#include <algorithm>
#include <limits>

#include "agent/core/private_text.h"
#include "agent/core/utf8.h"
#include "agent/expressions/expression_binder.h"
#include "agent/expressions/expression_evaluator.h"
#include "agent/expressions/expression_operators.h"
#include "agent/expressions/expression_parser.h"

namespace leeway {

namespace {

// Its column counts characters instead of bytes, and its message is UTF-8 whatever the expression holds.
Error readable(const Error& error, std::string_view text) {
  const std::string_view before = text.substr(0, error.position.column - 1);
  Error result = error;
  result.message.clear();
  append_valid_utf8(result.message, error.message, std::numeric_limits<std::size_t>::max());
  result.position.column = static_cast<std::uint32_t>(1 + count_characters(before));
  return result;
}

constexpr std::size_t kShownFields = 4;

// "`ms` is \"fast\", `code` is absent": the first fields of an expression, each once.
void add_fields(const expr::Node& node, const RecordBatch& batch, Row row, std::vector<FieldId>& shown,
                std::string& text) {
  const bool is_new = std::find(shown.begin(), shown.end(), node.field) == shown.end();
  if ((node.op == expr::Op::kField || node.op == expr::Op::kHas) && is_new && shown.size() < kShownFields) {
    shown.push_back(node.field);
    text += (text.empty() ? "`" : ", `") + node.path.to_string() + "` is " +
            shown_example(node.path.to_string(), batch.column(node.field)[row]);
  }
  for (const std::unique_ptr<expr::Node>& arg : node.args) {
    add_fields(*arg, batch, row, shown, text);
  }
}

}  // namespace

struct Expression::Program {
  Program(std::string its_text, std::unique_ptr<expr::Node> its_root, const Schema& schema)
      : text(std::move(its_text)),
        root(std::move(its_root)),
        evaluator(schema.mismatches()),
        skipped(schema.skipped()) {}

  std::string text;
  std::unique_ptr<expr::Node> root;
  expr::Evaluator evaluator;
  std::shared_ptr<SkippedExamples> skipped;  // may be null
  std::vector<Value> results{};
};

std::string_view to_string(StaticType type) {
  switch (type) {
    case StaticType::kAny:
      return "field";
    case StaticType::kBool:
      return "bool";
    case StaticType::kInt:
      return "int";
    case StaticType::kDouble:
      return "double";
    case StaticType::kString:
      return "string";
    case StaticType::kList:
      return "list";
    case StaticType::kTimestamp:
      return "timestamp";
    case StaticType::kDuration:
      return "duration";
    case StaticType::kNull:
      return "null";
  }
  return "field";
}

Expression::Expression(std::unique_ptr<Program> program) : program_(std::move(program)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

Expected<Expression> Expression::compile(std::string_view text, Schema& schema) {
  Expected<std::unique_ptr<expr::Node>> root = expr::parse(text);
  if (!root) {
    return readable(root.error(), text);
  }
  if (const Expected<void> bound = expr::bind(**root, schema); !bound) {
    return readable(bound.error(), text);
  }
  return Expression(std::make_unique<Program>(std::string(text), std::move(*root), schema));
}

StaticType Expression::type() const { return program_->root->type; }
const std::string& Expression::text() const { return program_->text; }

const FieldId* Expression::as_field() const {
  return program_->root->op == expr::Op::kField ? &program_->root->field : nullptr;
}

std::span<const Value> Expression::evaluate(const RecordBatch& batch, std::span<const Row> rows) {
  Program& program = *program_;
  program.evaluator.begin(batch);
  program.results.resize(rows.size());
  for (std::size_t begin = 0; begin < rows.size(); begin += expr::kBlockRows) {
    const std::span<const Row> block = rows.subspan(begin, std::min(expr::kBlockRows, rows.size() - begin));
    const expr::Operand operand = program.evaluator.run(*program.root, block);
    Value* const results = program.results.data() + begin;
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Value& value = operand.at(i, block.data()[i]);
      results[i] = value.kind == ValueKind::kMissing ? expr::operand_error(value) : value;
    }
  }
  return program.results;
}

void Expression::filter(const RecordBatch& batch, Selection& rows, FailureCounts& failures) {
  Program& program = *program_;
  program.evaluator.begin(batch);
  Row* const selected = rows.data();
  std::size_t kept = 0;
  for (std::size_t begin = 0; begin < rows.size(); begin += expr::kBlockRows) {
    const std::span<const Row> block(selected + begin, std::min(expr::kBlockRows, rows.size() - begin));
    const expr::Operand operand = program.evaluator.run(*program.root, block);
    for (std::size_t i = 0; i < block.size(); ++i) {
      const Row row = selected[begin + i];
      const Value& value = operand.at(i, row);
      if (value.kind != ValueKind::kBool) {
        const Failure failure = expr::operand_error(value).failure;
        ++failures[static_cast<std::size_t>(failure)];
        note_skipped(batch, row, failure);
      } else if (value.boolean) {
        selected[kept++] = row;
      }
    }
  }
  rows.resize(kept);
}

void Expression::note_skipped(const RecordBatch& batch, Row row, Failure failure) const {
  const Program& program = *program_;
  if (program.skipped == nullptr || !program.skipped->wants(failure)) {
    return;
  }
  std::vector<FieldId> shown;
  std::string fields;
  add_fields(*program.root, batch, row, shown, fields);
  const bool whole = as_field() != nullptr || fields.empty();
  program.skipped->set(failure, whole ? fields : fields + " in `" + program.text + "`");
}

}  // namespace leeway
