#include "agent/sampling/unit_words.h"

#include <algorithm>
#include <array>
#include <string>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

constexpr std::array kUnits = {
    UnitWord{"ms", "milliseconds", "seconds", "/ 1000"},
    UnitWord{"msec", "milliseconds", "seconds", "/ 1000"},
    UnitWord{"millis", "milliseconds", "seconds", "/ 1000"},
    UnitWord{"milliseconds", "milliseconds", "seconds", "/ 1000"},
    UnitWord{"us", "microseconds", "seconds", "/ 1000000"},
    UnitWord{"usec", "microseconds", "seconds", "/ 1000000"},
    UnitWord{"micros", "microseconds", "seconds", "/ 1000000"},
    UnitWord{"microseconds", "microseconds", "seconds", "/ 1000000"},
    UnitWord{"ns", "nanoseconds", "seconds", "/ 1000000000"},
    UnitWord{"nanos", "nanoseconds", "seconds", "/ 1000000000"},
    UnitWord{"nanoseconds", "nanoseconds", "seconds", "/ 1000000000"},
    UnitWord{"seconds", "seconds", "seconds", ""},
    UnitWord{"bytes", "bytes", "bytes", ""},
    UnitWord{"kb", "kilobytes", "bytes", "* 1000"},
    UnitWord{"mb", "megabytes", "bytes", "* 1000000"},
    UnitWord{"kib", "kibibytes", "bytes", "* 1024"},
    UnitWord{"mib", "mebibytes", "bytes", "* 1048576"},
};

// "ms" of "took_ms", "took.ms" and "tookMs".
std::string last_word(std::string_view name) {
  std::size_t begin = name.size();
  while (begin > 0 && (is_letter(name[begin - 1]) || is_digit(name[begin - 1]))) {
    --begin;
    const bool capital = name[begin] >= 'A' && name[begin] <= 'Z';
    if (capital && begin > 0 && name[begin - 1] >= 'a' && name[begin - 1] <= 'z') {
      break;
    }
  }
  return lower_case(name.substr(begin));
}

}  // namespace

const UnitWord* unit_of_field(const FieldPath& path) {
  const auto* const name = path.steps.empty() ? nullptr : std::get_if<std::string>(&path.steps.back());
  if (name == nullptr) {
    return nullptr;
  }
  const std::string word = last_word(*name);
  const auto found =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const UnitWord& unit) { return unit.word == word; });
  return found == kUnits.end() ? nullptr : &*found;
}

std::string_view base_unit_of_metric(std::string_view name) {
  name.remove_suffix(name.ends_with("_total") ? 6 : 0);
  return name.ends_with("_seconds") ? "seconds" : name.ends_with("_bytes") ? "bytes" : "";
}

}  // namespace leeway
