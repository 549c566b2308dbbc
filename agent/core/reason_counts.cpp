#include "agent/core/reason_counts.h"

namespace leeway {

void add_counts(ReasonCounts& counts, const ReasonCounts& more) {
  for (const auto& [reason, times] : more) {
    if (times != 0) {
      count_reason(counts, reason, times);
    }
  }
}

void reset_counts(ReasonCounts& counts) {
  for (auto& [reason, times] : counts) {
    times = 0;
  }
}

void save_counts(const ReasonCounts& counts, StateWriter& out) {
  out.u64(counts.size());
  for (const auto& [reason, times] : counts) {
    out.text(reason);
    out.u64(times);
  }
}

void load_counts(ReasonCounts& counts, StateReader& in) {
  counts.clear();
  for (std::uint64_t left = in.count(2); left > 0 && in.ok(); --left) {
    const std::string reason(in.text());
    counts[reason] = in.u64();
  }
}

}  // namespace leeway
