#include "agent/evaluation/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "agent/core/number_text.h"

namespace leeway::evaluation {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Equal bounds are added up, and no count is less than the one before.
std::vector<Bucket> merged(std::vector<Bucket> buckets) {
  std::sort(buckets.begin(), buckets.end(), [](const Bucket& a, const Bucket& b) { return a.upper < b.upper; });
  std::vector<Bucket> result;
  for (const Bucket& bucket : buckets) {
    if (!result.empty() && result.back().upper == bucket.upper) {
      result.back().count += bucket.count;
    } else {
      result.push_back(bucket);
    }
  }
  for (std::size_t i = 1; i < result.size(); ++i) {
    result[i].count = std::max(result[i].count, result[i - 1].count);
  }
  return result;
}

}  // namespace

double quantile(std::vector<double> values, double q) {
  if (values.empty() || std::isnan(q)) {
    return kNaN;
  }
  if (q < 0 || q > 1) {
    return q < 0 ? -kInfinity : kInfinity;
  }
  std::sort(values.begin(), values.end(), [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; });
  const double rank = q * static_cast<double>(values.size() - 1);
  const double below = std::floor(rank);
  const auto lower = static_cast<std::size_t>(below);
  const std::size_t upper = std::min(lower + 1, values.size() - 1);
  const double weight = rank - below;
  return values[lower] * (1 - weight) + values[upper] * weight;
}

double bucket_quantile(std::vector<Bucket> buckets, double q) {
  if (std::isnan(q)) {
    return kNaN;
  }
  if (q < 0 || q > 1) {
    return q < 0 ? -kInfinity : kInfinity;
  }
  const std::vector<Bucket> sorted = merged(std::move(buckets));
  if (sorted.size() < 2 || sorted.back().upper != kInfinity) {
    return kNaN;
  }
  const double all = sorted.back().count;
  if (all == 0 || std::isnan(all)) {
    return kNaN;
  }
  const double rank = q * all;
  std::size_t found = 0;
  while (found + 1 < sorted.size() && !(sorted[found].count >= rank)) {
    ++found;
  }
  if (found + 1 == sorted.size()) {
    return sorted[found - 1].upper;
  }
  if (found == 0 && sorted[0].upper <= 0) {
    return sorted[0].upper;
  }
  const double start = found == 0 ? 0 : sorted[found - 1].upper;
  const double before = found == 0 ? 0 : sorted[found - 1].count;
  return start + (sorted[found].upper - start) * ((rank - before) / (sorted[found].count - before));
}

bool read_bound(std::string_view le, double& bound) {
  if (le == "+Inf" || le == "Inf") {
    bound = kInfinity;
    return true;
  }
  const std::optional<double> number = read_double(le);
  bound = number.value_or(0);
  return number.has_value();
}

}  // namespace leeway::evaluation
