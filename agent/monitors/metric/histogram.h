// [[metric]] type = "histogram": how the `value` of records is distributed over `buckets` (inclusive upper bounds, as
// in Prometheus; default: kDefaultBuckets), with the sum and count of the values.
#pragma once

#include <array>
#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// Suits request durations in seconds; the default of Prometheus' client libraries.
inline constexpr std::array<double, 11> kDefaultBuckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

// As MonitorKind::build.
std::unique_ptr<Monitor> build_histogram(MonitorContext& context);

}  // namespace leeway
