#include "agent/sketches/moments.h"

#include <algorithm>
#include <cmath>

namespace leeway {
namespace {

std::optional<double> if_finite(double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }

}  // namespace

void CloseMean::save(StateWriter& out) const {
  for (const double number : {mean_, rest_, squares_}) {
    out.f64(number);
  }
}

void CloseMean::load(StateReader& in, bool with_rest) {
  mean_ = in.f64();
  rest_ = with_rest ? in.f64() : 0;
  squares_ = in.f64();
}

void Moments::add(double value) {
  ++count_;
  mean_.add(value, static_cast<double>(count_));
  minimum_ = count_ == 1 ? value : std::min(minimum_, value);
  maximum_ = count_ == 1 ? value : std::max(maximum_, value);
}

std::optional<double> Moments::mean() const { return count_ == 0 ? std::nullopt : if_finite(mean_.mean()); }

std::optional<double> Moments::standard_deviation() const {
  return count_ < 2 ? std::nullopt : if_finite(std::sqrt(mean_.squares() / static_cast<double>(count_ - 1)));
}

std::optional<double> Moments::minimum() const { return count_ == 0 ? std::nullopt : std::optional(minimum_); }
std::optional<double> Moments::maximum() const { return count_ == 0 ? std::nullopt : std::optional(maximum_); }

void Moments::save(StateWriter& out) const {
  out.u64(count_);
  mean_.save(out);
  out.f64(minimum_);
  out.f64(maximum_);
}

void Moments::load(StateReader& in, bool with_rest) {
  count_ = in.u64();
  mean_.load(in, with_rest);
  minimum_ = in.f64();
  maximum_ = in.f64();
}

void CoMoments::add(double x, double y) {
  ++count_;
  const auto count = static_cast<double>(count_);
  const double before_x = x_.distance(x);
  x_.add(x, count);
  y_.add(y, count);
  products_ += before_x * y_.distance(y);
}

std::optional<double> CoMoments::correlation() const {
  const double spread = std::sqrt(x_.squares()) * std::sqrt(y_.squares());
  if (count_ < 2 || !(spread > 0) || !std::isfinite(spread)) {
    return std::nullopt;
  }
  const double correlation = products_ / spread;
  return std::isfinite(correlation) ? std::optional(std::clamp(correlation, -1.0, 1.0)) : std::nullopt;
}

void CoMoments::save(StateWriter& out) const {
  out.u64(count_);
  x_.save(out);
  y_.save(out);
  out.f64(products_);
}

// Earlier encodings had the means together, then the squares.
void CoMoments::load(StateReader& in, bool with_rest) {
  count_ = in.u64();
  if (with_rest) {
    x_.load(in, true);
    y_.load(in, true);
  } else {
    const double mean_x = in.f64();
    const double mean_y = in.f64();
    const double squares_x = in.f64();
    x_ = CloseMean(mean_x, squares_x);
    y_ = CloseMean(mean_y, in.f64());
  }
  products_ = in.f64();
}

}  // namespace leeway
