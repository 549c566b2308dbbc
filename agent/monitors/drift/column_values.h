// Which values of a column of a [[drift]] are numbers, categories, or absent. Used by DriftColumn.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "agent/core/value.h"

namespace leeway {

// Larger numbers, which stand for infinity or for nothing, such as the largest double, count as infinite: the squares
// of all others, and their sums, are doubles.
inline constexpr double kLargestNumber = 1e100;
inline bool is_usable(double number) { return std::abs(number) <= kLargestNumber; }  // not if it is NaN

// The number as in NumericValue; no value if it is not usable.
inline std::optional<double> finite_number(const Value& value) {
  if (!value.is_number() && !value.is_time()) {
    return std::nullopt;
  }
  const double number = value.is_number() ? value.as_double() : value.seconds();
  return is_usable(number) ? std::optional(number) : std::nullopt;
}

// Whether a text stands for no value: it is empty, as writers of tables that put nulls in quotes leave it, or NaN.
inline bool is_empty_text(const Value& value) {
  return value.length == 0 || (value.length == 3 && (value.text[0] | 0x20) == 'n' && (value.text[1] | 0x20) == 'a' &&
                               (value.text[2] | 0x20) == 'n');
}

inline bool is_category(const Value& value) {
  return value.kind == ValueKind::kBool || (value.kind == ValueKind::kString && !is_empty_text(value));
}

// Whether the record lacks the field, or the field that the column's expression needs.
inline bool is_absent(const Value& value) {
  return value.kind == ValueKind::kMissing ||
         (value.kind == ValueKind::kError && value.failure == Failure::kMissingField);
}

// Writes the usable numbers among the values to `out`, which has their size; returns how many. Adds to `absent`.
inline std::size_t finite_numbers(std::span<const Value> values, double* out, std::uint64_t& absent) {
  std::size_t size = 0;
  std::uint64_t missing = 0;
  for (const Value& value : values) {
    if (value.kind == ValueKind::kDouble && is_usable(value.number)) {
      out[size++] = value.number;
    } else if (const std::optional<double> number = finite_number(value)) {
      out[size++] = *number;
    } else {
      missing += is_absent(value) ? 1 : 0;
    }
  }
  absent += missing;
  return size;
}

}  // namespace leeway
