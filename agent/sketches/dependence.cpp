#include "agent/sketches/dependence.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "agent/sketches/normal.h"

namespace leeway {
namespace {

constexpr std::size_t kSeriesLags = 20;
constexpr std::size_t kHighestOrder = 10;
constexpr double kNegligible = 1e-4;            // correlations below this end the sum
constexpr std::size_t kLongestMemory = 10'000;  // rows; a longer one cannot be told from drift
constexpr std::size_t kFewestRows = 50;         // to measure anything at all

// Mid-ranks as shares in (0, 1): ties share one.
std::vector<double> shares_below(std::span<const double> series) {
  std::vector<std::uint32_t> order(series.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return series[a] < series[b]; });
  std::vector<double> shares(series.size());
  const double size = static_cast<double>(series.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && series[order[end]] == series[order[begin]]) {
      ++end;
    }
    for (std::size_t i = begin; i < end; ++i) {
      shares[order[i]] = static_cast<double>(begin + end) / 2 / size;
    }
    begin = end;
  }
  return shares;
}

// The polynomial of degree n + 1 from those of n and n - 1: sqrt(n + 1) h(n + 1) = z h(n) - sqrt(n) h(n - 1).
double hermite_after(std::size_t n, double z, double current, double before) {
  return (z * current - std::sqrt(static_cast<double>(n)) * before) / std::sqrt(static_cast<double>(n + 1));
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF2'9CE4'8422'2325U;  // FNV-1a
  for (const char byte : text) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100'0000'01B3U;
  }
  return hash;
}

}  // namespace

std::vector<double> normal_scores(std::span<const double> series) {
  std::vector<double> scores = shares_below(series);
  std::transform(scores.begin(), scores.end(), scores.begin(), normal_quantile);
  return scores;
}

std::vector<double> autocorrelations(std::span<const double> series) {
  const double mean = std::accumulate(series.begin(), series.end(), 0.0) / static_cast<double>(series.size());
  // Starts with as many zeros as there are lags, so that each step updates all lags.
  std::vector<double> centred(kSeriesLags);
  centred.reserve(kSeriesLags + series.size());
  std::transform(series.begin(), series.end(), std::back_inserter(centred), [mean](double x) { return x - mean; });
  std::array<double, kSeriesLags + 1> products{};  // at lag kSeriesLags first, at lag 0 last
  for (std::size_t i = 0; i < series.size(); ++i) {
    for (std::size_t j = 0; j <= kSeriesLags; ++j) {
      products[j] += centred[i + kSeriesLags] * centred[i + j];
    }
  }
  const double variance = products[kSeriesLags];
  std::vector<double> result;
  const double rounding = kNegligible * kNegligible * static_cast<double>(series.size());
  for (std::size_t lag = 1; variance > rounding && lag <= kSeriesLags; ++lag) {
    result.push_back(products[kSeriesLags - lag] / variance);
  }
  return result;
}

std::vector<double> fit_autoregression(std::span<const double> autocorrelations, std::uint64_t rows,
                                       std::size_t least_order) {
  // Levinson-Durbin: each order from the one below, with the share of variance that remains.
  std::vector<double> current;
  std::vector<double> best;
  double left = 1;
  double best_criterion = 0;
  const double n = static_cast<double>(rows);
  for (std::size_t order = 1; order <= std::min(kHighestOrder, autocorrelations.size()); ++order) {
    double partial = autocorrelations[order - 1];
    for (std::size_t i = 0; i + 1 < order; ++i) {
      partial -= current[i] * autocorrelations[order - 2 - i];
    }
    partial /= left;
    std::vector<double> next(order);
    for (std::size_t i = 0; i + 1 < order; ++i) {
      next[i] = current[i] - partial * current[order - 2 - i];
    }
    next[order - 1] = partial;
    current = std::move(next);
    left *= 1 - partial * partial;
    if (!(left > 0)) {
      break;
    }
    const double criterion = n * std::log(left) + static_cast<double>(order) * std::log(n);
    if (criterion < best_criterion || order <= least_order) {
      best_criterion = criterion;
      best = current;
    }
  }
  return best;
}

double variance_inflation(std::span<const double> coefficients, std::uint64_t rows) {
  if (coefficients.empty() || rows == 0) {
    return 1;
  }
  const std::size_t order = coefficients.size();
  // The first correlations solve rho(k) = sum a(i) rho(|k - i|): by iteration, which contracts for a stationary series.
  std::vector<double> rho(order + 1, 0);
  rho[0] = 1;
  constexpr int kIterations = 1000;
  for (int round = 0; round < kIterations; ++round) {
    for (std::size_t k = 1; k <= order; ++k) {
      double next = 0;
      for (std::size_t i = 1; i <= order; ++i) {
        next += coefficients[i - 1] * rho[k > i ? k - i : i - k];
      }
      rho[k] = std::clamp(next, -1.0, 1.0);
    }
  }
  double sum = 1;
  const double size = static_cast<double>(rows);
  std::size_t small = 0;  // consecutive correlations that are negligible
  for (std::size_t k = 1; k < rows && k < kLongestMemory && small < order; ++k) {
    if (k >= rho.size()) {
      double next = 0;
      for (std::size_t i = 1; i <= order; ++i) {
        next += coefficients[i - 1] * rho[k - i];
      }
      rho.push_back(next);
    }
    sum += 2 * (1 - static_cast<double>(k) / size) * rho[k];
    small = std::abs(rho[k]) < kNegligible ? small + 1 : 0;
  }
  return std::max(1.0, sum);
}

std::vector<std::vector<double>> rank_dependence(std::span<const double> series) {
  if (series.size() < kFewestRows) {
    return {};
  }
  const std::vector<double> scores = normal_scores(series);
  std::vector<std::vector<double>> result;
  std::vector<double> wave(series.size(), 1);
  std::vector<double> before(series.size(), 0);
  for (std::size_t direction = 1; direction <= kDirections; ++direction) {
    for (std::size_t i = 0; i < wave.size(); ++i) {
      before[i] = hermite_after(direction - 1, scores[i], wave[i], before[i]);
    }
    wave.swap(before);
    result.push_back(fit_autoregression(autocorrelations(wave), series.size()));
  }
  const bool independent = std::all_of(result.begin(), result.end(), [](const auto& fit) { return fit.empty(); });
  return independent ? std::vector<std::vector<double>>{} : result;
}

double hermite(std::size_t degree, double z) {
  double before = 0;
  double current = 1;
  for (std::size_t n = 0; n < degree; ++n) {
    before = std::exchange(current, hermite_after(n, z, current, before));
  }
  return current;
}

void CategoryRecurrence::add(std::string_view text) {
  const std::uint64_t hash = hash_of(text);
  for (std::size_t lag = 1; lag <= std::min<std::uint64_t>(kLags, rows_); ++lag) {
    same_[lag - 1] += last_[(rows_ - lag) % kLags] == hash ? 1 : 0;
  }
  last_[rows_++ % kLags] = hash;
}

void CategoryRecurrence::append(const CategoryRecurrence& other) {
  for (std::size_t i = 0; i < kLags; ++i) {
    same_[i] += other.same_[i];
  }
  for (std::size_t back = 1; back <= std::min<std::uint64_t>(kLags, other.rows_); ++back) {
    last_[(rows_ + other.rows_ - back) % kLags] = other.last_[(other.rows_ - back) % kLags];
  }
  rows_ += other.rows_;
}

std::vector<double> CategoryRecurrence::dependence(double concentration) const {
  return fit_autoregression(correlations(concentration), rows_);
}

std::vector<double> CategoryRecurrence::correlations(double concentration) const {
  if (rows_ < kFewestRows || !(concentration < 1)) {
    return {};
  }
  std::vector<double> result;
  for (std::size_t lag = 1; lag <= kLags; ++lag) {
    const double share = static_cast<double>(same_[lag - 1]) / static_cast<double>(rows_ - lag);
    result.push_back((share - concentration) / (1 - concentration));
  }
  return result;
}

void CategoryRecurrence::save(StateWriter& out) const {
  out.u64(rows_);
  for (std::size_t i = 0; i < kLags; ++i) {
    out.f64(std::bit_cast<double>(last_[i]));
    out.u64(same_[i]);
  }
}

void CategoryRecurrence::load(StateReader& in) {
  rows_ = in.u64();
  for (std::size_t i = 0; i < kLags; ++i) {
    last_[i] = std::bit_cast<std::uint64_t>(in.f64());
    same_[i] = in.u64();
  }
}

}  // namespace leeway
