// How often something happened, by reason: lines that did not become records, versions of files that could not be read,
// records that a metric skipped. Counted by collectors and monitors, shown as values of a label. Reasons are short
// fixed words.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "agent/core/state_io.h"

namespace leeway {

using ReasonCounts = std::map<std::string, std::uint64_t, std::less<>>;

// Creates no string for a reason that was counted before.
inline void count_reason(ReasonCounts& counts, std::string_view reason, std::uint64_t times = 1) {
  const auto found = counts.find(reason);
  if (found != counts.end()) {
    found->second += times;
  } else {
    counts.emplace(reason, times);
  }
}
// Adds all of `more`, except counts of 0.
void add_counts(ReasonCounts& counts, const ReasonCounts& more);
// Sets all to 0. The reasons stay, so that counting them again allocates nothing.
void reset_counts(ReasonCounts& counts);

void save_counts(const ReasonCounts& counts, StateWriter& out);
void load_counts(ReasonCounts& counts, StateReader& in);

}  // namespace leeway
