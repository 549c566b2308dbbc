// The tokens of an expression. Used by the parser only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"

namespace leeway::expr {

enum class TokenKind : std::uint8_t { kEnd, kInt, kDouble, kString, kName, kSymbol };

// Of a literal, which only after '-' is an int.
inline constexpr std::uint64_t kLargestMagnitude = std::uint64_t{1} << 63;

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text{};         // a name or symbol as written, or a string without quotes and escapes
  std::uint64_t integer = 0;  // up to kLargestMagnitude, unless is_unsigned
  bool is_unsigned = false;   // "5u"
  double number = 0;
  std::uint32_t column = 1;  // of its first byte
};

// Ends with a kEnd token. Error: kConfiguration with the column.
Expected<std::vector<Token>> tokenize(std::string_view text);

Error error_at(std::uint32_t column, std::string message);

}  // namespace leeway::expr
