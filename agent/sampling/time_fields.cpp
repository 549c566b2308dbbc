#include "agent/sampling/time_fields.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace leeway {

std::vector<FieldPath> time_candidates(const std::vector<FieldPath>& known) {
  constexpr std::array<std::string_view, 12> kNames{"time",       "timestamp", "@timestamp", "ts",
                                                    "datetime",   "date",      "t",          "eventTime",
                                                    "event_time", "asctime",   "logged_at",  "created_at"};
  std::vector<FieldPath> result;
  for (const std::string_view name : kNames) {
    const FieldPath path{{std::string(name)}};
    if (std::find(known.begin(), known.end(), path) != known.end()) {
      result.push_back(path);
    }
  }
  return result;
}

}  // namespace leeway
