// One cell of a RecordBatch and one operand of an expression: a tagged 16-byte value that never owns memory.
// Made by decoders, read by expressions and monitors.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "agent/core/instant.h"

namespace leeway {

enum class ValueKind : std::uint8_t {
  kMissing,  // the record has no such field
  kNull,     // JSON null
  kBool,
  kInt,       // 64-bit signed
  kUnsigned,  // from 2^63 to 2^64 - 1: above every kInt (`bits()`)
  kDouble,
  kString,     // UTF-8, owned by the batch or by the compiled expression
  kList,       // `length` elements; what they are (`items()`) only where the schema asks for it
  kMap,        // `length` members; likewise, name and value in turn
  kTimestamp,  // of the years 1 to 9999 (`instant()`)
  kDuration,   // nanoseconds (`integer`)
  kError,      // the result of an evaluation that failed; `failure` says why
};

// Why a record does not count for one monitor. Each becomes a label value of leeway_metric_skipped_records_total.
enum class Failure : std::uint8_t {
  kNone,
  kMissingField,
  kNullField,
  kWrongType,
  kConversion,  // int("x"), timestamp("yesterday"), a field that holds no valid value
  kDivisionByZero,
  kOverflow,
  kNegative,      // a negative increase of a counter
  kNotFinite,     // NaN or infinity where a number is summed
  kUnknownValue,  // a label value or a state outside the declared `values`
};
inline constexpr int kFailureCount = 10;
std::string_view to_string(Failure failure);

struct Value;
// Why a record with an unusable value does not count: the failure of its evaluation, missing, null, or its type.
Failure failure_of_unusable(const Value& value);

struct Value {
  union {
    const char* text;
    std::int64_t integer;
    double number;
    bool boolean;
    const Value* elements;  // null where only their number is known
  };
  std::uint32_t length = 0;  // of `text`; of a list or map; of a timestamp, the nanoseconds after the second `integer`
  ValueKind kind = ValueKind::kMissing;
  Failure failure = Failure::kNone;

  Value() : integer(0) {}

  static Value missing() { return {}; }
  static Value null() { return tagged(ValueKind::kNull, 0); }
  static Value of_int(std::int64_t value) { return tagged(ValueKind::kInt, value); }
  // kInt where the number fits.
  static Value of_unsigned(std::uint64_t value) {
    const auto bits = static_cast<std::int64_t>(value);
    return tagged(bits < 0 ? ValueKind::kUnsigned : ValueKind::kInt, bits);
  }
  // Of so many elements or members.
  static Value list(std::int64_t elements) { return container(ValueKind::kList, elements, nullptr); }
  static Value map(std::int64_t members) { return container(ValueKind::kMap, members, nullptr); }
  // With what is in it, which must outlive the result; of a map, name and value in turn.
  static Value list(std::span<const Value> elements);
  static Value map(std::span<const Value> names_and_values);
  // kOverflow outside the years 1 to 9999.
  static Value timestamp(const Instant& instant) {
    Value result = tagged(ValueKind::kTimestamp, instant.seconds);
    result.length = instant.nanosecond;
    return is_in_calendar(instant) ? result : error(Failure::kOverflow);
  }
  static Value duration(std::int64_t nanoseconds) { return tagged(ValueKind::kDuration, nanoseconds); }
  static Value of_bool(bool value) {
    Value result;
    result.boolean = value;
    result.kind = ValueKind::kBool;
    return result;
  }
  static Value of_double(double value) {
    Value result;
    result.number = value;
    result.kind = ValueKind::kDouble;
    return result;
  }
  // `value` must outlive the result and be shorter than 4 GiB.
  static Value of_string(std::string_view value) {
    Value result;
    result.text = value.data();
    result.length = static_cast<std::uint32_t>(value.size());
    result.kind = ValueKind::kString;
    return result;
  }
  static Value error(Failure failure) {
    Value result;
    result.kind = ValueKind::kError;
    result.failure = failure;
    return result;
  }

  // Only where kind == kString.
  std::string_view string() const { return {text, length}; }
  bool is_container() const { return kind == ValueKind::kList || kind == ValueKind::kMap; }
  // Only where is_container(): whether items() are known, and the elements, or each name and value in turn.
  bool has_items() const { return elements != nullptr || length == 0; }
  std::span<const Value> items() const;
  // Only where kind == kTimestamp.
  Instant instant() const { return {integer, length}; }
  // Only where kind == kUnsigned.
  std::uint64_t bits() const { return static_cast<std::uint64_t>(integer); }
  bool is_integer() const { return kind == ValueKind::kInt || kind == ValueKind::kUnsigned; }
  bool is_number() const { return is_integer() || kind == ValueKind::kDouble; }
  // Only where is_number().
  double as_double() const {
    return kind == ValueKind::kInt      ? static_cast<double>(integer)
           : kind == ValueKind::kDouble ? number
                                        : static_cast<double>(bits());
  }
  // A timestamp in seconds since the epoch, or a duration in seconds.
  bool is_time() const { return kind == ValueKind::kTimestamp || kind == ValueKind::kDuration; }
  // Only where is_time().
  double seconds() const {
    return kind == ValueKind::kTimestamp ? to_unix_seconds(instant()) : to_seconds(Duration(integer));
  }

 private:
  static Value container(ValueKind kind, std::int64_t size, const Value* elements) {
    Value result;
    result.elements = elements;
    result.length = static_cast<std::uint32_t>(size);
    result.kind = kind;
    return result;
  }
  static Value tagged(ValueKind kind, std::int64_t value) {
    Value result;
    result.integer = value;
    result.kind = kind;
    return result;
  }
};
static_assert(sizeof(Value) == 16);

inline Value Value::list(std::span<const Value> elements) {
  return container(ValueKind::kList, static_cast<std::int64_t>(elements.size()), elements.data());
}
inline Value Value::map(std::span<const Value> names_and_values) {
  return container(ValueKind::kMap, static_cast<std::int64_t>(names_and_values.size() / 2), names_and_values.data());
}
inline std::span<const Value> Value::items() const {
  return {elements, elements == nullptr ? 0 : std::size_t{length} * (kind == ValueKind::kMap ? 2 : 1)};
}

}  // namespace leeway
