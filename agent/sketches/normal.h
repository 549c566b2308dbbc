// The standard normal distribution. Used by the run lengths of control charts and by their input scores.
#pragma once

namespace leeway {

double normal_density(double x);
double normal_distribution(double x);
// `probability` is in (0, 1). Acklam's rational approximation: relative error below 1.2e-9.
double normal_quantile(double probability);

}  // namespace leeway
