// The rule tests of conditions on a histogram. Used by condition_histogram.cpp.
#pragma once

#include <optional>
#include <vector>

#include "agent/alerts/condition.h"
#include "agent/alerts/condition_parts.h"

namespace leeway {

// `quantile`.
struct Quantile {
  double q;
  double limit;
  Duration window;
  LeastEvents least;  // `bad`: above the limit

  bool needs_bad() const { return least.needs_bad(1 - q); }
};

std::vector<AlertTest> quantile_tests(const ConditionContext& context, const Quantile& quantile);

// `share_between`: the observations between two bounds, either of which may be left out.
struct Band {
  std::optional<double> from;
  std::optional<double> to;
  double limit;
  Duration window;
  LeastEvents least;  // `bad`: in the band
};

std::vector<AlertTest> band_tests(const ConditionContext& context, const Band& band);

// Whether a bucket ends at the bound.
bool is_bound(const std::vector<double>& bounds, double value);

}  // namespace leeway
