#include "agent/expressions/expression_parser.h"

#include <algorithm>
#include <array>
#include <limits>

#include "agent/expressions/expression_functions.h"
#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/token_cursor.h"

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
    if (tokens_.peek().kind == TokenKind::kEnd) {
      return error_at(1, "the expression is empty");
    }
    Result result = conditional();
    if (result && tokens_.peek().kind != TokenKind::kEnd) {
      return tokens_.unexpected("an operator or the end");
    }
    return result;
  }

 private:
  Result conditional() {
    if (depth_ == kDeepestNesting) {
      return error_at(tokens_.peek().column, "nested more than 64 levels deep");
    }
    ++depth_;
    Result result = conditional_here();
    --depth_;
    return result;
  }

  Result conditional_here() {
    Result condition = binary(0);
    if (!condition || !tokens_.is("?")) {
      return condition;
    }
    const std::uint32_t column = tokens_.peek().column;
    tokens_.skip();
    Result yes = conditional();
    if (!yes) {
      return yes;
    }
    if (!tokens_.take(":")) {
      return tokens_.unexpected("':' and the value otherwise");
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
      const auto found = std::find_if(operators.begin(), operators.end(), [this](std::string_view symbol) {
        return !symbol.empty() && tokens_.is(symbol);
      });
      if (found == operators.end()) {
        return left;
      }
      const std::uint32_t column = tokens_.peek().column;
      if (++operations_ > kMostOperations) {
        return error_at(column, "more than 256 operators and functions");
      }
      tokens_.skip();
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
    if (tokens_.peek().kind == TokenKind::kName && tokens_.peek().text == "cidr" && tokens_.is("(", 1)) {
      NodePtr node = make_node(Op::kCall, column, "containsIP", {value.release()});
      tokens_.skip(2);
      return list(std::move(node), &Parser::conditional, ")");
    }
    if (tokens_.take("[")) {
      return list(make_node(Op::kIn, column, "in", {value.release()}), &Parser::unary, "]");
    }
    const bool constant = tokens_.peek(1).kind == TokenKind::kString || tokens_.peek(1).kind == TokenKind::kInt;
    if (tokens_.is("(") && constant && tokens_.is(",", 2)) {
      return error_at(tokens_.peek().column, "a list is in square brackets; write, for example, a in [\"x\", \"y\"]");
    }
    const bool alone = tokens_.peek().kind == TokenKind::kString || tokens_.peek().kind == TokenKind::kInt;
    if (alone || (tokens_.is("(") && constant && tokens_.is(")", 2))) {
      return error_at(tokens_.peek().column,
                      "a list is in square brackets, also of one value; write, for example, a in [\"x\"]");
    }
    Result container = binary(kAboveComparison);
    if (container) {
      container = make_node(Op::kBinary, column, "in", {value.release(), container->release()});
    }
    return container;
  }

  // The comma-separated operands up to `end`, as further arguments of the node.
  Result list(NodePtr node, Result (Parser::*element)(), std::string_view end) {
    while (!tokens_.take(end)) {
      // The first argument in brackets is a field: route(["http.path"]).
      if (has_syntax(*node, FunctionRule::Syntax::kList) && !node->args.empty() && end == ")" && tokens_.take("[")) {
        Result elements = list(std::move(node), element, "]");
        if (!elements) {
          return elements;
        }
        node = std::move(*elements);
        if (!tokens_.take(",") && !tokens_.is(end)) {
          return tokens_.unexpected("',' or '" + std::string(end) + "'");
        }
        continue;
      }
      Result argument = (this->*element)();
      if (!argument) {
        return argument;
      }
      node->args.push_back(std::move(*argument));
      if (!tokens_.take(",") && !tokens_.is(end)) {
        return tokens_.unexpected("',' or '" + std::string(end) + "'");
      }
    }
    return node;
  }

  Result unary() {
    if (!tokens_.is("!") && !tokens_.is("-")) {
      return postfix();
    }
    if (depth_ == kDeepestNesting) {
      return error_at(tokens_.peek().column, "nested more than 64 levels deep");
    }
    const Token sign = tokens_.peek();
    tokens_.skip();
    if (sign.text == "-" && tokens_.peek().kind == TokenKind::kInt && tokens_.peek().integer == kLargestMagnitude &&
        !tokens_.peek().is_unsigned) {
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
      const bool method = tokens_.is(".") && tokens_.peek(1).kind == TokenKind::kName && tokens_.is("(", 2);
      if (method) {
        tokens_.skip();
        result = call(std::move(*result));
      } else if (takes_items(**result) && (tokens_.is(".") || tokens_.is("["))) {
        result = item(std::move(*result));
      } else if (takes_path(**result) && (tokens_.is(".") || tokens_.is("["))) {
        (*result)->optional |= tokens_.is("?", 1);
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
    const bool constant = tokens_.peek(1).kind == TokenKind::kInt || tokens_.peek(1).kind == TokenKind::kString;
    const bool computed = tokens_.is("[") && !tokens_.is("?", 1) && !(constant && tokens_.is("]", 2));
    return (node.op == Op::kBinary && node.name == "[]") || (field && computed);
  }

  // ".name" or "[index]" of a value.
  Result item(NodePtr container) {
    const Token step = tokens_.next();
    if (step.text == "." && tokens_.peek().kind != TokenKind::kName) {
      return tokens_.unexpected("the name of a field");
    }
    if (++operations_ > kMostOperations) {
      return error_at(step.column, "more than 256 operators and functions");
    }
    Result key = step.text == "." ? text(tokens_.peek()) : conditional();
    if (!key) {
      return key;
    }
    if (step.text == "[" && !tokens_.take("]")) {
      return tokens_.unexpected("']'");
    }
    return make_node(Op::kBinary, step.column, "[]", {container.release(), key->release()});
  }

  // ".name", "[0]" or ["name"], with '?' before the name or index.
  Expected<void> path_step(FieldPath& path) {
    if (tokens_.take(".")) {
      tokens_.take("?");
      if (tokens_.peek().kind != TokenKind::kName) {
        return tokens_.unexpected("the name of a field");
      }
      path.steps.emplace_back(tokens_.next().text);
      return {};
    }
    tokens_.skip();
    tokens_.take("?");
    const Token& inside = tokens_.peek();
    if (inside.kind == TokenKind::kString) {
      path.steps.emplace_back(inside.text);
    } else if (inside.kind == TokenKind::kInt && inside.integer <= kLargestIndex) {
      path.steps.emplace_back(static_cast<std::uint32_t>(inside.integer));
    } else {
      return tokens_.unexpected("[index] or [\"name\"]");
    }
    tokens_.skip();
    if (!tokens_.take("]")) {
      return tokens_.unexpected("']'");
    }
    return {};
  }

  Result primary() {
    const Token token = tokens_.peek();
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
    if (tokens_.is("[") && tokens_.peek(1).kind == TokenKind::kString) {
      NodePtr field = make_node(Op::kField, token.column, "", {});
      const Expected<void> step = path_step(field->path);
      if (!step) {
        return step.error();
      }
      return field;
    }
    if (!tokens_.take("(")) {
      return tokens_.unexpected("a value, a field or a function");
    }
    Result inner = conditional();
    if (inner && !tokens_.take(")")) {
      return tokens_.unexpected("')'");
    }
    return inner;
  }

  Result constant(const Token& token, Value value) {
    tokens_.skip();
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
      return tokens_.unexpected("a value, a field or a function");
    }
    if (tokens_.is("(", 1)) {
      return call(nullptr);
    }
    tokens_.skip();
    NodePtr field = make_node(Op::kField, token.column, "", {});
    field->path.steps.emplace_back(token.text);
    return field;
  }

  // f(a, b), or with `receiver` a.f(b), which means the same. bind() checks the name.
  Result call(NodePtr receiver) {
    const Token function = tokens_.peek();
    if (++operations_ > kMostOperations) {
      return error_at(function.column, "more than 256 operators and functions");
    }
    tokens_.skip(2);
    NodePtr node = make_node(Op::kCall, function.column, function.text, {});
    if (receiver != nullptr) {
      node->args.push_back(std::move(receiver));
    }
    return list(std::move(node), &Parser::conditional, ")");
  }

  TokenCursor tokens_;
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
