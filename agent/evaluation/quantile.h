// Quantiles as Prometheus computes them. Used by functions of ranges and by aggregations.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace leeway::evaluation {

// Between the two nearest values; -Inf below 0, +Inf above 1, NaN of nothing.
double quantile(std::vector<double> values, double q);

struct Bucket {
  double upper = 0;
  double count = 0;  // cumulative
};
// histogram_quantile() of one histogram: NaN without a bucket for +Inf or without observations.
double bucket_quantile(std::vector<Bucket> buckets, double q);
// The bound of a label `le`; no value where it is none.
bool read_bound(std::string_view le, double& bound);

}  // namespace leeway::evaluation
