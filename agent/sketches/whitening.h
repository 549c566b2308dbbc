// Turns scores whose neighbours resemble each other into scores that are independent: the errors of a forecast from the
// preceding ones by an autoregression, in units of their deviation. Used by [[change]] between the scale of its values
// and its detectors, whose run lengths hold for independent scores.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "agent/core/state_io.h"

namespace leeway {

class Whitening {
 public:
  // Leaves scores as they are.
  Whitening() = default;
  // `coefficients` of the preceding scores, the latest first; `deviation` > 0 of the errors.
  Whitening(double mean, double deviation, std::vector<double> coefficients)
      : mean_(mean), inverse_(1 / deviation), coefficients_(std::move(coefficients)), last_(coefficients_.size(), 0) {}

  double next(double score) {
    const double step = score - mean_;
    double error = step;
    for (std::size_t i = 0; i < coefficients_.size(); ++i) {
      error -= coefficients_[i] * last_[i];
    }
    for (std::size_t i = last_.size(); i-- > 1;) {
      last_[i] = last_[i - 1];
    }
    if (!last_.empty()) {
      last_[0] = step;
    }
    return error * inverse_;
  }

  // What becomes of a lasting shift by 1 of the scores.
  double gain() const { return (1 - std::accumulate(coefficients_.begin(), coefficients_.end(), 0.0)) * inverse_; }

  void save(StateWriter& out) const {
    out.f64(mean_);
    out.f64(inverse_);
    out.u64(coefficients_.size());
    for (std::size_t i = 0; i < coefficients_.size(); ++i) {
      out.f64(coefficients_[i]);
      out.f64(last_[i]);
    }
  }
  // False if the state is not valid.
  bool load(StateReader& in) {
    mean_ = in.f64();
    inverse_ = in.f64();
    const std::uint64_t size = in.count(2 * sizeof(double));
    coefficients_.assign(size, 0);
    last_.assign(size, 0);
    bool sound = in.ok() && size <= kMostCoefficients && is_plausible(mean_) && is_plausible(inverse_) && inverse_ > 0;
    for (std::size_t i = 0; i < size && sound; ++i) {
      coefficients_[i] = in.f64();
      last_[i] = in.f64();
      sound = is_plausible(coefficients_[i]) && is_plausible(last_[i]);
    }
    return sound && in.ok();
  }

 private:
  static constexpr std::size_t kMostCoefficients = 20;
  // Not NaN, and so far from the largest number that errors are finite.
  static bool is_plausible(double number) { return std::abs(number) < 1e30; }

  double mean_ = 0;
  double inverse_ = 1;
  std::vector<double> coefficients_;
  std::vector<double> last_;  // differences from the mean
};

}  // namespace leeway
