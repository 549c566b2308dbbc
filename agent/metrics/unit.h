// What a metric's number measures, told by the end of its name as Prometheus' naming conventions have it. Used by
// alerts, which write values for people, and by dashboards.
#pragma once

#include <cstdint>

#include "agent/metrics/metric_desc.h"

namespace leeway {

enum class Unit : std::uint8_t {
  kNone,       // a plain number
  kSeconds,    // _seconds
  kBytes,      // _bytes
  kRatio,      // _ratio: 0 to 1
  kTimestamp,  // _timestamp_seconds: Unix time
};

// Of one value of the metric; a counter's `_total` is passed over, so x_bytes_total has bytes.
Unit unit_of(const MetricDesc& desc);

}  // namespace leeway
