// Resolves the name of a metric in PromQL in the catalogue. Used by the checks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/metrics/catalog.h"
#include "agent/promql/promql_labels.h"
#include "agent/promql/selector.h"

namespace leeway::promql {

struct Series {
  enum class Kind : std::uint8_t {
    kUnknown,    // not declared
    kUnnamed,    // the selector gives no name, or a pattern
    kNoSum,      // _sum or _count of an own histogram that has none: its values may be negative
    kCounter,    // also _bucket, _sum and _count of a histogram
    kGauge,      // also infos
    kHistogram,  // only its _bucket, _sum and _count exist
    kRecorded,
  };
  Kind kind = Kind::kUnnamed;
  std::string name;    // as in the expression
  std::string metric;  // as in the catalogue
  Labels labels;
};

// Labels of a target rather than of a metric: those of [rules], job and instance.
Labels target_labels(const RuleSettings& settings);
// Target labels count among the labels of every series.
Series find_series(const Selector& selector, const Catalog& catalog);
// "; did you mean 'http_requests_total'?" or "".
std::string nearest_series(const std::string& name, const Catalog& catalog);

}  // namespace leeway::promql
