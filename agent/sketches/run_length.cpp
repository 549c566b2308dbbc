#include "agent/sketches/run_length.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <optional>
#include <vector>

#include "agent/sketches/normal.h"

namespace leeway {
namespace {

constexpr double kNodesPerDeviation = 1.6;  // of the quadrature: the chance of an alarm is then accurate to 11 digits
constexpr int kFewestNodes = 16;
constexpr int kMostNodes = 400;
constexpr double kPrecision = 1e-3;  // of the logarithm of a run length
constexpr int kMostSteps = 60;       // of a search
// A reference is unusable if its limit would, with a perfect reference, give a run length this many times greater: run
// lengths then differ by powers of ten between references.
constexpr double kWidestCorrection = 10;

struct Quadrature {
  std::vector<double> nodes;
  std::vector<double> weights;
};

// Gauss-Legendre on [from, to]: roots of the Legendre polynomial by Newton's method.
Quadrature gauss_legendre(int count, double from, double to) {
  Quadrature rule;
  for (int i = 0; i < count; ++i) {
    double x = std::cos(std::numbers::pi * (i + 0.75) / (count + 0.5));
    double slope = 1;
    for (double step = 1; std::abs(step) > 1e-14;) {
      double current = x;
      double before = 1;
      for (int degree = 2; degree <= count; ++degree) {
        const double next = ((2 * degree - 1) * x * current - (degree - 1) * before) / degree;
        before = current;
        current = next;
      }
      slope = count * (x * current - before) / (x * x - 1);
      step = current / slope;
      x -= step;
    }
    rule.nodes.push_back((from + to) / 2 + (to - from) / 2 * x);
    rule.weights.push_back((to - from) / ((1 - x * x) * slope * slope));
  }
  return rule;
}

// Solves matrix x = right in place by elimination with partial pivoting; the matrix is row by row.
void solve(std::vector<double>& matrix, std::vector<double>& right) {
  const std::size_t size = right.size();
  for (std::size_t column = 0; column < size; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column + 1; row < size; ++row) {
      if (std::abs(matrix[row * size + column]) > std::abs(matrix[pivot * size + column])) {
        pivot = row;
      }
    }
    if (pivot != column) {
      std::swap_ranges(&matrix[pivot * size], &matrix[pivot * size] + size, &matrix[column * size]);
      std::swap(right[pivot], right[column]);
    }
    for (std::size_t row = column + 1; row < size; ++row) {
      const double factor = matrix[row * size + column] / matrix[column * size + column];
      if (factor != 0) {
        for (std::size_t k = column; k < size; ++k) {
          matrix[row * size + k] -= factor * matrix[column * size + k];
        }
        right[row] -= factor * right[column];
      }
    }
  }
  for (std::size_t row = size; row-- > 0;) {
    for (std::size_t k = row + 1; k < size; ++k) {
      right[row] -= matrix[row * size + k] * right[k];
    }
    right[row] /= matrix[row * size + row];
  }
}

// Transition probabilities of one step of the chart.
class Step {
 public:
  Step(const ChartProcess& process, double mean, double deviation)
      : process_(process), centre_(process.gain * mean - process.allowance), deviation_(process.gain * deviation) {}

  double density(double from, double to) const {
    return normal_density((to - process_.decay * from - centre_) / deviation_) / deviation_;
  }
  double to_floor(double from) const {
    return normal_distribution((process_.floor - process_.decay * from - centre_) / deviation_);
  }
  double deviation() const { return deviation_; }

 private:
  const ChartProcess& process_;
  double centre_;
  double deviation_;
};

// The root of an increasing, nearly linear function between `low` and `high`, by regula falsi with halving (Illinois).
// `low` must be below it; no value if it is beyond `high`.
std::optional<double> find_root(const std::function<double(double)>& function, double low, double high) {
  double at_low = function(low);
  double at_high = function(high);
  if (at_high < 0) {
    return std::nullopt;
  }
  for (int step = 0; step < kMostSteps; ++step) {
    const double middle = low - at_low * (high - low) / (at_high - at_low);
    const double value = function(middle);
    if (std::abs(value) < kPrecision) {
      return middle;
    }
    if ((value < 0) == (at_low < 0)) {
      low = middle;
      at_low = value;
      at_high /= 2;
    } else {
      high = middle;
      at_high = value;
      at_low /= 2;
    }
  }
  return high;
}

// Records to a false alarm, averaged over the possible true references: the mean of the alarm rate over normal errors
// of mean and deviation, by Gauss-Hermite quadrature.
double mean_run_length(const ChartProcess& process, std::uint64_t reference_rows) {
  if (reference_rows == 0) {
    return average_run_length(process, 0, 1);
  }
  struct Node {
    double at;  // standard errors
    double weight;
  };
  static constexpr std::array<Node, 7> kMeans{{{-3.7504397177257425, 0.00054826885597221875},
                                               {-2.3667594107345415, 0.030757123967586491},
                                               {-1.1544053947399682, 0.24012317860501250},
                                               {0, 0.45714285714285713},
                                               {1.1544053947399682, 0.24012317860501250},
                                               {2.3667594107345415, 0.030757123967586491},
                                               {3.7504397177257425, 0.00054826885597221875}}};
  static constexpr std::array<Node, 3> kDeviations{
      {{-std::numbers::sqrt3, 1.0 / 6}, {0, 2.0 / 3}, {std::numbers::sqrt3, 1.0 / 6}}};
  const double rows = static_cast<double>(reference_rows);
  double rate = 0;
  for (const Node& mean : kMeans) {
    for (const Node& deviation : kDeviations) {
      const double estimate = 1 + deviation.at / std::sqrt(2 * rows);
      rate += mean.weight * deviation.weight /
              average_run_length(process, mean.at / std::sqrt(rows) / estimate, 1 / estimate);
    }
  }
  return 1 / rate;
}

using ProcessOf = std::function<ChartProcess(double limit)>;

// The limit at which the chart has the run length, which grows about exponentially with it. `low` is below that limit.
std::optional<double> limit_for(const ProcessOf& process, double run_length, std::uint64_t reference_rows, double low) {
  const auto excess = [&process](double wanted, std::uint64_t rows) {
    return [&process, wanted, rows](double limit) { return std::log(mean_run_length(process(limit), rows) / wanted); };
  };
  const auto known_limit = [&](double wanted, double from) {
    std::optional<double> limit;
    for (; !limit; from *= 2) {
      limit = find_root(excess(wanted, 0), from, from * 2);
    }
    return *limit;
  };
  const double known = known_limit(run_length, low);
  if (reference_rows == 0) {
    return known;
  }
  // Errors of the estimates only cost run length.
  return find_root(excess(run_length, reference_rows), known, known_limit(run_length * kWidestCorrection, known));
}

}  // namespace

ChartProcess cusum_process(double allowance, double threshold) { return {1, 1, allowance, 0, threshold, false}; }

ChartProcess ewma_process(double smoothing, double limit, bool two_sided) {
  return {1 - smoothing, smoothing, 0, -limit, limit, two_sided};
}

double average_run_length(const ChartProcess& process, double mean, double deviation) {
  const Step step(process, mean, deviation);
  const double widths = (process.limit - process.floor) / step.deviation();
  const int count = std::min(kMostNodes, kFewestNodes + static_cast<int>(std::ceil(kNodesPerDeviation * widths)));
  const Quadrature rule = gauss_legendre(count, process.floor, process.limit);
  // The unknowns: L at the nodes, and at the floor if values are held there.
  std::vector<double> states = rule.nodes;
  if (!process.absorbing_floor) {
    states.push_back(process.floor);
  }
  const std::size_t size = states.size();
  const auto chance = [&](double from, std::size_t to) {
    return to < rule.nodes.size() ? rule.weights[to] * step.density(from, states[to]) : step.to_floor(from);
  };
  std::vector<double> matrix(size * size);
  std::vector<double> lengths(size, 1.0);
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size; ++column) {
      matrix[row * size + column] = (row == column ? 1 : 0) - chance(states[row], column);
    }
  }
  solve(matrix, lengths);
  double result = 1;
  for (std::size_t i = 0; i < size; ++i) {
    result += chance(0, i) * lengths[i];
  }
  // Double precision cannot distinguish this from "never".
  return result > 0 && std::isfinite(result) ? result : std::numeric_limits<double>::max();
}

std::optional<CusumDesign> design_cusum(const ChartGoal& goal) {
  constexpr double kLowest = 0.1;
  const double allowance = goal.shift / 2;
  // Both sides alarm equally often, so each has half of the rate.
  const double sides = goal.direction == ChangeDirection::kBoth ? 2 : 1;
  const std::optional<double> threshold = limit_for([&](double limit) { return cusum_process(allowance, limit); },
                                                    goal.average_run_length * sides, goal.reference_rows, kLowest);
  return threshold ? std::optional(CusumDesign{allowance, *threshold}) : std::nullopt;
}

std::optional<EwmaDesign> design_ewma(const ChartGoal& goal) {
  static constexpr std::array<double, 10> kWeights{0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.45, 0.7};
  const bool two_sided = goal.direction == ChangeDirection::kBoth;
  const auto limit_of = [&](double weight, std::uint64_t reference_rows) {
    const double unit = std::sqrt(weight / (2 - weight));  // deviation of the average after a long time
    return limit_for([&](double limit) { return ewma_process(weight, limit, two_sided); }, goal.average_run_length,
                     reference_rows, unit / 4);
  };
  double best = 0;
  double soonest = std::numeric_limits<double>::infinity();
  for (const double weight : kWeights) {
    const double delay = average_run_length(ewma_process(weight, *limit_of(weight, 0), two_sided), goal.shift, 1);
    if (delay >= soonest) {
      break;  // the delay falls with the weight, then rises
    }
    soonest = delay;
    best = weight;
  }
  const std::optional<double> limit = limit_of(best, goal.reference_rows);
  return limit ? std::optional(EwmaDesign{best, *limit}) : std::nullopt;
}

}  // namespace leeway
