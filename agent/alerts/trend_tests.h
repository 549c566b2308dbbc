// The rule tests of conditions on the course of a gauge. Used by condition_trend.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/alerts/condition.h"

namespace leeway {

// A limit, and the side of it on which the alert fires.
struct Bound {
  double limit = 0;
  bool lower = false;
};

// `consecutive`.
struct Runs {
  Bound bound;
  std::int64_t count = 0;
  Duration every{};
};

std::vector<AlertTest> run_tests(const ConditionContext& context, const Runs& runs);

// `predict`.
struct Prediction {
  Bound bound;
  Duration ahead{};
  Duration window{};  // of the samples that the line goes through
};

std::vector<AlertTest> prediction_tests(const ConditionContext& context, const Prediction& prediction);

}  // namespace leeway
