#include "agent/promql/promql_parser.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "agent/core/ascii.h"
#include "agent/promql/promql_cursor.h"
#include "agent/promql/promql_lexer.h"

namespace leeway::promql {
namespace {

using NodePtr = std::unique_ptr<Node>;

constexpr std::array<std::string_view, 12> kAggregations = {
    "sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk", "count_values", "quantile"};
// Words that cannot name a metric where an operand is expected.
constexpr std::array<std::string_view, 6> kReserved = {"atan2", "bool", "ignoring", "on", "group_left", "group_right"};
template <typename Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

class Parser : private Cursor {
 public:
  explicit Parser(std::vector<Token> tokens) : Cursor(std::move(tokens)) {}

  Expected<NodePtr> run() {
    Expected<NodePtr> tree = expression(1);
    if (tree && token().kind != TokenKind::kEnd) {
      return unexpected("an operator or the end");
    }
    return tree;
  }

 private:
  NodePtr node_at(NodeKind kind, std::size_t offset, std::string text = "") const {
    NodePtr node = std::make_unique<Node>();
    node->kind = kind;
    node->offset = offset;
    node->text = std::move(text);
    return node;
  }
  static Expected<void> adopt(Node& parent, NodePtr child) {
    parent.depth = std::max(parent.depth, child->depth + 1);
    parent.children.push_back(std::move(child));
    return parent.depth > kMaxDepth ? Expected<void>(error_at(parent.offset, "the expression is nested too deeply"))
                                    : Expected<void>();
  }

  Expected<NodePtr> expression(int least) {
    if (nesting_ == kMaxDepth) {
      return error_at(token().offset, "the expression is nested too deeply");
    }
    ++nesting_;
    Expected<NodePtr> tree = binary(least);
    --nesting_;
    return tree;
  }

  // Precedence climbing: operators of at least `least`.
  Expected<NodePtr> binary(int least) {
    Expected<NodePtr> left = unary();
    while (left) {
      const bool word = token().kind == TokenKind::kName || token().kind == TokenKind::kSymbol;
      const std::string op = word ? lower_case(token().text) : "";
      const int precedence = precedence_of(op);
      if (precedence == 0 || precedence < least) {
        return left;
      }
      NodePtr node = node_at(NodeKind::kBinary, token().offset, op);
      skip();
      if (const Expected<void> read = read_operator_modifiers(*node); !read) {
        return read.error();
      }
      Expected<NodePtr> right = expression(op == "^" ? precedence : precedence + 1);
      if (!right) {
        return right;
      }
      for (NodePtr* operand : {&*left, &*right}) {
        if (const Expected<void> adopted = adopt(*node, std::move(*operand)); !adopted) {
          return adopted.error();
        }
      }
      left = std::move(node);
    }
    return left;
  }

  // A sign binds like `*`: -2^2 is -4.
  Expected<NodePtr> unary() {
    if (!is_symbol("-") && !is_symbol("+")) {
      Expected<NodePtr> operand = primary();
      return operand ? postfix(std::move(*operand)) : std::move(operand);
    }
    NodePtr node = node_at(NodeKind::kUnary, token().offset, token().text);
    skip();
    Expected<NodePtr> operand = expression(kPowerPrecedence);
    if (!operand) {
      return operand;
    }
    if (const Expected<void> adopted = adopt(*node, std::move(*operand)); !adopted) {
      return adopted.error();
    }
    return node;
  }

  Expected<NodePtr> primary() {
    const Token& first = token();
    if (first.kind == TokenKind::kNumber || first.kind == TokenKind::kVariable) {
      const bool variable = first.kind == TokenKind::kVariable;
      NodePtr node = node_at(NodeKind::kNumber, first.offset, variable ? first.text : "");
      node->number = first.number;
      skip();
      return node;
    }
    if (first.kind == TokenKind::kString) {
      skip();
      return node_at(NodeKind::kString, first.offset, first.text);
    }
    if (is_symbol("(")) {
      return parentheses();
    }
    if (is_symbol("{")) {
      return selector();
    }
    if (first.kind != TokenKind::kName || contains(kReserved, lower_case(first.text))) {
      return unexpected("an expression");
    }
    const std::string next = lower_case(token(1).text);
    const bool call = is_symbol("(", 1);
    if (contains(kAggregations, lower_case(first.text)) &&
        (call || (token(1).kind == TokenKind::kName && (next == "by" || next == "without")))) {
      return aggregation();
    }
    return call ? function_call() : selector();
  }

  Expected<NodePtr> parentheses() {
    NodePtr node = node_at(NodeKind::kParentheses, token().offset);
    skip();
    Expected<NodePtr> inner = expression(1);
    if (!inner) {
      return inner;
    }
    if (const Expected<void> closed = require(")"); !closed) {
      return closed.error();
    }
    if (const Expected<void> adopted = adopt(*node, std::move(*inner)); !adopted) {
      return adopted.error();
    }
    return node;
  }

  Expected<NodePtr> selector() {
    NodePtr node = node_at(NodeKind::kSelector, token().offset);
    if (token().kind == TokenKind::kName) {
      node->selector.metric = token().text;
      skip();
    }
    const bool braces = take_symbol("{");
    while (braces && !take_symbol("}")) {
      if (const Expected<void> read = read_matcher(*node); !read) {
        return read.error();
      }
      if (!take_symbol(",") && !is_symbol("}")) {
        return unexpected("',' or '}'");
      }
    }
    return node;
  }

  Expected<void> read_matcher(Node& node) {
    if (token().kind != TokenKind::kName) {
      return unexpected("a label or '}'");
    }
    LabelMatcher matcher{token().text, token(1).text, ""};
    const std::size_t offset = token().offset;
    skip();
    if (!is_symbol("=") && !is_symbol("!=") && !is_symbol("=~") && !is_symbol("!~")) {
      return unexpected("=, !=, =~ or !~");
    }
    skip();
    if (token().kind != TokenKind::kString) {
      return unexpected("a string");
    }
    matcher.value = token().text;
    skip();
    const bool names_metric = matcher.label == "__name__";
    if (names_metric && !node.selector.metric.empty()) {
      return error_at(offset, "the name of the metric is given twice");
    }
    node.selector.matchers.push_back(std::move(matcher));
    node.matcher_offsets.push_back(offset);
    return {};
  }

  Expected<void> read_arguments(Node& node) {
    if (Expected<void> open = require("("); !open) {
      return open;
    }
    if (take_symbol(")")) {
      return {};
    }
    do {
      Expected<NodePtr> argument = expression(1);
      if (!argument) {
        return argument.error();
      }
      if (Expected<void> adopted = adopt(node, std::move(*argument)); !adopted) {
        return adopted;
      }
    } while (take_symbol(","));
    return take_symbol(")") ? Expected<void>() : unexpected("',' or ')'");
  }

  Expected<NodePtr> function_call() {
    NodePtr node = node_at(NodeKind::kCall, token().offset, token().text);
    skip();
    if (const Expected<void> read = read_arguments(*node); !read) {
      return read.error();
    }
    return node;
  }

  Expected<NodePtr> aggregation() {
    NodePtr node = node_at(NodeKind::kAggregation, token().offset, lower_case(token().text));
    skip();
    Expected<void> read = read_grouping(*node);
    if (read) {
      read = read_arguments(*node);
    }
    if (read && !node->matching.given) {
      read = read_grouping(*node);
    }
    if (!read) {
      return read.error();
    }
    return node;
  }

  Expected<void> read_grouping(Node& node) {
    if (!is_word("by") && !is_word("without")) {
      return {};
    }
    node.matching.given = true;
    node.matching.keeps = is_word("by");
    skip();
    return read_labels(node.matching.labels, node.matching.label_offsets);
  }

  Expected<void> read_operator_modifiers(Node& node) {
    node.returns_bool = take_word("bool");
    Matching& matching = node.matching;
    if (!is_word("on") && !is_word("ignoring")) {
      return {};
    }
    matching.given = true;
    matching.keeps = is_word("on");
    skip();
    if (Expected<void> read = read_labels(matching.labels, matching.label_offsets); !read) {
      return read;
    }
    if (is_word("group_left") || is_word("group_right")) {
      matching.group = lower_case(token().text);
      skip();
      if (is_symbol("(")) {
        return read_labels(matching.include, matching.include_offsets);
      }
    }
    return {};
  }

  // Ranges, subqueries, `offset` and `@` after an operand.
  Expected<NodePtr> postfix(NodePtr node) {
    while (true) {
      Expected<void> read;
      if (is_symbol("[")) {
        read = read_range(node);
      } else if (is_word("offset")) {
        read = read_back(*node);
      } else if (is_symbol("@")) {
        read = read_at(*node);
      } else {
        return node;
      }
      if (!read) {
        return read.error();
      }
    }
  }

  Expected<void> read_range(NodePtr& node) {
    const std::size_t offset = token().offset;
    skip();
    Expected<Duration> range = read_duration("a duration such as 5m");
    if (!range) {
      return range.error();
    }
    if (take_symbol("]")) {
      if (node->kind != NodeKind::kSelector || node->has_range) {
        return error_at(offset, "only a metric takes a range; expected a subquery such as [5m:]");
      }
      if (node->has_back || node->has_at) {
        return error_at(offset, "the range must precede offset and @");
      }
      node->has_range = true;
      node->range = *range;
      return {};
    }
    if (Expected<void> colon = take_symbol(":") ? Expected<void>() : unexpected("':' or ']'"); !colon) {
      return colon;
    }
    Expected<Duration> step{Duration{}};
    const bool has_step = !is_symbol("]");
    if (has_step) {
      step = read_duration("a duration or ']'");
      if (!step) {
        return step.error();
      }
    }
    if (Expected<void> closed = require("]"); !closed) {
      return closed;
    }
    NodePtr subquery = node_at(NodeKind::kSubquery, node->offset);
    subquery->range = *range;
    subquery->step = *step;
    subquery->has_step = has_step;
    Expected<void> adopted = adopt(*subquery, std::move(node));
    node = std::move(subquery);
    return adopted;
  }

  static Expected<void> takes_modifier(const Node& node, std::size_t offset, const std::string& modifier) {
    const bool takes = node.kind == NodeKind::kSelector || node.kind == NodeKind::kSubquery;
    return takes
               ? Expected<void>()
               : Expected<void>(error_at(offset, modifier + " is only allowed after a metric, a range or a subquery"));
  }

  Expected<void> read_back(Node& node) {
    const std::size_t offset = token().offset;
    skip();
    const bool forward = take_symbol("-");
    const Expected<Duration> back = read_duration("a duration such as 5m");
    if (!back) {
      return back.error();
    }
    if (node.has_back) {
      return error_at(offset, "offset is given twice");
    }
    node.has_back = true;
    node.back = forward ? -*back : *back;
    return takes_modifier(node, offset, "offset");
  }

  Expected<void> read_at(Node& node) {
    const std::size_t offset = token().offset;
    skip();
    if (is_word("start") || is_word("end")) {
      skip();
      if (!is_symbol("(") || !is_symbol(")", 1)) {
        return unexpected("'()'");
      }
      skip(2);
    } else {
      skip(is_symbol("-") || is_symbol("+") ? 1 : 0);
      const bool number = token().kind == TokenKind::kNumber && std::isfinite(token().number);
      if (!number && token().kind != TokenKind::kVariable) {
        return unexpected("a Unix time, start() or end()");
      }
      skip();
    }
    if (node.has_at) {
      return error_at(offset, "@ is given twice");
    }
    node.has_at = true;
    return takes_modifier(node, offset, "@");
  }

  std::size_t nesting_ = 0;
};

}  // namespace

Expected<NodePtr> parse(std::string_view text) {
  Expected<std::vector<Token>> tokens = tokenize(text);
  return tokens ? Parser(std::move(*tokens)).run() : Expected<NodePtr>(tokens.error());
}

}  // namespace leeway::promql
