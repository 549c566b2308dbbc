// Words of other languages that users try first, and what to write instead. Used by the lexer, the parser and the
// binder for their messages.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace leeway::expr {

struct Guess {
  std::string_view word;   // as it is found in the text: an operator, a function, or what stands before a name
  std::string_view wrong;  // an expression with it, which is refused
  std::string_view right;  // the expression to write instead
  std::string_view why{};  // "" where `right` says enough
};

std::span<const Guess> guesses();
// Null if nobody is known to try it.
const Guess* find_guess(std::string_view word);

bool is_function(const Guess& guess);

// "there is no 'and'; write, for example, a > 1 && b > 1".
std::string advice(const Guess& guess);
// For a name that follows '.', '$', '$.' or '@'.
std::string field_advice(std::string_view prefix, std::string_view name);
// For a number that runs into letters, which may be the unit of a duration or size; "" for other letters.
std::string unit_advice(std::string_view number, std::string_view letters);

}  // namespace leeway::expr
