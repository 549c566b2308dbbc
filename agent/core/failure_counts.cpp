#include "agent/core/failure_counts.h"

namespace leeway {

ReasonCounts skipped_by_reason(const FailureCounts& failures) {
  ReasonCounts result;
  for (std::size_t reason = 0; reason < failures.size(); ++reason) {
    if (failures[reason] != 0) {
      result.emplace(to_string(static_cast<Failure>(reason)), failures[reason]);
    }
  }
  return result;
}

void save_failures(const FailureCounts& failures, StateWriter& out) {
  for (const std::uint64_t count : failures) {
    out.u64(count);
  }
}

FailureCounts load_failures(StateReader& in) {
  FailureCounts failures{};
  for (std::uint64_t& count : failures) {
    count = in.u64();
  }
  return failures;
}

}  // namespace leeway
