#include "agent/sketches/normal.h"

#include <cmath>
#include <numbers>

namespace leeway {
namespace {

constexpr double kTail = 0.02425;  // below this the approximation of the tails is used

double tail_quantile(double probability) {
  const double q = std::sqrt(-2 * std::log(probability));
  const double above = ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) * q -
                         2.549732539343734e+00) *
                            q +
                        4.374664141464968e+00) *
                           q +
                       2.938163982698783e+00;
  const double below =
      (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q + 3.754408661907416e+00) *
          q +
      1;
  return above / below;
}

}  // namespace

double normal_density(double x) { return std::exp(-x * x / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2; }

double normal_distribution(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

double normal_quantile(double probability) {
  if (probability < kTail) {
    return tail_quantile(probability);
  }
  if (probability > 1 - kTail) {
    return -tail_quantile(1 - probability);
  }
  const double q = probability - 0.5;
  const double r = q * q;
  const double above = (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
                          1.383577518672690e+02) *
                             r -
                         3.066479806614716e+01) *
                            r +
                        2.506628277459239e+00) *
                       q;
  const double below = ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
                         6.680131188771972e+01) *
                            r -
                        1.328068155288572e+01) *
                           r +
                       1;
  return above / below;
}

}  // namespace leeway
