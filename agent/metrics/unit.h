// What a metric's number measures, according to the suffix of its name, as in Prometheus' naming conventions. Used by
// alerts, which write values for users, and by dashboards.
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
  kDollars,    // _usd, _dollars
  kEuros,      // _eur, _euros
  kPounds,     // _gbp
};

// Of one value of the metric; a counter's `_total` is ignored, so x_bytes_total has bytes.
Unit unit_of(const MetricDesc& desc);

}  // namespace leeway
