// Runs a bound expression over columns of a batch, a block of rows at a time, so that intermediate results stay in
// the L1 cache. Used by Expression only.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "agent/core/arena.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Rows of one block.
inline constexpr std::size_t kBlockRows = 256;

// The results of one node for some rows.
struct Operand {
  enum class Layout : std::uint8_t { kConstant, kDense, kByRow };
  const Value* values = nullptr;
  Layout layout = Layout::kConstant;

  // Of the i-th row, which is `row` of the batch.
  const Value& at(std::size_t i, Row row) const {
    return values[layout == Layout::kConstant ? 0 : layout == Layout::kDense ? i : row];
  }
  // Whether it is the same for all rows, and of that kind.
  bool is_constant(ValueKind kind) const { return layout == Layout::kConstant && values->kind == kind; }
};

class Evaluator {
 public:
  // Counts comparisons of types that do not match in `mismatches`, if there is any.
  explicit Evaluator(std::shared_ptr<TypeMismatches> mismatches = nullptr) : mismatches_(std::move(mismatches)) {}

  // Strings of earlier results are gone afterwards.
  void begin(const RecordBatch& batch) {
    batch_ = &batch;
    arena_.reset();
  }
  // At most kBlockRows rows. The result is valid until the next call.
  Operand run(const Node& node, std::span<const Row> rows) {
    depth_ = 0;
    return evaluate(node, rows);
  }

 private:
  // One level's memory: results, and rows picked from those of the level above with their place there.
  struct Level {
    Value values[kBlockRows];
    Row rows[kBlockRows];
    std::uint16_t places[kBlockRows];
  };

  Operand evaluate(const Node& node, std::span<const Row> rows);
  Level& push();
  void pop(std::size_t depth) { depth_ = depth; }
  void unary(const Node& node, std::span<const Row> rows, Value* out);
  void binary(const Node& node, std::span<const Row> rows, Value* out);
  void equality(const Node& node, std::span<const Row> rows, Value* out);
  void quantified(const Node& node, std::span<const Row> rows, Value* out);
  Value quantify(const Node& node, const Value& container, const Row& row);
  void membership(const Node& node, std::span<const Row> rows, Value* out);
  void count_outside(const Node& membership, const Value& value, const Value& result);
  void many(const Node& node, std::span<const Row> rows, Value* out);
  void bound(const Node& node, std::span<const Row> rows, Value* out);
  void negation(const Node& node, std::span<const Row> rows, Value* out);
  void logic(const Node& node, std::span<const Row> rows, Level& level);
  void conditional(const Node& node, std::span<const Row> rows, Level& level);
  template <typename Pick>
  void branch(const Node& node, std::span<const Row> rows, Level& level, Pick pick);

  const RecordBatch* batch_ = nullptr;
  std::shared_ptr<TypeMismatches> mismatches_;
  Arena arena_;
  std::vector<std::unique_ptr<Level>> levels_;
  std::size_t depth_ = 0;
  std::array<Value, kMostVariables> variables_;  // by slot
};

}  // namespace leeway::expr
