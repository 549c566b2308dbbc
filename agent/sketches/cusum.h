// Page's cumulative sums (CUSUM) of standardised values, up and down: S' = max(0, S + score - allowance), with an
// alarm if S' > threshold. With the mean of a reference instead of a running one, the Page-Hinkley test (cumulative
// deviations minus their smallest value so far) is the same sum. Used by [[change]] for `cusum` and `page_hinkley`.
#pragma once

#include <cmath>

#include "agent/core/state_io.h"
#include "agent/sketches/change_direction.h"

namespace leeway {

class Cusum {
 public:
  Cusum(double allowance, double threshold, ChangeDirection direction)
      : Cusum(allowance, allowance, threshold, direction) {}
  // With allowances of their own for the sums up and down.
  Cusum(double up, double down, double threshold, ChangeDirection direction)
      : allowance_up_(up), allowance_down_(down), threshold_(threshold), direction_(direction) {}

  // `score` is finite. After an alarm both sums restart from 0.
  ChangeFound add(double score) {
    up_ = watches_up(direction_) ? positive_part(up_ + score - allowance_up_) : 0;
    down_ = watches_down(direction_) ? positive_part(down_ - score - allowance_down_) : 0;
    if (up_ <= threshold_ && down_ <= threshold_) {
      return ChangeFound::kNone;
    }
    const ChangeFound found = up_ > down_ ? ChangeFound::kUp : ChangeFound::kDown;
    up_ = 0;
    down_ = 0;
    return found;
  }

  double threshold() const { return threshold_; }
  // `side` is kUp or kDown.
  double statistic(ChangeFound side) const { return side == ChangeFound::kUp ? up_ : down_; }

  void save(StateWriter& out) const {
    out.f64(up_);
    out.f64(down_);
  }
  // False if the state is not valid.
  bool load(StateReader& in) {
    up_ = in.f64();
    down_ = in.f64();
    return up_ >= 0 && up_ <= threshold_ && down_ >= 0 && down_ <= threshold_;
  }

 private:
  // Exactly max(0, x), but without a branch, which would be unpredictable.
  static double positive_part(double x) { return (x + std::abs(x)) / 2; }

  double allowance_up_;
  double allowance_down_;
  double threshold_;
  ChangeDirection direction_;
  double up_ = 0;
  double down_ = 0;
};

}  // namespace leeway
