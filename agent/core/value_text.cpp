#include "agent/core/value_text.h"

#include <algorithm>

#include "agent/core/number_text.h"
#include "agent/core/rfc3339.h"
#include "agent/core/units.h"
#include "agent/core/utf8.h"

namespace leeway {

std::string shown_value(const Value& value) {
  switch (value.kind) {
    case ValueKind::kMissing:
      return "absent";
    case ValueKind::kNull:
      return "null";
    case ValueKind::kBool:
      return value.boolean ? "true" : "false";
    case ValueKind::kInt:
      return std::to_string(value.integer);
    case ValueKind::kUnsigned:
      return std::to_string(value.bits());
    case ValueKind::kDouble:
      return plain_number(value.number);
    case ValueKind::kString: {
      constexpr std::size_t kLongest = 80;  // bytes
      std::string text = "\"";
      const bool whole = append_valid_utf8(text, value.string(), kLongest);
      std::replace_if(
          text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
      return text + (whole ? "\"" : "...\"");
    }
    case ValueKind::kList:
      return "[...]";
    case ValueKind::kMap:
      return "{...}";
    case ValueKind::kTimestamp:
      return format_rfc3339(value.instant());
    case ValueKind::kDuration:
      return format_duration(Duration(value.integer));
    case ValueKind::kError:
      return "unusable";
  }
  return "";
}

}  // namespace leeway
