#include "agent/expressions/expression_parser.h"

#include <algorithm>
#include <array>
#include <limits>

#include "agent/expressions/expression_functions.h"
#include "agent/expressions/expression_guesses.h"
#include "agent/expressions/expression_lexer.h"

namespace leeway::expr {
namespace {

constexpr int kDeepestNesting = 64;
// Bounds the depth of the tree, which operators of one level also increase.
constexpr int kMostOperations = 256;
constexpr std::uint32_t kLargestIndex = 1'000'000;

using NodePtr = std::unique_ptr<Node>;
using Result = Expected<NodePtr>;

// Binary operators, from the loosest to the tightest.
constexpr std::array<std::array<std::string_view, 7>, 5> kLevels = {{
    {"||"},
    {"&&"},
    {"==", "!=", "<", "<=", ">", ">=", "in"},
    {"+", "-"},
    {"*", "/", "%"},
}};
constexpr std::size_t kAboveComparison = 3;  // of these levels

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result run() {
    if (peek().kind == TokenKind::kEnd) {
      return error_at(1, "the expression is empty");
    }
    Result result = conditional();
    if (result && peek().kind != TokenKind::kEnd) {
      return unexpected("an operator or the end");
    }
    return result;
  }

 private:
  const Token& peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  bool is(std::string_view symbol, std::size_t ahead = 0) const {
    const Token& token = peek(ahead);
    return (token.kind == TokenKind::kSymbol || (token.kind == TokenKind::kName && symbol == "in")) &&
           token.text == symbol;
  }
  bool take(std::string_view symbol) {
    const bool found = is(symbol);
    at_ += found ? 1 : 0;
    return found;
  }

  static const Guess* operator_guess(const Token& token) {
    const Guess* const guess = token.kind == TokenKind::kName ? find_guess(token.text) : nullptr;
    return guess == nullptr || is_function(*guess) ? nullptr : guess;
  }

  // For a function that stands where an operator can be: msg contains "x".
  std::string method_advice() const {
    const Token& token = peek();
    const Token& value = peek(1);
    if (at_ == 0 || token.kind != TokenKind::kName || value.kind != TokenKind::kString ||
        function_rule(token.text) == nullptr) {
      return "";
    }
    const bool alone = tokens_[at_ - 1].kind == TokenKind::kName && (at_ == 1 || tokens_[at_ - 2].text != ".");
    return "'" + token.text + "' is a function; write, for example, " + (alone ? tokens_[at_ - 1].text : "a") + "." +
           token.text + "(\"" + value.text + "\")";
  }

  Error unexpected(const std::string& expected) const {
    const Token& token = peek();
    const Token& before = tokens_[at_ == 0 ? 0 : at_ - 1];
    for (const Token* const word : {&token, &before}) {  // as in "not x"
      if (const Guess* const guess = operator_guess(*word)) {
        return error_at(word->column, advice(*guess));
      }
    }
    if (const std::string hint = method_advice(); !hint.empty()) {
      return error_at(token.column, hint);
    }
    if (token.text == "." && token.kind == TokenKind::kSymbol && peek(1).kind == TokenKind::kName) {
      return error_at(token.column, field_advice(".", peek(1).text));
    }
    std::string found = "'" + token.text + "'";
    if (token.kind == TokenKind::kEnd) {
      found = "end of the expression";
    } else if (token.kind == TokenKind::kInt || token.kind == TokenKind::kDouble) {
      found = "a number";
    } else if (token.kind == TokenKind::kString) {
      found = "a string";
    }
    return error_at(token.column, "unexpected " + found + "; expected " + expected);
  }

  Result conditional() {
    if (depth_ == kDeepestNesting) {
      return error_at(peek().column, "nested more than 64 levels deep");
    }
    ++depth_;
    Result result = conditional_here();
    --depth_;
    return result;
  }

  Result conditional_here() {
    Result condition = binary(0);
    if (!condition || !is("?")) {
      return condition;
    }
    const std::uint32_t column = peek().column;
    ++at_;
    Result yes = conditional();
    if (!yes) {
      return yes;
    }
    if (!take(":")) {
      return unexpected("':' and the value otherwise");
    }
    Result no = conditional();
    if (!no) {
      return no;
    }
    return make_node(Op::kConditional, column, "?:", {condition->release(), yes->release(), no->release()});
  }

  Result binary(std::size_t level) {
    if (level == kLevels.size()) {
      return unary();
    }
    Result left = binary(level + 1);
    while (left) {
      const auto& operators = kLevels[level];
      const auto found = std::find_if(operators.begin(), operators.end(),
                                      [this](std::string_view symbol) { return !symbol.empty() && is(symbol); });
      if (found == operators.end()) {
        return left;
      }
      const std::uint32_t column = peek().column;
      if (++operations_ > kMostOperations) {
        return error_at(column, "more than 256 operators and functions");
      }
      ++at_;
      if (*found == "in") {
        left = membership(std::move(*left), column);
        continue;
      }
      Result right = binary(level + 1);
      if (!right) {
        return right;
      }
      const Op op = *found == "&&" ? Op::kAnd : *found == "||" ? Op::kOr : Op::kBinary;
      left = make_node(op, column, std::string(*found), {left->release(), right->release()});
    }
    return left;
  }

  Result membership(NodePtr value, std::uint32_t column) {
    if (peek().kind == TokenKind::kName && peek().text == "cidr" && is("(", 1)) {
      NodePtr node = make_node(Op::kCall, column, "containsIP", {value.release()});
      at_ += 2;
      return list(std::move(node), &Parser::conditional, ")");
    }
    if (take("[")) {
      return list(make_node(Op::kIn, column, "in", {value.release()}), &Parser::unary, "]");
    }
    const bool constant = peek(1).kind == TokenKind::kString || peek(1).kind == TokenKind::kInt;
    if (is("(") && constant && is(",", 2)) {
      return error_at(peek().column, "a list is in square brackets; write, for example, a in [\"x\", \"y\"]");
    }
    Result container = binary(kAboveComparison);
    if (container) {
      container = make_node(Op::kBinary, column, "in", {value.release(), container->release()});
    }
    return container;
  }

  // The comma-separated operands up to `end`, as further arguments of the node.
  Result list(NodePtr node, Result (Parser::*element)(), std::string_view end) {
    while (!take(end)) {
      // The first argument in brackets is a field: route(["http.path"]).
      if (has_syntax(*node, FunctionRule::Syntax::kList) && !node->args.empty() && end == ")" && take("[")) {
        Result elements = list(std::move(node), element, "]");
        if (!elements) {
          return elements;
        }
        node = std::move(*elements);
        if (!take(",") && !is(end)) {
          return unexpected("',' or '" + std::string(end) + "'");
        }
        continue;
      }
      Result argument = (this->*element)();
      if (!argument) {
        return argument;
      }
      node->args.push_back(std::move(*argument));
      if (!take(",") && !is(end)) {
        return unexpected("',' or '" + std::string(end) + "'");
      }
    }
    return node;
  }

  Result unary() {
    if (!is("!") && !is("-")) {
      return postfix();
    }
    if (depth_ == kDeepestNesting) {
      return error_at(peek().column, "nested more than 64 levels deep");
    }
    const Token sign = peek();
    ++at_;
    if (sign.text == "-" && peek().kind == TokenKind::kInt && peek().integer == kLargestMagnitude &&
        !peek().is_unsigned) {
      return constant(sign, Value::of_int(std::numeric_limits<std::int64_t>::min()));
    }
    ++depth_;
    Result operand = unary();
    --depth_;
    if (!operand) {
      return operand;
    }
    return make_node(sign.text == "!" ? Op::kNot : Op::kUnary, sign.column, sign.text, {operand->release()});
  }

  Result postfix() {
    Result result = primary();
    while (result) {
      const bool method = is(".") && peek(1).kind == TokenKind::kName && is("(", 2);
      if (method) {
        ++at_;
        result = call(std::move(*result));
      } else if (takes_items(**result) && (is(".") || is("["))) {
        result = item(std::move(*result));
      } else if (takes_path(**result) && (is(".") || is("["))) {
        (*result)->optional |= is("?", 1);
        const Expected<void> step = path_step((*result)->path);
        if (!step) {
          return step.error();
        }
      } else {
        return result;
      }
    }
    return result;
  }

  static bool has_syntax(const Node& node, FunctionRule::Syntax syntax) {
    const FunctionRule* const rule = node.op == Op::kCall ? function_rule(node.name) : nullptr;
    return rule != nullptr && rule->syntax == syntax;
  }

  static bool takes_path(const Node& node) {
    return node.op == Op::kField || (node.op == Op::kCall && node.name == "json") ||
           has_syntax(node, FunctionRule::Syntax::kPath);
  }

  // Whether a step after it cannot be part of a field's path: its index is computed, or one before it was.
  bool takes_items(const Node& node) const {
    const bool field = node.op == Op::kField || (node.op == Op::kCall && node.name == "json");
    const bool constant = peek(1).kind == TokenKind::kInt || peek(1).kind == TokenKind::kString;
    const bool computed = is("[") && !is("?", 1) && !(constant && is("]", 2));
    return (node.op == Op::kBinary && node.name == "[]") || (field && computed);
  }

  // ".name" or "[index]" of a value.
  Result item(NodePtr container) {
    const Token step = tokens_[at_++];
    if (step.text == "." && peek().kind != TokenKind::kName) {
      return unexpected("the name of a field");
    }
    if (++operations_ > kMostOperations) {
      return error_at(step.column, "more than 256 operators and functions");
    }
    Result key = step.text == "." ? text(peek()) : conditional();
    if (!key) {
      return key;
    }
    if (step.text == "[" && !take("]")) {
      return unexpected("']'");
    }
    return make_node(Op::kBinary, step.column, "[]", {container.release(), key->release()});
  }

  // ".name", "[0]" or ["name"], with '?' before the name or index.
  Expected<void> path_step(FieldPath& path) {
    if (take(".")) {
      take("?");
      if (peek().kind != TokenKind::kName) {
        return unexpected("the name of a field");
      }
      path.steps.emplace_back(tokens_[at_++].text);
      return {};
    }
    ++at_;
    take("?");
    const Token& inside = peek();
    if (inside.kind == TokenKind::kString) {
      path.steps.emplace_back(inside.text);
    } else if (inside.kind == TokenKind::kInt && inside.integer <= kLargestIndex) {
      path.steps.emplace_back(static_cast<std::uint32_t>(inside.integer));
    } else {
      return unexpected("[index] or [\"name\"]");
    }
    ++at_;
    if (!take("]")) {
      return unexpected("']'");
    }
    return {};
  }

  Result primary() {
    const Token token = peek();
    switch (token.kind) {
      case TokenKind::kInt:
        if (token.is_unsigned) {
          return constant(token, Value::of_unsigned(token.integer));
        }
        if (token.integer == kLargestMagnitude) {
          return error_at(token.column, "the number " + std::to_string(token.integer) + " is too large");
        }
        return constant(token, Value::of_int(static_cast<std::int64_t>(token.integer)));
      case TokenKind::kDouble:
        return constant(token, Value::of_double(token.number));
      case TokenKind::kString:
        return text(token);
      case TokenKind::kName:
        return name(token);
      default:
        break;
    }
    if (is("[") && peek(1).kind == TokenKind::kString) {
      NodePtr field = make_node(Op::kField, token.column, "", {});
      const Expected<void> step = path_step(field->path);
      if (!step) {
        return step.error();
      }
      return field;
    }
    if (!take("(")) {
      return unexpected("a value, a field or a function");
    }
    Result inner = conditional();
    if (inner && !take(")")) {
      return unexpected("')'");
    }
    return inner;
  }

  Result constant(const Token& token, Value value) {
    ++at_;
    NodePtr node = make_node(Op::kConstant, token.column, "", {});
    node->constant = value;
    return node;
  }

  Result text(const Token& token) {
    Result node = constant(token, Value());
    (*node)->text = token.text;
    (*node)->constant = Value::of_string((*node)->text);
    return node;
  }

  Result name(const Token& token) {
    if (token.text == "true" || token.text == "false") {
      return constant(token, Value::of_bool(token.text == "true"));
    }
    if (token.text == "null") {
      return constant(token, Value::null());
    }
    if (token.text == "in") {
      return unexpected("a value, a field or a function");
    }
    if (is("(", 1)) {
      return call(nullptr);
    }
    ++at_;
    NodePtr field = make_node(Op::kField, token.column, "", {});
    field->path.steps.emplace_back(token.text);
    return field;
  }

  // f(a, b), or with `receiver` a.f(b), which means the same. bind() checks the name.
  Result call(NodePtr receiver) {
    const Token function = peek();
    if (++operations_ > kMostOperations) {
      return error_at(function.column, "more than 256 operators and functions");
    }
    at_ += 2;
    NodePtr node = make_node(Op::kCall, function.column, function.text, {});
    if (receiver != nullptr) {
      node->args.push_back(std::move(receiver));
    }
    return list(std::move(node), &Parser::conditional, ")");
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
  int operations_ = 0;
};

}  // namespace

Expected<std::unique_ptr<Node>> parse(std::string_view text) {
  Expected<std::vector<Token>> tokens = tokenize(text);
  if (!tokens) {
    return tokens.error();
  }
  return Parser(std::move(*tokens)).run();
}

}  // namespace leeway::expr
