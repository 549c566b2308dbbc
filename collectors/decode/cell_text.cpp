#include "collectors/decode/cell_text.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "agent/core/ascii.h"
#include "agent/core/utf8.h"
#include "collectors/decode/json_scalars.h"

namespace leeway {
namespace {

constexpr std::size_t kLongestNumber = 64;  // characters of a number with grouped digits
constexpr std::size_t kGroup = 3;           // digits of a group

std::size_t leading_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// "-1,234,567.8" without its separators, in `out`. Empty unless every group except the first has three digits.
std::string_view ungroup(std::string_view text, char separator, std::array<char, kLongestNumber>& out) {
  if (text.size() > out.size()) {
    return {};
  }
  std::size_t size = 0;
  const auto take = [&](std::size_t count) {
    std::copy_n(text.begin(), count, out.begin() + size);
    size += count;
    text.remove_prefix(count);
  };
  take(text.front() == '-' ? 1 : 0);
  const std::size_t first = leading_digits(text);
  if (first == 0 || first > kGroup) {
    return {};
  }
  take(first);
  while (!text.empty() && text.front() == separator) {
    text.remove_prefix(1);
    if (leading_digits(text) != kGroup) {
      return {};
    }
    take(kGroup);
  }
  if (text.find(separator) != std::string_view::npos) {
    return {};
  }
  take(text.size());
  return {out.data(), size};
}

// A number as JSON writes it, in `out` where that differs from the text. Empty if its digits are grouped wrongly.
std::string_view plain_digits(std::string_view text, const CellOptions& options,
                              std::array<char, kLongestNumber>& out) {
  if (options.thousands != '\0' && text.find(options.thousands) != std::string_view::npos) {
    text = ungroup(text, options.thousands, out);
  }
  const std::size_t point = options.decimal == '\0' ? std::string_view::npos : text.find(options.decimal);
  if (point == std::string_view::npos || text.size() > out.size()) {
    return text;
  }
  if (text.data() != out.data()) {
    std::copy(text.begin(), text.end(), out.begin());
  }
  out[point] = '.';
  return {out.data(), text.size()};
}

}  // namespace

// Eight characters at a time.
bool is_ascii(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080'8080'8080'8080U;
  std::uint64_t bits = 0;
  std::uint64_t word = 0;
  while (text.size() >= sizeof(word)) {
    std::memcpy(&word, text.data(), sizeof(word));
    bits |= word;
    text.remove_prefix(sizeof(word));
  }
  for (const char c : text) {
    bits |= static_cast<unsigned char>(c);
  }
  return (bits & kHighBits) == 0;
}

Value text_value(std::string_view text, RecordBatch& batch, DecodeCounts& counts) {
  if (is_ascii(text)) {
    return Value::of_string(text);
  }
  char* const memory = batch.allocate(repaired_capacity(text.size()));
  const std::string_view repaired(memory, repair_utf8(text, memory));
  if (repaired != text) {
    ++counts.anomalies["invalid_utf8"];
  }
  return Value::of_string(repaired);
}

Value cell_value(std::string_view text, const CellOptions& options, RecordBatch& batch, DecodeCounts& counts) {
  if (text.empty() || options.nulls.contains(text)) {
    return Value::null();
  }
  if (is_digit(text.front()) || text.front() == '-') {
    std::array<char, kLongestNumber> memory;
    const Value number = parse_json_number(plain_digits(text, options, memory));
    if (number.kind == ValueKind::kError) {
      ++counts.anomalies["number_out_of_range"];
    }
    if (number.kind != ValueKind::kMissing) {
      return number;
    }
  }
  return text_value(text, batch, counts);
}

}  // namespace leeway
