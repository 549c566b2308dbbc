// A control chart of the exponentially weighted moving average of standardised values (Roberts 1959): Z' = (1 -
// smoothing) Z + smoothing score, with an alarm if Z' is beyond the limit. A one-sided chart is clamped at the limit of
// the side that it does not watch, so that it need not recover from far away. Used by [[change]] for `ewma`.
#pragma once

#include <algorithm>
#include <cmath>

#include "agent/core/state_io.h"
#include "agent/sketches/change_direction.h"

namespace leeway {

class EwmaChart {
 public:
  EwmaChart(double smoothing, double limit, ChangeDirection direction)
      : smoothing_(smoothing), limit_(limit), direction_(direction) {}

  // `score` is finite. After an alarm the average restarts from 0.
  ChangeFound add(double score) {
    average_ += smoothing_ * (score - average_);
    if (std::abs(average_) <= limit_) {
      return ChangeFound::kNone;
    }
    const bool up = average_ > 0;
    if (up ? !watches_up(direction_) : !watches_down(direction_)) {
      average_ = up ? limit_ : -limit_;
      return ChangeFound::kNone;
    }
    average_ = 0;
    return up ? ChangeFound::kUp : ChangeFound::kDown;
  }

  double threshold() const { return limit_; }
  // `side` is kUp or kDown; below 0 on the other side of the mean.
  double statistic(ChangeFound side) const { return side == ChangeFound::kUp ? average_ : -average_; }

  void save(StateWriter& out) const { out.f64(average_); }
  // False if the state is not valid.
  bool load(StateReader& in) {
    average_ = in.f64();
    return std::abs(average_) <= limit_;
  }

 private:
  double smoothing_;
  double limit_;
  ChangeDirection direction_;
  double average_ = 0;
};

}  // namespace leeway
