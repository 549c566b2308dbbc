#include "agent/expressions/expression_lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "agent/core/ascii.h"
#include "agent/core/number_text.h"
#include "agent/core/utf8.h"
#include "agent/expressions/expression_guesses.h"

namespace leeway::expr {
namespace {

constexpr std::array<std::string_view, 6> kTwoCharacterSymbols = {"==", "!=", "<=", ">=", "&&", "||"};
constexpr std::string_view kOneCharacterSymbols = "<>!+-*/%?:()[],.";

bool is_hexadecimal(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }
bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Expected<std::vector<Token>> run() {
    std::vector<Token> tokens;
    while (true) {
      skip_blanks();
      Token token;
      token.column = column();
      if (at_ == text_.size()) {
        tokens.push_back(std::move(token));
        return tokens;
      }
      if (const Expected<void> read = read_token(token); !read) {
        return read.error();
      }
      tokens.push_back(std::move(token));
    }
  }

 private:
  std::uint32_t column() const { return static_cast<std::uint32_t>(at_ + 1); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  // And comments, from "//" to the end of the line.
  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_.substr(at_).starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (std::string_view(" \t\r\n\f").find(text_[at_]) == std::string_view::npos) {
        return;
      } else {
        ++at_;
      }
    }
  }

  Expected<void> read_token(Token& token) {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      return read_number(token);
    }
    if (c == 'r' && (peek(1) == '"' || peek(1) == '\'')) {
      ++at_;
      return read_string(token, true);
    }
    if (c == '"' || c == '\'') {
      return read_string(token, false);
    }
    if (is_word(c)) {
      token.kind = TokenKind::kName;
      while (is_word(peek())) {
        token.text += text_[at_++];
      }
      return {};
    }
    return read_symbol(token);
  }

  Expected<void> read_symbol(Token& token) {
    token.kind = TokenKind::kSymbol;
    if (const Expected<void> guessed = refuse_guess(); !guessed) {
      return guessed.error();
    }
    const std::string_view two = text_.substr(at_, 2);
    for (const std::string_view symbol : kTwoCharacterSymbols) {
      if (two == symbol) {
        token.text = symbol;
        at_ += 2;
        return {};
      }
    }
    if (kOneCharacterSymbols.find(peek()) != std::string_view::npos) {
      token.text = peek();
      ++at_;
      return {};
    }
    return unexpected_character();
  }

  // Operators of other languages that begin like one of ours, and prefixes of fields.
  Expected<void> refuse_guess() const {
    for (const std::string_view symbol : {"===", "!==", "=~", "!~", "??", "<>"}) {
      if (text_.substr(at_).starts_with(symbol)) {
        return error_at(column(), advice(*find_guess(symbol)));
      }
    }
    if (peek() == '?' && peek(1) == '.' && is_word(peek(2)) && !is_digit(peek(2))) {
      return error_at(column(), advice(*find_guess("?.")));
    }
    for (const std::string_view prefix : {"$.", "$", "@"}) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with(prefix) && rest.size() > prefix.size() && is_word(rest[prefix.size()])) {
        const std::string_view name = rest.substr(prefix.size());
        const auto end = std::find_if_not(name.begin(), name.end(), is_word);
        return error_at(column(), field_advice(prefix, {name.begin(), end}));
      }
    }
    return {};
  }

  Error unexpected_character() const {
    const std::string_view rest = text_.substr(at_);
    const Utf8Sequence sequence = utf8_sequence(rest);
    const std::string character(rest.substr(0, sequence.length));
    const Guess* const guess = find_guess(character);
    return error_at(column(), guess != nullptr ? advice(*guess) : "unexpected character '" + character + "'");
  }

  Expected<void> read_number(Token& token) {
    const std::size_t begin = at_;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      return read_hexadecimal(token);
    }
    bool integral = true;
    while (is_digit(peek())) {
      ++at_;
    }
    if (peek() == '.' && is_digit(peek(1))) {
      integral = false;
      ++at_;
      while (is_digit(peek())) {
        ++at_;
      }
    }
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
      integral = false;
      at_ += 1 + sign;
      while (is_digit(peek())) {
        ++at_;
      }
    }
    const std::string_view digits = text_.substr(begin, at_ - begin);
    if (const bool fits = integral ? read_integer(digits, token) : read_real(digits, token); !fits) {
      return error_at(token.column, "the number " + std::string(digits) + " is too large");
    }
    return refuse_letters(token, digits);
  }

  // Letters that follow a number at once, as of a unit.
  Expected<void> refuse_letters(const Token& token, std::string_view digits) const {
    const std::string_view rest = text_.substr(at_);
    const auto end = std::find_if_not(rest.begin(), rest.end(), [](char c) { return is_word(c) || (c & 0x80) != 0; });
    const std::string_view letters(rest.begin(), end);
    if (const std::string unit = unit_advice(digits, letters); !letters.empty() && !unit.empty()) {
      return error_at(token.column, unit);
    }
    if (!letters.empty() && is_word(letters.front())) {
      return error_at(column(), "a number runs into a name; expected an operator or a space between them");
    }
    return {};
  }

  Expected<void> read_hexadecimal(Token& token) {
    at_ += 2;
    const std::string_view rest = text_.substr(at_);
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_hexadecimal);
    const std::string_view digits(rest.begin(), end);
    at_ += digits.size();
    if (digits.empty()) {
      return error_at(token.column, "a number that begins with 0x has hexadecimal digits, as in 0xff");
    }
    if (!read_integer(digits, token, 16)) {
      return error_at(token.column, "the number 0x" + std::string(digits) + " is too large");
    }
    return refuse_letters(token, digits);
  }

  // With 'u' after it, up to 2^64 - 1.
  bool read_integer(std::string_view digits, Token& token, int base = 10) {
    token.kind = TokenKind::kInt;
    const std::from_chars_result result =
        std::from_chars(digits.data(), digits.data() + digits.size(), token.integer, base);
    token.is_unsigned = (peek() == 'u' || peek() == 'U') && !is_word(peek(1));
    at_ += token.is_unsigned ? 1 : 0;
    return result.ec == std::errc() && (token.is_unsigned || token.integer <= kLargestMagnitude);
  }

  static bool read_real(std::string_view digits, Token& token) {
    token.kind = TokenKind::kDouble;
    const std::optional<double> number = read_double(digits);
    token.number = number.value_or(0);
    return number.has_value();
  }

  Expected<void> read_string(Token& token, bool raw) {
    token.kind = TokenKind::kString;
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] != '\\' || raw) {
        token.text += text_[at_++];
        continue;
      }
      if (const Expected<void> read = read_escape(token.text); !read) {
        return read.error();
      }
    }
    if (at_ == text_.size()) {
      return error_at(token.column, std::string("the string has no end; expected a closing ") + quote);
    }
    ++at_;
    return {};
  }

  Expected<void> read_escape(std::string& out) {
    const std::uint32_t start = column();
    ++at_;
    const char c = peek();
    constexpr std::string_view kFrom = "nrtabfv\\\"'?`";
    constexpr std::string_view kTo = "\n\r\t\a\b\f\v\\\"'?`";
    if (const std::size_t simple = kFrom.find(c); c != '\0' && simple != std::string_view::npos) {
      out += kTo[simple];
      ++at_;
      return {};
    }
    const bool octal = c >= '0' && c <= '3';
    at_ += octal ? 0 : 1;
    const std::size_t digits = octal ? 3 : c == 'x' || c == 'X' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    const std::string_view number = text_.substr(std::min(at_, text_.size()), digits);
    std::uint32_t code = 0;
    const std::from_chars_result result =
        std::from_chars(number.data(), number.data() + number.size(), code, octal ? 8 : 16);
    const bool complete = digits > 0 && number.size() == digits && result.ptr == number.data() + digits;
    constexpr std::uint32_t kLastCodePoint = 0x10FFFF;
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (!complete || surrogate || code > kLastCodePoint) {
      return error_at(start,
                      "unknown escape; expected one of \\n \\t \\r \\\\ \\\" \\' \\xHH \\uHHHH \\ooo, or a raw string "
                      "r\"...\"");
    }
    at_ += digits;
    append_utf8(out, code);
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Expected<std::vector<Token>> tokenize(std::string_view text) { return Lexer(text).run(); }

Error error_at(std::uint32_t column, std::string message) {
  return {ErrorCode::kConfiguration, std::move(message), {"", 1, column}};
}

}  // namespace leeway::expr
