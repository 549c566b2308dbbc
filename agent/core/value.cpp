#include "agent/core/value.h"

namespace leeway {

std::string_view to_string(Failure failure) {
  switch (failure) {
    case Failure::kNone:
      return "none";
    case Failure::kMissingField:
      return "missing_field";
    case Failure::kNullField:
      return "null_field";
    case Failure::kWrongType:
      return "wrong_type";
    case Failure::kConversion:
      return "conversion";
    case Failure::kDivisionByZero:
      return "division_by_zero";
    case Failure::kOverflow:
      return "overflow";
    case Failure::kNegative:
      return "negative";
    case Failure::kNotFinite:
      return "not_finite";
    case Failure::kUnknownValue:
      return "unknown_value";
  }
  return "none";
}

Failure failure_of_unusable(const Value& value) {
  switch (value.kind) {
    case ValueKind::kError:
      return value.failure;
    case ValueKind::kMissing:
      return Failure::kMissingField;
    case ValueKind::kNull:
      return Failure::kNullField;
    default:
      return Failure::kWrongType;
  }
}

}  // namespace leeway
