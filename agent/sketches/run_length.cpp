#include "agent/sketches/run_length.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <optional>
#include <span>
#include <vector>

#include "agent/sketches/normal.h"

namespace leeway {
namespace {

constexpr double kNodesPerDeviation = 1.6;  // of the quadrature: the chance of an alarm is then accurate to 11 digits
constexpr int kFewestNodes = 16;
constexpr int kMostNodes = 400;
constexpr double kCellsPerDeviation = 4;  // of the Markov chain
constexpr int kFewestCells = 16;
constexpr int kMostCells = 400;
constexpr double kNever = 1e300;     // a run length that double precision cannot tell from infinity
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
// `low` if it is there or before; no value if it is beyond `high`.
std::optional<double> find_root(const std::function<double(double)>& function, double low, double high) {
  double at_low = function(low);
  if (at_low >= 0) {
    return low;
  }
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

// One of the charts of a detector: their alarms add up.
struct Side {
  std::function<ChartProcess(double limit)> process;
  bool mirrored = false;  // it sees the scores with the opposite sign
};

std::vector<ScoreShare> mirrored(std::vector<ScoreShare> points) {
  for (ScoreShare& point : points) {
    point.score = -point.score;
  }
  return points;
}

// Alarms per record at that error of the reference, in standard errors of its mean and its deviation.
double alarm_rate(std::span<const Side> sides, double limit, const ChartGoal& goal, double mean, double deviation) {
  const double root = goal.reference_rows == 0 ? 1 : std::sqrt(static_cast<double>(goal.reference_rows));
  const double fitted = std::sqrt(goal.fitted_inflation);
  if (goal.scores == nullptr) {
    // Normal errors are symmetric, so over all of them both sides have as many alarms.
    const double estimate = 1 + deviation / root * std::hypot(1 / std::numbers::sqrt2, fitted);
    return static_cast<double>(sides.size()) /
           average_run_length(sides.front().process(limit), mean / root / estimate, 1 / estimate);
  }
  // The error of the fit and that of the deviation are independent: each has its part of their sum.
  const double own = goal.scores->deviation_error();
  const double both = std::hypot(own, fitted);
  const double part = both > 0 ? deviation / root / both : 0;
  std::vector<ScoreShare> points = goal.scores->tilted(mean / root, part * own);
  for (ScoreShare& point : points) {
    point.score *= std::max(0.1, 1 + part * fitted * fitted);
  }
  double rate = 0;
  for (const Side& side : sides) {
    rate += 1 / (side.mirrored ? average_run_length(side.process(limit), mirrored(points))
                               : average_run_length(side.process(limit), points));
  }
  return rate;
}

// Records to a false alarm, averaged over the possible true references: the mean of the alarm rate over normal errors
// of mean and deviation, by Gauss-Hermite quadrature.
double mean_run_length(std::span<const Side> sides, double limit, const ChartGoal& goal) {
  if (goal.reference_rows == 0) {
    return 1 / alarm_rate(sides, limit, goal, 0, 0);
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
  static constexpr std::array<Node, 1> kNone{{{0, 1}}};
  const bool mean_only = goal.scores != nullptr && goal.scores->deviation_error() == 0 && goal.fitted_inflation == 0;
  double rate = 0;
  for (const Node& mean : kMeans) {
    for (const Node& deviation : mean_only ? std::span<const Node>(kNone) : std::span<const Node>(kDeviations)) {
      rate += mean.weight * deviation.weight * alarm_rate(sides, limit, goal, mean.at, deviation.at);
    }
  }
  return 1 / rate;
}

// The limit at which the chart has the run length, which grows about exponentially with it. `low` is below that limit.
std::optional<double> limit_for(std::span<const Side> sides, const ChartGoal& goal, double low) {
  ChartGoal known_goal = goal;
  known_goal.reference_rows = 0;
  const auto excess = [sides](const ChartGoal& of, double wanted) {
    return [sides, &of, wanted](double limit) { return std::log(mean_run_length(sides, limit, of) / wanted); };
  };
  const auto known_limit = [&](double wanted, double from) {
    std::optional<double> limit;
    for (; !limit; from *= 2) {
      limit = find_root(excess(known_goal, wanted), from, from * 2);
    }
    return *limit;
  };
  const double wanted = goal.average_run_length;
  const double known = known_limit(wanted, low);
  if (goal.reference_rows == 0) {
    return known;
  }
  // Errors of the estimates only cost run length.
  return find_root(excess(goal, wanted), known, known_limit(wanted * kWidestCorrection, known));
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
  return result > 0 && std::isfinite(result) ? result : kNever;
}

double average_run_length(const ChartProcess& process, std::span<const ScoreShare> scores) {
  // An even number of cells: the chart starts at the border of one.
  const double fewest = (process.limit - process.floor) / process.gain * kCellsPerDeviation;
  const int half = std::clamp(static_cast<int>(std::ceil(fewest / 2)), kFewestCells / 2, kMostCells / 2);
  const double width = (process.limit - process.floor) / (2 * half);
  // A value between two borders counts in part for each. This keeps its mean, but adds width^2 / 6 to its variance.
  const double added = width / process.gain;
  const double gain = process.gain * std::sqrt(std::max(0.5, 1 - added * added / 6));
  const std::size_t size = 2 * static_cast<std::size_t>(half) + 1;
  std::vector<double> matrix(size * size);
  for (std::size_t row = 0; row < size; ++row) {
    double* const chances = &matrix[row * size];
    const double from = process.decay * (process.floor + static_cast<double>(row) * width) - process.allowance;
    for (const ScoreShare& point : scores) {
      const double place = (from + gain * point.score - process.floor) / width;
      if (place <= 0) {
        chances[0] -= process.absorbing_floor && place < 0 ? 0 : point.share;
      } else if (place <= static_cast<double>(size - 1)) {
        const std::size_t below = std::min(static_cast<std::size_t>(place), size - 2);
        const double part = place - static_cast<double>(below);
        chances[below] -= point.share * (1 - part);
        chances[below + 1] -= point.share * part;
      }
    }
    chances[row] += 1;
  }
  std::vector<double> lengths(size, 1.0);
  solve(matrix, lengths);
  const double result = lengths[process.floor < 0 ? static_cast<std::size_t>(half) : 0];
  return result > 0 && std::isfinite(result) ? result : kNever;
}

std::optional<CusumDesign> design_cusum(const ChartGoal& goal) {
  return design_cusum(goal, {goal.shift / 2, goal.shift / 2});
}

std::optional<CusumDesign> design_cusum(const ChartGoal& goal, const ScoreDistribution::Allowances& allowances) {
  constexpr double kLowest = 0.1;
  std::vector<Side> sides;
  if (watches_up(goal.direction)) {
    sides.push_back({[&](double limit) { return cusum_process(allowances.up, limit); }, false});
  }
  if (watches_down(goal.direction)) {
    sides.push_back({[&](double limit) { return cusum_process(allowances.down, limit); }, true});
  }
  const std::optional<double> threshold = limit_for(sides, goal, kLowest);
  return threshold ? std::optional(CusumDesign{allowances, *threshold}) : std::nullopt;
}

std::optional<EwmaDesign> design_ewma(const ChartGoal& goal) {
  static constexpr std::array<double, 10> kWeights{0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3, 0.45, 0.7};
  const bool two_sided = goal.direction == ChangeDirection::kBoth;
  const auto limit_of = [&](double weight, const ChartGoal& of) {
    const double unit = std::sqrt(weight / (2 - weight));  // deviation of the average after a long time
    const std::array<Side, 1> side{{{[&](double limit) { return ewma_process(weight, limit, two_sided); },
                                     goal.direction == ChangeDirection::kDown}}};
    return limit_for(side, of, unit / 4);
  };
  ChartGoal normal = goal;
  normal.reference_rows = 0;
  normal.scores = nullptr;
  double best = 0;
  double soonest = std::numeric_limits<double>::infinity();
  for (const double weight : kWeights) {
    const double delay = average_run_length(ewma_process(weight, *limit_of(weight, normal), two_sided), goal.shift, 1);
    if (delay >= soonest) {
      break;  // the delay falls with the weight, then rises
    }
    soonest = delay;
    best = weight;
  }
  const std::optional<double> limit = limit_of(best, goal);
  return limit ? std::optional(EwmaDesign{best, *limit}) : std::nullopt;
}

}  // namespace leeway
