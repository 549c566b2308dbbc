#include "agent/promql/promql_parser.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "agent/promql/promql_lexer.h"

namespace leeway::promql {
namespace {

using NodePtr = std::unique_ptr<Node>;

constexpr std::array<std::string_view, 12> kAggregations = {
    "sum", "avg", "count", "min", "max", "group", "stddev", "stdvar", "topk", "bottomk", "count_values", "quantile"};
// Words that cannot name a metric where an operand is expected.
constexpr std::array<std::string_view, 6> kReserved = {"atan2", "bool", "ignoring", "on", "group_left", "group_right"};
constexpr int kPowerPrecedence = 6;

int precedence_of(std::string_view op) {
  if (op == "or") {
    return 1;
  }
  if (op == "and" || op == "unless") {
    return 2;
  }
  if (is_comparison(op)) {
    return 3;
  }
  if (op == "+" || op == "-") {
    return 4;
  }
  if (op == "*" || op == "/" || op == "%" || op == "atan2") {
    return 5;
  }
  return op == "^" ? kPowerPrecedence : 0;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

template <typename Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string shown(const Token& token) {
  if (token.kind == TokenKind::kEnd) {
    return "the end";
  }
  return token.kind == TokenKind::kString ? "a string" : "'" + token.text + "'";
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Expected<NodePtr> run() {
    Expected<NodePtr> tree = expression(1);
    if (tree && token().kind != TokenKind::kEnd) {
      return unexpected("an operator or the end");
    }
    return tree;
  }

 private:
  const Token& token(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  bool is_symbol(std::string_view symbol, std::size_t ahead = 0) const {
    return token(ahead).kind == TokenKind::kSymbol && token(ahead).text == symbol;
  }
  bool is_word(std::string_view word) const { return token().kind == TokenKind::kName && lower(token().text) == word; }
  bool take_symbol(std::string_view symbol) {
    const bool there = is_symbol(symbol);
    at_ += there ? 1 : 0;
    return there;
  }
  bool take_word(std::string_view word) {
    const bool there = is_word(word);
    at_ += there ? 1 : 0;
    return there;
  }
  Error unexpected(const std::string& wanted) const {
    return error_at(token().offset, "expected " + wanted + ", found " + shown(token()));
  }
  Expected<void> require(std::string_view symbol) {
    return take_symbol(symbol) ? Expected<void>() : unexpected("'" + std::string(symbol) + "'");
  }

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
      const std::string op = word ? lower(token().text) : "";
      const int precedence = precedence_of(op);
      if (precedence == 0 || precedence < least) {
        return left;
      }
      NodePtr node = node_at(NodeKind::kBinary, token().offset, op);
      ++at_;
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

  // A sign binds as `*` does: -2^2 is -4.
  Expected<NodePtr> unary() {
    if (!is_symbol("-") && !is_symbol("+")) {
      Expected<NodePtr> operand = primary();
      return operand ? postfix(std::move(*operand)) : std::move(operand);
    }
    NodePtr node = node_at(NodeKind::kUnary, token().offset, token().text);
    ++at_;
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
      ++at_;
      return node;
    }
    if (first.kind == TokenKind::kString) {
      ++at_;
      return node_at(NodeKind::kString, first.offset, first.text);
    }
    if (is_symbol("(")) {
      return parentheses();
    }
    if (is_symbol("{")) {
      return selector();
    }
    if (first.kind != TokenKind::kName || contains(kReserved, lower(first.text))) {
      return unexpected("an expression");
    }
    const std::string next = lower(token(1).text);
    const bool call = is_symbol("(", 1);
    if (contains(kAggregations, lower(first.text)) &&
        (call || (token(1).kind == TokenKind::kName && (next == "by" || next == "without")))) {
      return aggregation();
    }
    return call ? function_call() : selector();
  }

  Expected<NodePtr> parentheses() {
    NodePtr node = node_at(NodeKind::kParentheses, token().offset);
    ++at_;
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
      ++at_;
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
    ++at_;
    if (!is_symbol("=") && !is_symbol("!=") && !is_symbol("=~") && !is_symbol("!~")) {
      return unexpected("=, !=, =~ or !~");
    }
    ++at_;
    if (token().kind != TokenKind::kString) {
      return unexpected("a string");
    }
    matcher.value = token().text;
    ++at_;
    const bool names_metric = matcher.label == "__name__";
    if (names_metric && !node.selector.metric.empty()) {
      return error_at(offset, "the name of the metric is given twice");
    }
    node.selector.matchers.push_back(std::move(matcher));
    node.matcher_offsets.push_back(offset);
    return {};
  }

  Expected<void> read_arguments(Node& node) {
    if (const Expected<void> open = require("("); !open) {
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
      if (const Expected<void> adopted = adopt(node, std::move(*argument)); !adopted) {
        return adopted;
      }
    } while (take_symbol(","));
    return take_symbol(")") ? Expected<void>() : unexpected("',' or ')'");
  }

  Expected<NodePtr> function_call() {
    NodePtr node = node_at(NodeKind::kCall, token().offset, token().text);
    ++at_;
    if (const Expected<void> read = read_arguments(*node); !read) {
      return read.error();
    }
    return node;
  }

  Expected<NodePtr> aggregation() {
    NodePtr node = node_at(NodeKind::kAggregation, token().offset, lower(token().text));
    ++at_;
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
    ++at_;
    return read_labels(node.matching.labels, node.matching.label_offsets);
  }

  Expected<void> read_labels(std::vector<std::string>& labels, std::vector<std::size_t>& offsets) {
    if (const Expected<void> open = require("("); !open) {
      return open;
    }
    while (!take_symbol(")")) {
      const bool word = token().kind == TokenKind::kName;
      if (!word || token().text.find(':') != std::string::npos) {
        return unexpected("a label or ')'");
      }
      labels.push_back(token().text);
      offsets.push_back(token().offset);
      ++at_;
      if (!take_symbol(",") && !is_symbol(")")) {
        return unexpected("',' or ')'");
      }
    }
    return {};
  }

  Expected<void> read_operator_modifiers(Node& node) {
    node.returns_bool = take_word("bool");
    Matching& matching = node.matching;
    if (!is_word("on") && !is_word("ignoring")) {
      return {};
    }
    matching.given = true;
    matching.keeps = is_word("on");
    ++at_;
    if (const Expected<void> read = read_labels(matching.labels, matching.label_offsets); !read) {
      return read;
    }
    if (is_word("group_left") || is_word("group_right")) {
      matching.group = lower(token().text);
      ++at_;
      if (is_symbol("(")) {
        return read_labels(matching.include, matching.include_offsets);
      }
    }
    return {};
  }

  // Ranges, subqueries, `offset` and `@` behind an operand.
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
    ++at_;
    Expected<Duration> range = read_duration("a duration such as 5m");
    if (!range) {
      return range.error();
    }
    if (take_symbol("]")) {
      if (node->kind != NodeKind::kSelector || node->has_range) {
        return error_at(offset, "only a metric takes a range; expected a subquery such as [5m:]");
      }
      if (node->has_back || node->has_at) {
        return error_at(offset, "the range stands before offset and @");
      }
      node->has_range = true;
      node->range = *range;
      return {};
    }
    if (const Expected<void> colon = take_symbol(":") ? Expected<void>() : unexpected("':' or ']'"); !colon) {
      return colon;
    }
    if (!is_symbol("]")) {
      if (const Expected<Duration> step = read_duration("a duration or ']'"); !step) {
        return step.error();
      }
    }
    if (const Expected<void> closed = require("]"); !closed) {
      return closed;
    }
    NodePtr subquery = node_at(NodeKind::kSubquery, node->offset);
    subquery->range = *range;
    const Expected<void> adopted = adopt(*subquery, std::move(node));
    node = std::move(subquery);
    return adopted;
  }

  Expected<Duration> read_duration(const std::string& wanted) {
    const Token& found = token();
    if (found.kind == TokenKind::kVariable) {
      ++at_;
      return Duration{};
    }
    if (found.kind != TokenKind::kDuration) {
      return unexpected(wanted);
    }
    if (found.duration == Duration{}) {
      return error_at(found.offset, "the duration must be above 0");
    }
    ++at_;
    return found.duration;
  }

  static Expected<void> takes_modifier(const Node& node, std::size_t offset, const std::string& modifier) {
    const bool takes = node.kind == NodeKind::kSelector || node.kind == NodeKind::kSubquery;
    return takes ? Expected<void>()
                 : Expected<void>(error_at(offset, modifier + " stands behind a metric, a range or a subquery only"));
  }

  Expected<void> read_back(Node& node) {
    const std::size_t offset = token().offset;
    ++at_;
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
    ++at_;
    if (is_word("start") || is_word("end")) {
      ++at_;
      if (!is_symbol("(") || !is_symbol(")", 1)) {
        return unexpected("'()'");
      }
      at_ += 2;
    } else {
      at_ += is_symbol("-") || is_symbol("+") ? 1 : 0;
      const bool number = token().kind == TokenKind::kNumber && std::isfinite(token().number);
      if (!number && token().kind != TokenKind::kVariable) {
        return unexpected("a Unix time, start() or end()");
      }
      ++at_;
    }
    if (node.has_at) {
      return error_at(offset, "@ is given twice");
    }
    node.has_at = true;
    return takes_modifier(node, offset, "@");
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t nesting_ = 0;
};

}  // namespace

Expected<NodePtr> parse(std::string_view text) {
  Expected<std::vector<Token>> tokens = tokenize(text);
  return tokens ? Parser(std::move(*tokens)).run() : Expected<NodePtr>(tokens.error());
}

}  // namespace leeway::promql
