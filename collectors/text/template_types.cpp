#include "collectors/text/template_types.h"

#include <algorithm>
#include <array>

namespace leeway {
namespace {

constexpr std::array kPartTypes = {
    PartTypeRow{"word", PartType::kWord},         PartTypeRow{"text", PartType::kText},
    PartTypeRow{"int", PartType::kInteger},       PartTypeRow{"number", PartType::kNumber},
    PartTypeRow{"quoted", PartType::kQuoted},     PartTypeRow{"s", PartType::kDuration, 1},
    PartTypeRow{"ms", PartType::kDuration, 1e3},  PartTypeRow{"us", PartType::kDuration, 1e6},
    PartTypeRow{"ns", PartType::kDuration, 1e9},  PartTypeRow{"request", PartType::kRequest},
    PartTypeRow{"target", PartType::kTarget},     PartTypeRow{"sum", PartType::kSum},
    PartTypeRow{"last", PartType::kLast},         PartTypeRow{"time", PartType::kTime},
    PartTypeRow{"duration", PartType::kMeasured}, PartTypeRow{"pairs", PartType::kPairs},
};

}  // namespace

const PartTypeRow* find_part_type(std::string_view name) {
  const auto* const row =
      std::find_if(kPartTypes.begin(), kPartTypes.end(), [&](const PartTypeRow& one) { return one.name == name; });
  return row == kPartTypes.end() ? nullptr : row;
}

std::vector<std::string> part_type_names() {
  std::vector<std::string> names;
  names.reserve(std::size(kPartTypes));
  for (const PartTypeRow& row : kPartTypes) {
    names.emplace_back(row.name);
  }
  return names;
}

}  // namespace leeway
