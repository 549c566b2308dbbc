#include "agent/evaluation/step_history.h"

#include <algorithm>

namespace leeway::evaluation {

Expected<void> StepHistory::extend(Time last, Time step, const Values& values) {
  for (; next_ <= last; next_ += step) {
    const Expected<InstantVector> vector = values(next_);
    if (!vector) {
      return vector.error();
    }
    for (const Element& element : *vector) {
      const auto [at, added] = index_.try_emplace(element.labels, series_.size());
      if (added) {
        series_.push_back({element.labels, {}});
      }
      series_[at->second].points.push_back({next_, element.value});
    }
  }
  return {};
}

Expected<RangeVector> StepHistory::range(Time first, Time last, Time step, const Values& values) {
  if (first < begin_ || first > next_) {
    series_.clear();
    index_.clear();
    begin_ = next_ = first;
  }
  if (const Expected<void> extended = extend(last, step, values); !extended) {
    return extended.error();
  }
  RangeVector result;
  for (const RangeSeries& series : series_) {
    const auto before = [](const Point& point, Time time) { return point.time < time; };
    const auto from = std::lower_bound(series.points.begin(), series.points.end(), first, before);
    const auto to = std::lower_bound(from, series.points.end(), last + 1, before);
    if (from != to) {
      result.push_back({series.labels, {from, to}});
    }
  }
  return result;
}

}  // namespace leeway::evaluation
