// The rule tests of conditions on a histogram. Used by condition_histogram.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/alerts/condition.h"

namespace leeway {

// `quantile`.
struct Quantile {
  double q;
  double limit;
  Duration window;
  std::int64_t least;  // observations in the window, or the alert does not fire
};

std::vector<AlertTest> quantile_tests(const ConditionContext& context, const Quantile& quantile);

// `share_between`: the observations between two bounds, either of which may be left out.
struct Band {
  std::optional<double> from;
  std::optional<double> to;
  double limit;
  Duration window;
  std::int64_t least;  // observations in the window, or the alert does not fire
};

std::vector<AlertTest> band_tests(const ConditionContext& context, const Band& band);

// Whether a bucket ends at the bound.
bool is_bound(const std::vector<double>& bounds, double value);

}  // namespace leeway
