// One cell of a RecordBatch and one operand of an expression: a tagged 16-byte value that never owns memory.
// Made by decoders, read by expressions and monitors.
#pragma once

#include <cstdint>
#include <string_view>

namespace leeway {

enum class ValueKind : std::uint8_t {
  kMissing,  // the record has no such field
  kNull,     // JSON null
  kBool,
  kInt,  // 64-bit signed
  kDouble,
  kString,     // UTF-8, owned by the batch or by the compiled expression
  kList,       // only its number of elements is known (`integer`)
  kMap,        // only its number of members is known (`integer`)
  kTimestamp,  // nanoseconds since the Unix epoch (`integer`)
  kDuration,   // nanoseconds (`integer`)
  kError,      // the result of an evaluation that failed; `failure` says why
};

// Why a record does not count for one monitor. Each becomes a label value of leeway_metric_skipped_records_total.
enum class Failure : std::uint8_t {
  kNone,
  kMissingField,
  kNullField,
  kWrongType,
  kConversion,  // int("x"), timestamp("yesterday")
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
  };
  std::uint32_t length = 0;  // of `text`
  ValueKind kind = ValueKind::kMissing;
  Failure failure = Failure::kNone;

  Value() : integer(0) {}

  static Value missing() { return {}; }
  static Value null() { return tagged(ValueKind::kNull, 0); }
  static Value of_int(std::int64_t value) { return tagged(ValueKind::kInt, value); }
  static Value list(std::int64_t elements) { return tagged(ValueKind::kList, elements); }
  static Value map(std::int64_t members) { return tagged(ValueKind::kMap, members); }
  static Value timestamp(std::int64_t nanoseconds) { return tagged(ValueKind::kTimestamp, nanoseconds); }
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
  bool is_number() const { return kind == ValueKind::kInt || kind == ValueKind::kDouble; }
  // Only where is_number().
  double as_double() const { return kind == ValueKind::kInt ? static_cast<double>(integer) : number; }

 private:
  static Value tagged(ValueKind kind, std::int64_t value) {
    Value result;
    result.integer = value;
    result.kind = kind;
    return result;
  }
};
static_assert(sizeof(Value) == 16);

}  // namespace leeway
