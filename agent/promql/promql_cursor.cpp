#include "agent/promql/promql_cursor.h"

#include <algorithm>

#include "agent/core/ascii.h"

namespace leeway::promql {
namespace {

std::string shown(const Token& token) {
  if (token.kind == TokenKind::kEnd) {
    return "the end";
  }
  return token.kind == TokenKind::kString ? "a string" : "'" + token.text + "'";
}

}  // namespace

const Token& Cursor::token(std::size_t ahead) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }

bool Cursor::is_symbol(std::string_view symbol, std::size_t ahead) const {
  return token(ahead).kind == TokenKind::kSymbol && token(ahead).text == symbol;
}

bool Cursor::is_word(std::string_view word) const {
  return token().kind == TokenKind::kName && lower_case(token().text) == word;
}

bool Cursor::take_symbol(std::string_view symbol) {
  const bool there = is_symbol(symbol);
  at_ += there ? 1 : 0;
  return there;
}

bool Cursor::take_word(std::string_view word) {
  const bool there = is_word(word);
  at_ += there ? 1 : 0;
  return there;
}

Error Cursor::unexpected(const std::string& wanted) const {
  return error_at(token().offset, "expected " + wanted + ", found " + shown(token()));
}

Expected<void> Cursor::require(std::string_view symbol) {
  return take_symbol(symbol) ? Expected<void>() : unexpected("'" + std::string(symbol) + "'");
}

Expected<void> Cursor::read_labels(std::vector<std::string>& labels, std::vector<std::size_t>& offsets) {
  if (Expected<void> open = require("("); !open) {
    return open;
  }
  while (!take_symbol(")")) {
    if (token().kind != TokenKind::kName || token().text.find(':') != std::string::npos) {
      return unexpected("a label or ')'");
    }
    labels.push_back(token().text);
    offsets.push_back(token().offset);
    skip();
    if (!take_symbol(",") && !is_symbol(")")) {
      return unexpected("',' or ')'");
    }
  }
  return {};
}

Expected<Duration> Cursor::read_duration(const std::string& wanted) {
  const Token& found = token();
  if (found.kind == TokenKind::kVariable) {
    skip();
    return Duration{};
  }
  if (found.kind != TokenKind::kDuration) {
    return unexpected(wanted);
  }
  if (found.duration == Duration{}) {
    return error_at(found.offset, "the duration must be above 0");
  }
  skip();
  return found.duration;
}

}  // namespace leeway::promql
