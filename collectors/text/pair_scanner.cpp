#include "collectors/text/pair_scanner.h"

#include <cstring>

#include "collectors/text/escapes.h"

namespace leeway {
namespace {

bool is_separator(char c) { return static_cast<unsigned char>(c) <= ' '; }

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

const char* PairScanner::separator_from(const char* at) const {
  while (at != end_ && !is_separator(*at)) {
    ++at;
  }
  return at;
}

bool PairScanner::next(ScannedPair& pair) {
  while (at_ != end_ && is_separator(*at_)) {
    ++at_;
  }
  if (at_ == end_) {
    return false;
  }
  pair.escaped_key = false;
  if (*at_ == '"' && take_quoted_key(pair)) {
    take_value(pair);
    return true;
  }
  const char* const begin = at_;
  const char* at = at_;
  while (at != end_ && !is_separator(*at) && *at != '=' && *at != '"') {
    ++at;
  }
  if (at != begin && at != end_ && *at == '=') {
    pair.key = between(begin, at);
    at_ = at + 1;
    take_value(pair);
    return true;
  }
  at_ = separator_from(at);
  pair.kind = ScannedPair::Kind::kWord;
  pair.key = between(begin, at_);
  return true;
}

bool PairScanner::take_quoted_key(ScannedPair& pair) {
  const char* const close = find_closing_quote(at_ + 1, end_);
  if (close == nullptr || close + 1 == end_ || close[1] != '=') {
    return false;
  }
  pair.key = between(at_ + 1, close);
  pair.escaped_key = pair.key.find('\\') != std::string_view::npos;
  at_ = close + 2;
  return true;
}

const char* PairScanner::closing_quote() const {
  if (at_ == end_ || (*at_ != '"' && (*at_ != '\'' || quotes_ == PairQuotes::kDouble))) {
    return nullptr;
  }
  const auto left = static_cast<std::size_t>(end_ - at_ - 1);
  const auto* const close =
      *at_ == '"' ? find_closing_quote(at_ + 1, end_) : static_cast<const char*>(std::memchr(at_ + 1, '\'', left));
  return close != nullptr && (close + 1 == end_ || is_separator(close[1])) ? close : nullptr;
}

void PairScanner::take_value(ScannedPair& pair) {
  if (const char* const close = closing_quote(); close != nullptr) {
    pair.kind = ScannedPair::Kind::kQuoted;
    pair.value = between(at_ + 1, close);
    at_ = close + 1;
    return;
  }
  pair.kind = ScannedPair::Kind::kBare;
  const char* const begin = at_;
  at_ = separator_from(at_);
  pair.value = between(begin, at_);
}

}  // namespace leeway
