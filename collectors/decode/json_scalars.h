// Numbers and strings of JSON as values. Pure functions, used by json_decoder.
#pragma once

#include <optional>
#include <string_view>

#include "agent/core/value.h"

namespace leeway {

// The number that `token` spells by JSON's grammar: kInt where it is written as an integer that fits into 64 signed
// bits, else the nearest kDouble (a magnitude below the smallest is 0). A magnitude that no double holds is an error
// value (kConversion). Missing where the token is no JSON number.
Value parse_json_number(std::string_view token);

enum class EscapeResult : std::uint8_t { kOk, kLoneSurrogate, kInvalid };

// Resolves the escapes of `raw` (a string without its quotes) into `out`, which holds at least raw.size() bytes, and
// sets `size`. Half a surrogate pair becomes U+FFFD (kLoneSurrogate).
EscapeResult unescape_json(std::string_view raw, char* out, std::size_t& size);

}  // namespace leeway
