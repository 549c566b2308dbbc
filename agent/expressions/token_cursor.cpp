#include "agent/expressions/token_cursor.h"

#include <algorithm>

#include "agent/expressions/expression_functions.h"
#include "agent/expressions/expression_guesses.h"

namespace leeway::expr {
namespace {

const Guess* operator_guess(const Token& token) {
  const Guess* const guess = token.kind == TokenKind::kName ? find_guess(token.text) : nullptr;
  return guess == nullptr || is_function(*guess) ? nullptr : guess;
}

std::string name_of(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd:
      return "end of the expression";
    case TokenKind::kInt:
    case TokenKind::kDouble:
      return "a number";
    case TokenKind::kString:
      return "a string";
    default:
      return "'" + token.text + "'";
  }
}

}  // namespace

const Token& TokenCursor::peek(std::size_t ahead) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }

bool TokenCursor::is(std::string_view symbol, std::size_t ahead) const {
  const Token& token = peek(ahead);
  return (token.kind == TokenKind::kSymbol || (token.kind == TokenKind::kName && symbol == "in")) &&
         token.text == symbol;
}

bool TokenCursor::take(std::string_view symbol) {
  const bool found = is(symbol);
  at_ += found ? 1 : 0;
  return found;
}

// For a function that stands where an operator can be: msg contains "x".
std::string TokenCursor::method_advice() const {
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

Error TokenCursor::unexpected(const std::string& expected) const {
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
  return error_at(token.column, "unexpected " + name_of(token) + "; expected " + expected);
}

}  // namespace leeway::expr
