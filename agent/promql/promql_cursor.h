// A position in the tokens of an expression, and reads that do not depend on the grammar around it. Used by
// the parser only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/promql/promql_lexer.h"

namespace leeway::promql {

class Cursor {
 public:
  // `tokens` ends with a kEnd token, which the cursor never passes.
  explicit Cursor(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  const Token& token(std::size_t ahead = 0) const;
  void skip(std::size_t count = 1) { at_ += count; }

  bool is_symbol(std::string_view symbol, std::size_t ahead = 0) const;
  // `word` in lower case.
  bool is_word(std::string_view word) const;
  // Whether it is the current token; it is then skipped.
  bool take_symbol(std::string_view symbol);
  bool take_word(std::string_view word);

  // "expected `wanted`, found ..." at the cursor.
  Error unexpected(const std::string& wanted) const;
  Expected<void> require(std::string_view symbol);
  // "(a, b)", also with a trailing comma.
  Expected<void> read_labels(std::vector<std::string>& labels, std::vector<std::size_t>& offsets);
  // Above 0; 0 for one of Grafana's variables.
  Expected<Duration> read_duration(const std::string& wanted);

 private:
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace leeway::promql
