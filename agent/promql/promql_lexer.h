// The tokens of a PromQL expression. Used by the parser only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"

namespace leeway::promql {

enum class TokenKind : std::uint8_t { kEnd, kNumber, kDuration, kString, kName, kVariable, kSymbol };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text{};  // as written; for a string its value
  double number = 0;
  Duration duration{};
  std::size_t offset = 0;  // of its first byte
};

// Ends with a kEnd token. Words are names whether the grammar reserves them or not, except `inf` and `nan`, which are
// numbers outside braces. A kVariable is one of Grafana's: $name, ${name}, ${name:format}.
// Errors: kConfiguration, position.column counts bytes from 1 regardless of lines.
Expected<std::vector<Token>> tokenize(std::string_view text);

Error error_at(std::size_t offset, std::string message);

}  // namespace leeway::promql
