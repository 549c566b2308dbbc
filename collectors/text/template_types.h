// The types of a template's parts: `{status:int}`. One table, used to read patterns and by messages about them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leeway {

enum class PartType : std::uint8_t {
  kAny,   // up to the text that follows; a number if it is one
  kWord,  // the same, without blanks
  kText,  // the same as kAny, but never a number and never null
  kTime,  // a date and time with its blanks, else the same as kAny
  kTarget,
  kInteger,
  kNumber,
  kDuration,  // a number in a unit
  kMeasured,  // a duration that says its unit
  kQuoted,
  kRequest,
  kSum,
  kLast,
  kPairs,  // to the end
};

struct PartTypeRow {
  std::string_view name;
  PartType type;
  double per_second = 0;  // kDuration: how many of the unit are a second
};

// Null if there is no such type.
const PartTypeRow* find_part_type(std::string_view name);
std::vector<std::string> part_type_names();

// Whether a part of the type ends where the text after it in the pattern begins; the others end by themselves.
constexpr bool is_open(PartType type) { return type <= PartType::kTarget; }

}  // namespace leeway
