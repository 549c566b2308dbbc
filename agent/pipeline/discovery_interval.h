// How long the run loop waits until it looks for new and rotated files again without a hint.
#pragma once

#include <algorithm>

#include "agent/core/clock.h"

namespace leeway {

struct DiscoveryCost {
  Duration cpu{};   // of the last one
  Duration time{};  // that it took
};

// A second, unless that costs over a quarter of a percent of a processor, as with thousands of directories, or a fifth
// of the time, as on a slow disk: then hints have to do, for up to a minute. That the machine is busy is no cost.
inline Duration discovery_interval(const DiscoveryCost& cost) {
  constexpr int kCpuShare = 400;
  constexpr int kTimeShare = 4;
  const Duration wait = std::max(cost.cpu * kCpuShare, cost.time * kTimeShare);
  return std::clamp<Duration>(wait, std::chrono::seconds(1), std::chrono::seconds(60));
}

}  // namespace leeway
