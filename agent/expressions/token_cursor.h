// The place of the parser among the tokens of an expression, and what it says of a token that cannot be there. Used by
// the parser only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/expressions/expression_lexer.h"

namespace leeway::expr {

class TokenCursor {
 public:
  // As tokenize() returns them.
  explicit TokenCursor(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  // The last one, kEnd, also beyond the end.
  const Token& peek(std::size_t ahead = 0) const;
  // Whether it is this symbol, or the operator "in".
  bool is(std::string_view symbol, std::size_t ahead = 0) const;
  // Goes past the symbol if it is the next token.
  bool take(std::string_view symbol);
  void skip(std::size_t count = 1) { at_ += count; }
  const Token& next() { return tokens_[at_++]; }  // not at the end

  // An error at the next token: what to write instead of it where it is known from another language.
  Error unexpected(const std::string& expected) const;

 private:
  std::string method_advice() const;

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace leeway::expr
