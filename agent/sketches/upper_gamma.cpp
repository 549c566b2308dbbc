#include "agent/sketches/upper_gamma.h"

#include <cmath>

namespace leeway {
namespace {

constexpr int kGammaSteps = 10'000;
constexpr double kGammaEpsilon = 1e-16;

// P(a, x) over x^a e^-x / gamma(a), for small x.
double lower_gamma_series(double a, double x) {
  double term = 1 / a;
  double sum = term;
  for (int n = 1; n < kGammaSteps && term > sum * kGammaEpsilon; ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

// Q(a, x) over the same, by its continued fraction (Lentz), for large x.
double upper_gamma_fraction(double a, double x) {
  constexpr double kTiny = 1e-300;
  double b = x + 1 - a;
  double c = 1 / kTiny;
  double d = 1 / b;
  double h = d;
  for (int n = 1; n < kGammaSteps; ++n) {
    const double an = -n * (n - a);
    b += 2;
    d = an * d + b;
    d = 1 / (std::abs(d) < kTiny ? kTiny : d);
    c = b + an / c;
    c = std::abs(c) < kTiny ? kTiny : c;
    const double factor = d * c;
    h *= factor;
    if (std::abs(factor - 1) < kGammaEpsilon) {
      break;
    }
  }
  return h;
}

}  // namespace

double log_upper_gamma(double a, double x) {
  if (!(x > 0)) {
    return 0;
  }
  const double front = -x + a * std::log(x) - std::lgamma(a);
  return x < a + 1 ? std::log1p(-std::exp(front) * lower_gamma_series(a, x))
                   : front + std::log(upper_gamma_fraction(a, x));
}

double upper_gamma(double a, double x) { return std::exp(log_upper_gamma(a, x)); }

// Newton's method on the logarithm, which is nearly a straight line.
double upper_gamma_inverse(double a, double log_q, double start) {
  constexpr int kRounds = 100;
  constexpr double kExact = 1e-13;
  double x = start;
  for (int round = 0; round < kRounds; ++round) {
    const double log_here = log_upper_gamma(a, x);
    const double hazard = std::exp((a - 1) * std::log(x) - x - std::lgamma(a) - log_here);
    const double next = x + (log_here - log_q) / hazard;
    const double step = (next > 0 ? next : x / 2) - x;
    x += step;
    if (std::abs(step) <= kExact * x) {
      break;
    }
  }
  return x;
}

}  // namespace leeway
