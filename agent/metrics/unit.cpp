#include "agent/metrics/unit.h"

#include <string_view>

namespace leeway {

Unit unit_of(const MetricDesc& desc) {
  std::string_view name = desc.name;
  if (desc.type == MetricType::kCounter && name.ends_with("_total")) {
    name.remove_suffix(std::string_view("_total").size());
  }
  if (name.ends_with("_timestamp_seconds")) {
    return Unit::kTimestamp;
  }
  if (name.ends_with("_seconds")) {
    return Unit::kSeconds;
  }
  if (name.ends_with("_bytes")) {
    return Unit::kBytes;
  }
  if (name.ends_with("_usd") || name.ends_with("_dollars")) {
    return Unit::kDollars;
  }
  if (name.ends_with("_eur") || name.ends_with("_euros")) {
    return Unit::kEuros;
  }
  if (name.ends_with("_gbp")) {
    return Unit::kPounds;
  }
  return name.ends_with("_ratio") ? Unit::kRatio : Unit::kNone;
}

}  // namespace leeway
