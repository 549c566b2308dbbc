#include "agent/metrics/series_labels.h"

#include <atomic>
#include <new>

namespace leeway {
namespace {

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

std::shared_ptr<LabelStore> LabelStore::make() { return std::shared_ptr<LabelStore>(new LabelStore()); }

SeriesLabels LabelStore::add(std::span<const Label> pairs) {
  if (pairs.empty()) {
    return {};
  }
  using Set = SeriesLabels::Set;
  char* const memory = arena_.allocate(sizeof(Set), alignof(Set));
  return SeriesLabels(new (memory) Set{this, next_id(), arena_.copy(pairs)});
}

}  // namespace leeway
