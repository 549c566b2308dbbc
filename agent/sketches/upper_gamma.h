// The regularised upper incomplete gamma function Q(a, x): P(X > x) of a gamma variable of shape `a` > 0 and scale 1.
// Used by two_sample for chi-square variables and by upper_tail.
#pragma once

namespace leeway {

double upper_gamma(double a, double x);
// Its logarithm, exact where the function itself is too small to be represented.
double log_upper_gamma(double a, double x);
// The x with log_upper_gamma(a, x) = log_q, at most 0; found from `start` > 0, near it.
double upper_gamma_inverse(double a, double log_q, double start);

}  // namespace leeway
