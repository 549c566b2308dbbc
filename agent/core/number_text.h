// Numbers as decimal text: the only one that a number has, in labels, keys and string() of expressions, and in
// generated rules, messages and documents. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace leeway {

// Characters of the longest number.
inline constexpr std::size_t kLongestNumber = 32;

// The one text that a number has where text identifies it: in labels, keys and string() of expressions. Write the
// shortest that reads back as the number, at `out`, and return its end: without an exponent from 1e-6 up to 2^53, and
// as integers up to 2^64, so that 100000.0 is "100000" like 100000; 1e-07 and 1e+20 beyond. Zero has no sign.
char* write_number(double value, char* out);
char* write_number(std::int64_t value, char* out);
char* write_number(std::uint64_t value, char* out);
std::string plain_number(double value);

// The shortest decimal text that reads back as the number, in generated rules, messages and documents: 14.4, 2e+09.
std::string number_text(double value);
// Without the noise of binary arithmetic: rounded to 10 significant digits.
double without_noise(double value);

// The double nearest to the decimal number that is the whole of `text`; 0 where it is too small for a double. No value
// for anything else or where it is too large. Also reads inf and nan, which have no other form.
std::optional<double> read_double(std::string_view text);

}  // namespace leeway
