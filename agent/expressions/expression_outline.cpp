#include "agent/expressions/expression_outline.h"

#include <algorithm>
#include <array>

#include "agent/core/value_text.h"
#include "agent/expressions/expression_binder.h"
#include "agent/expressions/expression_node.h"
#include "agent/expressions/expression_parser.h"

namespace leeway {
namespace {

using expr::Node;
using expr::Op;

bool is_comparison(const Node& node) {
  constexpr std::array<std::string_view, 6> kNames{"==", "!=", "<", "<=", ">", ">="};
  return node.op == Op::kIn ||
         (node.op == Op::kBinary && std::find(kNames.begin(), kNames.end(), node.name) != kNames.end());
}

ExpressionPart constant_part(const Value& value) {
  return {OutlineKind::kConstant, shown_value(value), {}, value.kind};
}

std::string name_of(const Node& node) {
  switch (node.op) {
    case Op::kAnd:
      return "&&";
    case Op::kOr:
      return "||";
    case Op::kNot:
      return "!";
    case Op::kConditional:
      return "? :";
    case Op::kIn:
      return "in";
    default:
      return node.name;
  }
}

ExpressionPart part_of(const Node& node) {
  if (node.op == Op::kConstant) {
    return constant_part(node.constant);
  }
  if (node.op == Op::kHas) {
    const FieldPath& path = node.args[0]->path;
    return {OutlineKind::kTest, "has(" + path.to_string() + ")", path};
  }
  if (node.op == Op::kField) {
    return {OutlineKind::kField, node.path.to_string(), node.path};
  }
  ExpressionPart part{is_comparison(node) ? OutlineKind::kComparison : OutlineKind::kOther, name_of(node)};
  for (const std::unique_ptr<Node>& arg : node.args) {
    part.parts.push_back(part_of(*arg));
  }
  for (const Value& value : node.list) {
    part.parts.push_back(constant_part(value));
  }
  if (node.name == "orValue" && part.parts.front().kind == OutlineKind::kField) {
    part.parts.front().kind = OutlineKind::kTest;
  }
  return part;
}

void add_lines(const ExpressionPart& part, std::size_t depth, std::vector<std::string>& lines) {
  lines.push_back(std::string(2 * depth, ' ') + part.text);
  for (const ExpressionPart& each : part.parts) {
    add_lines(each, depth + 1, lines);
  }
}

}  // namespace

Expected<ExpressionPart> outline(std::string_view text, Schema& schema) {
  Expected<std::unique_ptr<Node>> root = expr::parse(text);
  if (!root) {
    return root.error();
  }
  if (const Expected<void> bound = expr::bind(**root, schema); !bound) {
    return bound.error();
  }
  return part_of(**root);
}

std::vector<std::string> tree_lines(const ExpressionPart& root) {
  std::vector<std::string> lines;
  add_lines(root, 0, lines);
  return lines;
}

}  // namespace leeway
