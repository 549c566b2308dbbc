#include "agent/sketches/window_effect.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "agent/sketches/random.h"
#include "agent/sketches/row_totals.h"
#include "agent/sketches/upper_gamma.h"
#include "agent/sketches/window_cycle.h"

namespace leeway {
namespace {

constexpr std::uint64_t kTypicalDraws = 1000;
constexpr std::uint64_t kDrawsAtOnce = 500;
// Lower thresholds, if the draws are wrong by chance alone, alarm too often: they need more evidence than higher ones.
constexpr double kHigher = 2.6;  // standard errors of the mean
constexpr double kLower = 3.3;
constexpr double kSpreadLevel = 0.001;
constexpr double kMostZeros = 0.25;
constexpr double kHighestTested = 0.2;  // at which windows are tested

// Scores that are squares of distances.
bool is_squared(DriftMethod method) {
  return method == DriftMethod::kPsi || method == DriftMethod::kChiSquare || method == DriftMethod::kKullbackLeibler ||
         method == DriftMethod::kCramerVonMises;
}

// Those that grow with the window where it differs, and stay as they are where it does not.
bool is_statistic(DriftMethod method) {
  return method == DriftMethod::kChiSquare || method == DriftMethod::kCramerVonMises;
}

double root_of(DriftMethod method, double score) {
  return is_squared(method) ? std::sqrt(std::sqrt(score)) : std::sqrt(score);
}

double score_of(DriftMethod method, double root) { return is_squared(method) ? std::pow(root, 4) : root * root; }

// The reference without one of its windows.
void leave_out(const ColumnReference& reference, const ReferenceWindow& window, ColumnReference& others) {
  const double held = static_cast<double>(reference.value_rows());
  const double left = held - (window.rows() - window.cells[ColumnReference::kMissingCell]);
  for (std::size_t cell = 0; cell < others.counts.size(); ++cell) {
    others.counts[cell] = std::max(0.0, reference.counts[cell] - window.cells[cell]);
  }
  others.mean_rest = left > 0 ? (reference.mean_rest * held - window.sum) / left : reference.mean_rest;
}

}  // namespace

WindowEffect::WindowEffect(const ColumnReference& reference, std::vector<DriftMethod> methods, double pseudo_count,
                           std::uint64_t min_rows)
    : reference_(reference), methods_(std::move(methods)), pseudo_count_(pseudo_count), roots_(methods_.size()) {
  // Of categories that share cells, those which only one window has would be unseen in the others: not known here.
  if (reference.kind == ColumnKind::kCategory && reference.groups > 1) {
    return;
  }
  std::vector<const ReferenceWindow*> windows;
  std::vector<double> rows;
  for (const ReferenceWindow& window : reference.windows) {
    if (window.rows() >= static_cast<double>(min_rows)) {
      windows.push_back(&window);
      rows.push_back(window.rows());
    }
  }
  if (windows.size() < kFewestWindows) {
    return;
  }
  std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2), rows.end());
  rows_ = static_cast<std::uint64_t>(rows[rows.size() / 2]);
  score_windows(windows);
  for (const CyclePart part : {CyclePart::kHour, CyclePart::kWeekday}) {
    const std::optional<WindowCycle> cycle = window_cycle(reference, part);
    cycle_ = cycle_ || (cycle && cycle->found);
  }
}

// The variance of a share is proportional to 1 / n + 1 / m with independent rows, and so is a squared distance.
void WindowEffect::score_windows(const std::vector<const ReferenceWindow*>& windows) {
  const double all = static_cast<double>(reference_.rows);
  const double typical = 1 / static_cast<double>(rows_) + 1 / all;
  ColumnReference others = reference_;
  std::vector<double> scores(methods_.size());
  std::vector<std::size_t> zeros(methods_.size());
  WindowSums sums;
  for (const ReferenceWindow* const window : windows) {
    leave_out(reference_, *window, others);
    sums.cells = window->cells;
    sums.sum = window->sum;
    DriftScorer(others, methods_, pseudo_count_).score(sums, scores);
    const double variance = 1 / window->rows() + 1 / std::max(1.0, all - window->rows());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      zeros[i] += scores[i] > 0 ? 0 : 1;
      if (std::isfinite(scores[i])) {
        roots_[i].push_back(root_of(methods_[i], std::max(0.0, scores[i])) *
                            (is_statistic(methods_[i]) ? 1 : std::pow(typical / variance, 0.25)));
      }
    }
  }
  for (std::size_t i = 0; i < roots_.size(); ++i) {
    const bool zero = static_cast<double>(zeros[i]) > kMostZeros * static_cast<double>(windows.size());
    if (zero || roots_[i].size() < kFewestWindows || is_p_value(methods_[i]) || !(spread_of(roots_[i]).deviation > 0)) {
      roots_[i].clear();
    }
  }
}

WindowEffect::Spread WindowEffect::spread_of(const std::vector<double>& roots) {
  const double n = static_cast<double>(roots.size());
  Spread result;
  result.mean = std::accumulate(roots.begin(), roots.end(), 0.0) / n;
  for (const double root : roots) {
    result.deviation += (root - result.mean) * (root - result.mean);
  }
  result.deviation = std::sqrt(result.deviation / (n - 1));
  return result;
}

WindowEffect::Draws WindowEffect::draw(const ColumnReference& reference, std::uint64_t rows, std::uint64_t count,
                                       const std::atomic<bool>& cancelled) const {
  DriftScorer scorer(reference, methods_, pseudo_count_);
  Calibration calibration(scorer, rows, count);
  while (calibration.draw(kDrawsAtOnce) != 0 && !cancelled) {
  }
  Draws draws = calibration.take_draws();
  for (std::size_t i = 0; i < draws.size(); ++i) {
    for (double& score : draws[i]) {
      score = root_of(methods_[i], std::max(0.0, score));
    }
  }
  return draws;
}

bool WindowEffect::differs(std::size_t method, const Spread& drawn) const {
  const Spread own = spread_of(roots_[method]);
  const double n = static_cast<double>(roots_[method].size());
  const double errors = (own.mean - drawn.mean) / (drawn.deviation / std::sqrt(n));
  const double squares = (n - 1) * std::pow(own.deviation / drawn.deviation, 2);  // chi-square
  return errors > kHigher || errors < -kLower || upper_gamma((n - 1) / 2, squares / 2) < kSpreadLevel;
}

// What windows have in common with their time does not become less with more rows, as noise does.
void WindowEffect::move(std::size_t method, const Spread& typical, std::uint64_t rows,
                        std::vector<double>& draws) const {
  const Spread own = spread_of(roots_[method]);
  const Spread noise = spread_of(draws);
  const double n = static_cast<double>(roots_[method].size());
  const double times = is_statistic(methods_[method]) ? static_cast<double>(rows) / static_cast<double>(rows_) : 1;
  const double effect = std::max(0.0, std::pow(own.mean, 4) - std::pow(typical.mean, 4));
  const double scale =
      std::pow((std::pow(noise.mean, 4) + times * effect) / (std::pow(typical.mean, 4) + effect), 0.25);
  Random random(draws.size() + rows);
  for (double& root : draws) {
    const double z = noise.deviation > 0 ? (root - noise.mean) / noise.deviation : 0;
    const double deviation = own.deviation * std::sqrt((n - 1) / (2 * random.gamma((n - 1) / 2)));
    const double mean = own.mean + deviation * random.normal() / std::sqrt(n);
    root = mean + deviation * z;
  }
  const double more = cycle_ ? stretch(method, draws) : 1;
  for (double& root : draws) {
    root = std::max(0.0, scale * (own.mean + more * (root - own.mean)));
  }
}

// With r of n windows at least this high, the next one is with a probability of r / (n + 1).
double WindowEffect::stretch(std::size_t method, std::vector<double> draws) const {
  const double mean = spread_of(roots_[method]).mean;
  std::vector<double> highest = roots_[method];
  std::sort(highest.begin(), highest.end(), std::greater<>());
  std::sort(draws.begin(), draws.end(), std::greater<>());
  double result = 1;
  for (std::size_t r = 1; r <= highest.size(); ++r) {
    const double level = static_cast<double>(r) / static_cast<double>(highest.size() + 1);
    const double limit = draws[static_cast<std::size_t>(level * static_cast<double>(draws.size()))];
    if (level <= kHighestTested && limit > mean) {
      result = std::max(result, (highest[r - 1] - mean) / (limit - mean));
    }
  }
  return result;
}

void WindowEffect::follow(std::vector<NullScores>& null, std::uint64_t rows, std::uint64_t draws,
                          const std::atomic<bool>& cancelled) const {
  if (!known() || std::all_of(roots_.begin(), roots_.end(), [](const auto& roots) { return roots.empty(); })) {
    return;
  }
  ColumnReference independent = reference_;
  independent.dependence.clear();
  const Draws drawn = draw(reference_, rows_, kTypicalDraws, cancelled);
  const Draws typical = reference_.dependence.empty() ? drawn : draw(independent, rows_, kTypicalDraws, cancelled);
  Draws moved;
  for (std::size_t i = 0; i < methods_.size() && !cancelled; ++i) {
    if (roots_[i].empty() || drawn[i].empty()) {
      continue;
    }
    const Spread noise = spread_of(typical[i]);
    null[i].window_ratio = score_of(methods_[i], spread_of(roots_[i]).mean) / score_of(methods_[i], noise.mean);
    if (!differs(i, spread_of(drawn[i]))) {
      continue;
    }
    if (moved.empty()) {
      moved = draw(independent, rows, draws, cancelled);
    }
    move(i, noise, rows, moved[i]);
    for (double& root : moved[i]) {
      root = score_of(methods_[i], root);
    }
    const double ratio = null[i].window_ratio;
    null[i] = null_scores_of(std::move(moved[i]), methods_[i]);
    null[i].window_ratio = ratio;
  }
}

}  // namespace leeway
