#include "agent/pipeline/source_order.h"

#include <algorithm>

namespace leeway {
namespace {

// Of `allowed_lateness`: most of it is for records that are late in their file.
constexpr int kOneIn = 10;

}  // namespace

std::optional<ReadOrder> read_order_of(const AssembledSource& source) {
  if (!source.definition->has_event_time()) {
    return std::nullopt;
  }
  Duration slack = std::clamp<Duration>(source.allowed_lateness / kOneIn, kLiveDisorder, kMostSlack);
  for (const Feed& feed : source.feeds) {
    slack = std::min(slack, feed.monitor->tolerated_disorder());
  }
  return ReadOrder{slack, source.allowed_future};
}

}  // namespace leeway
