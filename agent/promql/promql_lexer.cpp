#include "agent/promql/promql_lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "agent/core/ascii.h"
#include "agent/core/utf8.h"
#include "agent/promql/promql_string.h"

namespace leeway::promql {
namespace {

constexpr std::array<std::string_view, 6> kTwoCharacterSymbols = {"==", "!=", "<=", ">=", "=~", "!~"};
constexpr std::string_view kOneCharacterSymbols = "<>=+-*/%^()[]{},:@";

bool starts_word(char c) { return is_letter(c) || c == '_'; }
bool is_word(char c) { return is_digit(c) || starts_word(c); }

// "5m", "1h30m": units in descending order, each once. No value for anything else or beyond Go's int64 nanoseconds.
std::optional<Duration> read_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
  };
  constexpr std::int64_t kDay = 24 * 60 * 60 * 1000LL;
  constexpr std::array<Unit, 7> kUnits = {
      {{"y", 365 * kDay}, {"w", 7 * kDay}, {"d", kDay}, {"h", kDay / 24}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1'000'000;
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || text.front() == '-') {
      return std::nullopt;
    }
    text.remove_prefix(digits);
    const std::string_view name =
        text.substr(0, static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_digit) - text.begin()));
    const auto* const unit =
        std::find_if(kUnits.begin() + next_unit, kUnits.end(), [&](const Unit& u) { return u.name == name; });
    if (unit == kUnits.end() || count > (kMost - total) / unit->milliseconds) {
      return std::nullopt;
    }
    total += count * unit->milliseconds;
    next_unit = static_cast<std::size_t>(unit - kUnits.begin()) + 1;
    text.remove_prefix(name.size());
  }
  return std::chrono::milliseconds(total);
}

// Like Go's ParseInt with base 0, then ParseFloat: 017 is fifteen, 08 is eight.
std::optional<double> read_number(std::string_view text) {
  const char* const end = text.data() + text.size();
  const auto integer = [&](std::size_t prefix, int base) -> std::optional<double> {
    std::int64_t value = 0;
    const auto [at, error] = std::from_chars(text.data() + prefix, end, value, base);
    return error == std::errc() && at == end ? std::optional<double>(static_cast<double>(value)) : std::nullopt;
  };
  if (lower_case(text.substr(0, 2)) == "0x") {
    return integer(2, 16);
  }
  if (text.size() > 1 && text.front() == '0') {
    if (const std::optional<double> octal = integer(1, 8)) {
      return octal;
    }
  }
  double value = 0;
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end ? std::optional<double>(value) : std::nullopt;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Expected<std::vector<Token>> run() {
    std::vector<Token> tokens;
    while (true) {
      skip_spaces();
      Token token;
      token.offset = at_;
      if (at_ < text_.size()) {
        if (const Expected<void> read = read_token(token); !read) {
          return read.error();
        }
      }
      tokens.push_back(std::move(token));
      if (tokens.back().kind == TokenKind::kEnd) {
        return tokens;
      }
    }
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void skip_spaces() {
    while (at_ < text_.size()) {
      if (peek() == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (std::string_view(" \t\r\n").find(peek()) != std::string_view::npos) {
        ++at_;
      } else {
        return;
      }
    }
  }

  Expected<void> read_token(Token& token) {
    const char c = peek();
    if (c == '"' || c == '\'' || c == '`') {
      return read_string(token);
    }
    if (starts_word(c) || (c == ':' && !in_braces_ && !in_brackets_)) {
      read_name(token);
      return {};
    }
    if (c == '$') {
      return read_variable(token);
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      return read_number_or_duration(token);
    }
    return read_symbol(token);
  }

  Expected<void> read_symbol(Token& token) {
    token.kind = TokenKind::kSymbol;
    const std::string_view two = text_.substr(at_, 2);
    if (std::find(kTwoCharacterSymbols.begin(), kTwoCharacterSymbols.end(), two) != kTwoCharacterSymbols.end()) {
      token.text = two;
    } else if (kOneCharacterSymbols.find(peek()) != std::string_view::npos) {
      token.text = text_.substr(at_, 1);
    } else {
      return error_at(at_, "unexpected " + shown_character());
    }
    at_ += token.text.size();
    const char c = token.text.front();
    in_braces_ = c == '{' || (in_braces_ && c != '}');
    in_brackets_ = c == '[' || (in_brackets_ && c != ']');
    return {};
  }

  std::string shown_character() const {
    constexpr std::string_view kHex = "0123456789abcdef";
    const Utf8Sequence sequence = utf8_sequence(text_.substr(at_));
    const auto byte = static_cast<unsigned char>(peek());
    if (!sequence.valid || byte < 0x20 || byte == 0x7F) {
      return std::string("byte 0x") + kHex[byte >> 4U] + kHex[byte & 0xFU];
    }
    return "character '" + std::string(text_.substr(at_, sequence.length)) + "'";
  }

  void read_name(Token& token) {
    token.kind = TokenKind::kName;
    while (is_word(peek()) || (peek() == ':' && !in_braces_ && !in_brackets_)) {
      token.text += text_[at_++];
    }
    const std::string word = in_braces_ ? "" : lower_case(token.text);
    if (word == "inf" || word == "nan") {
      token.kind = TokenKind::kNumber;
      token.number = word == "inf" ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    }
  }

  Expected<void> read_variable(Token& token) {
    token.kind = TokenKind::kVariable;
    std::size_t end = at_ + 1;
    if (peek(1) == '{') {
      const std::size_t brace = text_.find('}', at_);
      if (brace == std::string_view::npos) {
        return error_at(at_, "expected '}' at the end of the variable");
      }
      end = brace + 1;
    } else {
      while (end < text_.size() && is_word(text_[end])) {
        ++end;
      }
    }
    if (!starts_word(peek(peek(1) == '{' ? 2 : 1))) {
      return error_at(at_, "expected the name of a variable after '$'");
    }
    token.text = text_.substr(at_, end - at_);
    at_ = end;
    return {};
  }

  Expected<void> read_number_or_duration(Token& token) {
    std::size_t end = at_;
    while (end < text_.size()) {
      const char last = end > at_ ? to_lower(text_[end - 1]) : '0';
      const bool sign =
          (text_[end] == '+' || text_[end] == '-') && last == 'e' && lower_case(text_.substr(at_, 2)) != "0x";
      if (!is_word(text_[end]) && text_[end] != '.' && !sign) {
        break;
      }
      ++end;
    }
    token.text = text_.substr(at_, end - at_);
    if (const std::optional<double> number = read_number(token.text)) {
      token.kind = TokenKind::kNumber;
      token.number = *number;
    } else if (const std::optional<Duration> duration = read_duration(token.text)) {
      token.kind = TokenKind::kDuration;
      token.duration = *duration;
    } else {
      return error_at(at_, "'" + token.text + "' is neither a number nor a duration such as 5m");
    }
    at_ = end;
    return {};
  }

  Expected<void> read_string(Token& token) {
    token.kind = TokenKind::kString;
    const char quote = peek();
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote) {
      if (text_[end] == '\n' && quote != '`') {
        break;
      }
      const Utf8Sequence sequence = utf8_sequence(text_.substr(end));
      if (!sequence.valid) {
        return error_at(end, "the string is not valid UTF-8");
      }
      end += text_[end] == '\\' && quote != '`' ? 2 : sequence.length;
    }
    if (end >= text_.size() || text_[end] != quote) {
      return error_at(at_, std::string("expected ") + quote + " at the end of the string");
    }
    const std::string_view inside = text_.substr(at_ + 1, end - at_ - 1);
    const std::optional<std::string> value =
        quote == '`' ? std::optional<std::string>(inside) : unescape(inside, quote);
    if (!value) {
      return error_at(at_, "the string has an invalid escape; expected \\\\, \\n, \\x41 or another escape of Go");
    }
    token.text = *value;
    at_ = end + 1;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool in_braces_ = false;
  bool in_brackets_ = false;
};

}  // namespace

Expected<std::vector<Token>> tokenize(std::string_view text) { return Lexer(text).run(); }

Error error_at(std::size_t offset, std::string message) {
  return Error{ErrorCode::kConfiguration, std::move(message), {"", 0, static_cast<std::uint32_t>(offset + 1)}};
}

}  // namespace leeway::promql
