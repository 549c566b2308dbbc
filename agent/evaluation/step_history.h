// The values of an expression at equidistant instants, kept so that ranges which overlap compute each of them once.
// Used by the evaluator for subqueries and for ranges of recorded series. Single-threaded.
#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>

#include "agent/core/expected.h"
#include "agent/evaluation/values.h"

namespace leeway::evaluation {

class StepHistory {
 public:
  using Values = std::function<Expected<InstantVector>(Time)>;

  // The points at `first`, `first` + `step` and so on, up to `last`. `values` gives those that are not known yet; the
  // expression, the step and the instants, which may begin anywhere among them, are the same in all calls.
  Expected<RangeVector> range(Time first, Time last, Time step, const Values& values);

 private:
  Expected<void> extend(Time last, Time step, const Values& values);

  Time begin_ = 0;
  Time next_ = 0;         // the first instant that is not known
  RangeVector series_{};  // in the order in which they appear
  std::unordered_map<Labels, std::size_t> index_{};
};

}  // namespace leeway::evaluation
