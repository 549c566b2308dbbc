#include "agent/sketches/moments.h"

#include <algorithm>
#include <cmath>

namespace leeway {
namespace {

std::optional<double> if_finite(double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }

}  // namespace

void Moments::add(double value) {
  ++count_;
  const double before = value - mean_;
  mean_ += before / static_cast<double>(count_);
  squares_ += before * (value - mean_);
  minimum_ = count_ == 1 ? value : std::min(minimum_, value);
  maximum_ = count_ == 1 ? value : std::max(maximum_, value);
}

std::optional<double> Moments::mean() const { return count_ == 0 ? std::nullopt : if_finite(mean_); }

std::optional<double> Moments::standard_deviation() const {
  return count_ < 2 ? std::nullopt : if_finite(std::sqrt(squares_ / static_cast<double>(count_ - 1)));
}

std::optional<double> Moments::minimum() const { return count_ == 0 ? std::nullopt : std::optional(minimum_); }
std::optional<double> Moments::maximum() const { return count_ == 0 ? std::nullopt : std::optional(maximum_); }

void Moments::save(StateWriter& out) const {
  out.u64(count_);
  for (const double number : {mean_, squares_, minimum_, maximum_}) {
    out.f64(number);
  }
}

void Moments::load(StateReader& in) {
  count_ = in.u64();
  for (double* number : {&mean_, &squares_, &minimum_, &maximum_}) {
    *number = in.f64();
  }
}

void CoMoments::add(double x, double y) {
  ++count_;
  const auto count = static_cast<double>(count_);
  const double before_x = x - mean_x_;
  const double before_y = y - mean_y_;
  mean_x_ += before_x / count;
  mean_y_ += before_y / count;
  squares_x_ += before_x * (x - mean_x_);
  squares_y_ += before_y * (y - mean_y_);
  products_ += before_x * (y - mean_y_);
}

std::optional<double> CoMoments::correlation() const {
  const double spread = std::sqrt(squares_x_) * std::sqrt(squares_y_);
  if (count_ < 2 || !(spread > 0) || !std::isfinite(spread)) {
    return std::nullopt;
  }
  const double correlation = products_ / spread;
  return std::isfinite(correlation) ? std::optional(std::clamp(correlation, -1.0, 1.0)) : std::nullopt;
}

void CoMoments::save(StateWriter& out) const {
  out.u64(count_);
  for (const double number : {mean_x_, mean_y_, squares_x_, squares_y_, products_}) {
    out.f64(number);
  }
}

void CoMoments::load(StateReader& in) {
  count_ = in.u64();
  for (double* number : {&mean_x_, &mean_y_, &squares_x_, &squares_y_, &products_}) {
    *number = in.f64();
  }
}

}  // namespace leeway
