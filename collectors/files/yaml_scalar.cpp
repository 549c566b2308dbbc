#include <charconv>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>

#include "agent/core/ascii.h"
#include "collectors/decode/json_scalars.h"
#include "collectors/files/json_text.h"
#include "collectors/files/yaml_loader.h"

namespace leeway {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) {
      return true;
    }
  }
  return false;
}

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) {
    ++at;
  }
  return at;
}

// [0-9]+ | (\.[0-9]+ | [0-9]+(\.[0-9]*)?) ([eE][-+]?[0-9]+)?
bool is_decimal(std::string_view text) {
  const std::size_t whole = skip_digits(text, 0);
  std::size_t at = whole;
  if (at < text.size() && text[at] == '.') {
    at = skip_digits(text, at + 1);
    if (at == 1) {
      return false;
    }
  }
  if (at == 0) {
    return false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    at += at < text.size() && (text[at] == '+' || text[at] == '-') ? 1 : 0;
    const std::size_t end = skip_digits(text, at);
    return end > at && end == text.size();
  }
  return at == text.size();
}

template <typename Number, typename... Base>
bool convert(std::string_view text, Number& number, Base... base) {
  const std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), number, base...);
  return result.ec == std::errc() && result.ptr == text.data() + text.size() && !text.empty();
}

bool append_number(std::string_view text, std::string& out) {
  if (parse_json_number(text).kind != ValueKind::kMissing) {
    out += text;
    return true;
  }
  std::int64_t integer = 0;
  std::uint64_t natural = 0;
  const bool octal = text.starts_with("0o");
  if ((octal || text.starts_with("0x")) && text.size() > 2 && convert(text.substr(2), natural, octal ? 8 : 16)) {
    out += std::to_string(natural);
    return true;
  }
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
  if (is_one_of(digits, {".inf", ".Inf", ".INF"})) {
    append_json_double(negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity(),
                       out);
    return true;
  }
  if (!is_decimal(digits)) {
    return false;
  }
  const std::string signed_digits = (negative ? "-" : "") + std::string(digits);
  double number = 0;
  if (convert(signed_digits, integer)) {
    append_json_integer(integer, out);
  } else if (convert(signed_digits, natural)) {
    out += std::to_string(natural);
  } else if (convert(signed_digits, number)) {
    append_json_double(number, out);
  } else {
    return false;
  }
  return true;
}

}  // namespace

void append_yaml_scalar(const std::string& text, std::string& out) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) {
    out += "null";
  } else if (is_one_of(text, {"true", "True", "TRUE"})) {
    out += "true";
  } else if (is_one_of(text, {"false", "False", "FALSE"})) {
    out += "false";
  } else if (is_one_of(text, {".nan", ".NaN", ".NAN"})) {
    out += "NaN";
  } else if (!append_number(text, out)) {
    append_json_string(text, out);
  }
}

}  // namespace leeway
