// A sum of doubles with about twice their digits (Neumaier, 1974; products by Dekker's method): the sum of the same
// numbers in another order is nearly always the same double, and differences of large sums keep their digits. Used by
// agent/monitors/window. Not for NaN or infinity.
#pragma once

#include <cmath>

#include "agent/core/state_io.h"

namespace leeway {

class WideSum {
 public:
  void add(double number) {
    const double sum = high_ + number;
    const double part = sum - high_;
    low_ += (high_ - (sum - part)) + (number - part);
    high_ = sum;
  }
  void add_product(double a, double b) {
    const double product = a * b;
    low_ += std::fma(a, b, -product);
    add(product);
  }
  void add(const WideSum& other) {
    add(other.high_);
    low_ += other.low_;
  }
  void add_product(double a, const WideSum& b) {
    add_product(a, b.high_);
    low_ += a * b.low_;
  }
  void add_square(const WideSum& number) {
    add_product(number.high_, number.high_);
    low_ += 2 * number.high_ * number.low_;
  }
  // Not finite if a sum was too large for a double.
  double value() const { return high_ + low_; }

  void save(StateWriter& out) const {
    out.f64(high_);
    out.f64(low_);
  }
  void load(StateReader& in) {
    high_ = in.f64();
    low_ = in.f64();
  }

 private:
  double high_ = 0;
  double low_ = 0;
};

// The sum of (x - mean of x) * (y - mean of y) over `count` pairs, of the sums of their products and of themselves.
inline double centered_sum(const WideSum& products, const WideSum& x, const WideSum& y, double count) {
  const double mean_y = y.value() / count;
  WideSum rest = y;  // of the mean's rounding
  rest.add_product(-count, mean_y);
  WideSum result = products;
  result.add_product(-mean_y, x);
  result.add_product(-x.value() / count, rest.value());
  return result.value();
}

}  // namespace leeway
