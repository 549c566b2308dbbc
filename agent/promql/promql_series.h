// What the name of a metric in PromQL stands for in the catalogue. Used by the checks.
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
    kUnknown,    // nobody declares it
    kUnnamed,    // the selector gives no name, or a pattern
    kCounter,    // also _bucket, _sum and _count of a histogram
    kGauge,      // also infos
    kHistogram,  // of which only _bucket, _sum and _count exist
    kRecorded,
  };
  Kind kind = Kind::kUnnamed;
  std::string name;    // as the expression has it
  std::string metric;  // as the catalogue has it
  Labels labels;
};

// Labels of a target rather than of a metric: of [rules], job and instance.
Labels target_labels(const RuleSettings& settings);
// Target labels count among the labels of every series.
Series find_series(const Selector& selector, const Catalog& catalog);
// "; did you mean 'http_requests_total'?" or "".
std::string nearest_series(const std::string& name, const Catalog& catalog);

}  // namespace leeway::promql
