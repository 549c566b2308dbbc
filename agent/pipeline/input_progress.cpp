#include "agent/pipeline/input_progress.h"

#include <utility>

namespace leeway {
namespace {

// Longer than a record waits for its continuation.
constexpr Duration kUnfinished = std::chrono::seconds(2);

}  // namespace

void InputProgress::observe(const std::vector<SourceStatus>& sources, MonotonicTime now) {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::uint64_t left = 0;
  for (const SourceStatus& source : sources) {
    records += source.records;
    bytes += source.bytes;
    left += source.lag_bytes;
  }
  const bool moved = records != records_ || bytes != bytes_ || left != left_;
  records_ = records;
  bytes_ = bytes;
  left_ = left;
  now_ = now;
  if (!std::exchange(observed_, true) || moved) {
    moved_ = now;
  }
}

bool InputProgress::at_end() const { return left_ == 0 || quiet() >= kUnfinished; }

}  // namespace leeway
