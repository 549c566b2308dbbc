// The syntax tree of a PromQL expression. Made by the parser, read by the checks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/promql/selector.h"

namespace leeway::promql {

enum class ValueType : std::uint8_t { kScalar, kString, kInstant, kRange };
// "scalar", "string", "instant vector", "range vector".
std::string_view to_string(ValueType type);

enum class NodeKind : std::uint8_t {
  kNumber,       // number; text = the Grafana variable in its place, or empty
  kString,       // text
  kSelector,     // selector; with has_range a range vector
  kSubquery,     // children[0], range, step
  kParentheses,  // children[0]
  kUnary,        // text = "-" or "+", children[0]
  kBinary,       // text = operator in lower case, children[0], children[1], matching
  kAggregation,  // text = operator in lower case, children = arguments, grouping
  kCall,         // text = function, children = arguments
};

// The label lists around operators: by/without of aggregations, on/ignoring and group_left/group_right of operators.
struct Matching {
  bool given = false;
  bool keeps = false;  // by, on
  std::vector<std::string> labels;
  std::string group;  // "group_left", "group_right" or empty
  std::vector<std::string> include;
  std::vector<std::size_t> label_offsets;    // of each of `labels`
  std::vector<std::size_t> include_offsets;  // of each of `include`
};

struct Node {
  NodeKind kind = NodeKind::kNumber;
  ValueType type = ValueType::kScalar;
  std::size_t offset = 0;  // of its first byte; for a binary operator, of the operator
  std::size_t depth = 1;   // of the tree below
  std::string text{};
  double number = 0;
  std::vector<std::unique_ptr<Node>> children{};

  Selector selector{};
  std::vector<std::size_t> matcher_offsets{};
  bool has_range = false;
  Duration range{};  // 0 for a Grafana variable
  Duration step{};   // of a subquery, where it has one; 0 for a Grafana variable
  bool has_step = false;
  Duration back{};  // `offset`
  bool has_back = false;
  bool has_at = false;

  Matching matching{};
  bool returns_bool = false;
};

bool is_comparison(std::string_view op);
bool is_set_operator(std::string_view op);
inline constexpr int kPowerPrecedence = 6;
// How tightly a binary operator in lower case binds, from 1 (or) to kPowerPrecedence (^); 0 where it is not one.
int precedence_of(std::string_view op);
// The expression inside all parentheses around it.
const Node& without_parentheses(const Node& node);

}  // namespace leeway::promql
