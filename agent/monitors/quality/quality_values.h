// Reads and hashes values for the checks of [[quality]]. Used by its files.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "agent/core/clock.h"
#include "agent/core/state_io.h"
#include "agent/core/value.h"

namespace leeway {

// Missing or null, or the result of such a value in an expression.
inline bool is_absent(const Value& value) {
  return value.kind == ValueKind::kMissing || value.kind == ValueKind::kNull ||
         (value.kind == ValueKind::kError &&
          (value.failure == Failure::kMissingField || value.failure == Failure::kNullField));
}

// Of a field that is there, or of an expression with such a field.
inline bool is_null(const Value& value) {
  return value.kind == ValueKind::kNull || (value.kind == ValueKind::kError && value.failure == Failure::kNullField);
}

// Also a duration or a time, in seconds; may be NaN or infinite.
inline std::optional<double> number_of(const Value& value) {
  return value.is_number() ? std::optional(value.as_double())
         : value.is_time() ? std::optional(value.seconds())
                           : std::nullopt;
}

inline std::optional<double> finite_number_of(const Value& value) {
  const std::optional<double> number = number_of(value);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

inline void save_optional(const std::optional<double>& number, StateWriter& out) {
  out.u8(number ? 1 : 0);
  if (number) {
    out.f64(*number);
  }
}
inline std::optional<double> load_optional(StateReader& in) {
  return in.u8() != 0 ? std::optional(in.f64()) : std::nullopt;
}

// Equal values have equal hashes, also 3 and 3.0, and all NaN; none if the value is absent, or not a text, number,
// boolean or time.
std::optional<std::uint64_t> hash_of(const Value& value);
// The hash of a sequence of values.
std::uint64_t combine_hashes(std::uint64_t first, std::uint64_t second);

}  // namespace leeway
