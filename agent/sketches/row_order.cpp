#include "agent/sketches/row_order.h"

#include <algorithm>
#include <numeric>

namespace leeway {
namespace {

constexpr std::size_t kFewestSteps = 20;
constexpr double kSameWay = 0.8;        // share of steps; half of those of a series in time go either way
constexpr std::size_t kFarLag = 10;     // correlations beyond it ...
constexpr double kUndecayed = 0.85;     // ... are this share of the first one where all that differs is the group,
constexpr double kSlow = 0.6;           // ... or this one, which series in time also have,
constexpr double kFewIndependent = 50;  // ... but seldom with fewer independent rows than that

bool is_nearly_sorted(std::span<const double> series) {
  std::size_t up = 0;
  std::size_t down = 0;
  for (std::size_t i = 1; i < series.size(); ++i) {
    up += series[i - 1] < series[i] ? 1 : 0;
    down += series[i - 1] > series[i] ? 1 : 0;
  }
  const auto steps = static_cast<double>(up + down);
  return up + down >= kFewestSteps && static_cast<double>(std::max(up, down)) > kSameWay * steps;
}

}  // namespace

bool is_order_of_table(std::span<const double> autocorrelations, std::span<const double> fit, std::uint64_t rows) {
  if (fit.empty() || autocorrelations.size() <= kFarLag) {
    return false;
  }
  const std::span<const double> far = autocorrelations.subspan(kFarLag);
  const double mean = std::accumulate(far.begin(), far.end(), 0.0) / static_cast<double>(far.size());
  const double first = autocorrelations.front();
  return first > 0 &&
         (mean > kUndecayed * first ||
          (mean > kSlow * first && static_cast<double>(rows) < kFewIndependent * variance_inflation(fit, rows)));
}

bool is_order_of_table(std::span<const double> series) {
  if (is_nearly_sorted(series)) {
    return true;
  }
  const std::vector<double> correlations = autocorrelations(normal_scores(series));
  return is_order_of_table(correlations, fit_autoregression(correlations, series.size()), series.size());
}

std::vector<std::vector<double>> dependence_of_rows(std::span<const double> series, RowOrder order) {
  if (order == RowOrder::kAny) {
    return {};
  }
  std::vector<std::vector<double>> result = rank_dependence(series);
  if (order == RowOrder::kDetected && !result.empty() && is_order_of_table(series)) {
    result.clear();
  }
  return result;
}

std::vector<std::vector<double>> dependence_of_rows(const CategoryRecurrence& categories, double concentration,
                                                    RowOrder order) {
  if (order == RowOrder::kAny) {
    return {};
  }
  const std::vector<double> correlations = categories.correlations(concentration);
  std::vector<double> fit = fit_autoregression(correlations, categories.rows());
  if (fit.empty() || (order == RowOrder::kDetected && is_order_of_table(correlations, fit, categories.rows()))) {
    return {};
  }
  return {std::move(fit)};
}

double effective_rows(std::span<const std::vector<double>> dependence, std::uint64_t rows) {
  double inflation = 1;
  for (const std::vector<double>& fit : dependence) {
    inflation = std::max(inflation, variance_inflation(fit, rows));
  }
  return static_cast<double>(rows) / inflation;
}

}  // namespace leeway
