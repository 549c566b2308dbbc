#include "agent/sketches/fine_cells.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/sketches/reference_capture.h"
#include "agent/sketches/row_totals.h"
#include "agent/sketches/two_sample.h"

namespace leeway {
namespace {

constexpr std::size_t kFewValues = ReferenceCapture::kMostDistinct;  // each a cell of its own
constexpr double kPieces = 768;                                      // about this many more where cells are wide
constexpr std::size_t kFirstCell = ColumnReference::kBelowCell + 1;

// Divides cells in proportion to their rows and width: in a wide one, rows may be far from their mean.
void add_pieces(const ColumnReference& reference, std::vector<double>& edges) {
  std::vector<double> costs;
  double low = reference.minimum;
  std::size_t next = 0;
  double all = 0;
  for (const double edge : edges) {
    double rows = 1;  // of the window there may be some where the reference has none
    for (; next < reference.values.size() && reference.values[next].value <= edge; ++next) {
      rows += low < just_below(edge) ? static_cast<double>(reference.values[next].weight) : 0;
    }
    costs.push_back(rows * (edge - low));
    all += costs.back();
    low = edge;
  }
  low = reference.minimum;
  const std::size_t cells = edges.size();
  for (std::size_t cell = 0; cell < cells; ++cell) {
    const double high = edges[cell];
    const double pieces = std::floor(kPieces * costs[cell] / all) + 1;
    for (double piece = 1; piece < pieces; ++piece) {
      edges.push_back(low + (high - low) * piece / pieces);
    }
    low = high;
  }
}

// Upper bounds of the cells: those of the reference, equal shares, single rows at both ends, and around frequent
// values.
std::vector<double> fine_edges(const ColumnReference& reference, std::uint64_t equal_cells) {
  const std::vector<WeightedValue>& values = reference.values;
  const auto rows = static_cast<std::uint64_t>(rows_of(values));
  const bool each = values.size() <= kFewValues;
  std::vector<double> edges = reference.edges;
  std::uint64_t seen = 0;
  std::uint64_t next = 1;  // the rank at which the next cell ends
  for (const WeightedValue& item : values) {
    seen += item.weight;
    const bool frequent = each || item.weight * equal_cells >= rows;
    if (frequent) {
      edges.push_back(just_below(item.value));
    }
    if (frequent || seen >= next) {
      edges.push_back(item.value);
      // Towards both ends a cell has at most a quarter of the rows that are beyond it.
      next = seen + std::clamp<std::uint64_t>(std::min(seen, rows - seen) / 4, 1, rows / equal_cells + 1);
    }
  }
  const auto tidy = [&] {
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    edges.erase(edges.begin(), std::lower_bound(edges.begin(), edges.end(), reference.minimum));
  };
  tidy();
  if (std::isfinite(reference.edges.back() - reference.minimum)) {
    add_pieces(reference, edges);
    tidy();
  }
  return edges;
}

}  // namespace

void FineSums::clear() {
  counts.clear();
  sums.clear();
}

FineSums& FineSums::operator+=(const FineSums& other) {
  counts.resize(std::max(counts.size(), other.counts.size()));
  sums.resize(counts.size());
  for (std::size_t cell = 0; cell < other.counts.size(); ++cell) {
    counts[cell] += other.counts[cell];
    sums[cell] += other.sums[cell];
  }
  return *this;
}

struct FineCells::Part {
  double low, high;
  std::span<const WeightedValue> values;  // of the reference
  double before;                          // F - G at `low`
  double reference_rows, rows;            // in the cell; the latter of the window
  double mean_below;                      // how far the mean of the window's rows is below `high`
  double n, m;                            // rows of both sides
};

FineCells::FineCells(const ColumnReference& reference, std::uint64_t equal_cells)
    : reference_(reference), edges_(fine_edges(reference, equal_cells)), index_(reference.minimum, edges_) {
  const std::size_t cells = edges_.size() + 3;
  coarse_.resize(cells);
  coarse_[ColumnReference::kBelowCell] = static_cast<std::uint32_t>(ColumnReference::kBelowCell);
  coarse_.back() = static_cast<std::uint32_t>(reference.above_cell());
  origins_.assign(kFirstCell, reference.minimum);
  origins_.insert(origins_.end(), edges_.begin(), edges_.end());
  origins_.push_back(edges_.back());
  first_.assign(cells + 1, static_cast<std::uint32_t>(reference.values.size()));
  std::fill(first_.begin(), first_.begin() + kFirstCell, 0U);
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    coarse_[kFirstCell + i] = static_cast<std::uint32_t>(reference.cell_of(edges_[i]));
    first_[kFirstCell + i] = next;
    while (next < reference.values.size() && reference.values[next].value <= edges_[i]) {
      ++next;
    }
  }
  rows_ = rows_of(reference.values);
}

void FineCells::count(std::span<const double> numbers, FineSums& sums) const {
  constexpr std::size_t kBlock = 256;
  std::array<std::uint32_t, kBlock> cells;
  sums.counts.resize(edges_.size() + 3);
  sums.sums.resize(sums.counts.size());
  while (!numbers.empty()) {
    const std::span<const double> block = numbers.first(std::min(kBlock, numbers.size()));
    index_.find(block, cells.data());
    for (std::size_t i = 0; i < block.size(); ++i) {
      ++sums.counts[cells[i]];
      sums.sums[cells[i]] += block[i] - origins_[cells[i]];
    }
    numbers = numbers.subspan(block.size());
  }
}

void FineCells::count(std::span<const WeightedValue> ascending, FineSums& sums) const {
  sums.counts.resize(edges_.size() + 3);
  sums.sums.resize(sums.counts.size());
  for (const WeightedValue& item : ascending) {
    std::uint32_t cell = 0;
    index_.find(std::span(&item.value, 1), &cell);
    sums.counts[cell] += static_cast<double>(item.weight);
    sums.sums[cell] += static_cast<double>(item.weight) * (item.value - origins_[cell]);
  }
}

void FineCells::take_origins(FineSums& sums) const {
  for (std::size_t cell = 0; cell < sums.counts.size(); ++cell) {
    sums.sums[cell] -= sums.counts[cell] * origins_[cell];
  }
}

double FineCells::sum_from(double origin, const FineSums& sums) const {
  double sum = 0;
  for (std::size_t cell = 0; cell < sums.counts.size(); ++cell) {
    sum += sums.sums[cell] + sums.counts[cell] * (origins_[cell] - origin);
  }
  return sum;
}

void FineCells::to_cells(const FineSums& sums, std::span<double> cells) const {
  std::fill(cells.begin() + 1, cells.end(), 0.0);
  for (std::size_t cell = ColumnReference::kBelowCell; cell < sums.counts.size(); ++cell) {
    cells[coarse_[cell]] += sums.counts[cell];
  }
}

namespace {

// Integral of |before + F - G| from `low` to `high`: F rises by weight / n at each value, G by `share` in all, either
// in proportion to F or, if `at` is not NaN, in one step at `at`.
double integral(double low, double high, double before, std::span<const WeightedValue> values, double rows, double n,
                double share, double at) {
  const bool step = !std::isnan(at);
  const double g_per_row = step ? 0 : share / rows;
  double difference = before;
  double position = low;
  double sum = 0;
  bool stepped = !step;
  const auto move_to = [&](double to) {
    sum += std::abs(difference) * (to - position);
    position = to;
  };
  for (const WeightedValue& item : values) {
    if (!stepped && at < item.value) {
      move_to(at);
      difference -= share;
      stepped = true;
    }
    move_to(item.value);
    difference += static_cast<double>(item.weight) * (1 / n - g_per_row);
  }
  if (!stepped) {
    move_to(at);
    difference -= share;
  }
  move_to(high);
  return sum;
}

}  // namespace

Estimate FineCells::distance_in(const Part& part) const {
  const double width = part.high - part.low;
  const double share = part.rows / part.m;
  if (part.rows == 0) {
    return {integral(part.low, part.high, part.before, part.values, 1, part.n, 0, kNaN), 0};
  }
  const double mean = std::clamp(part.high - part.mean_below, part.low, part.high);
  double net = part.before * width - share * std::clamp(part.mean_below, 0.0, width);
  for (const WeightedValue& item : part.values) {
    net += static_cast<double>(item.weight) / part.n * (part.high - item.value);
  }
  const double least = std::abs(net);
  const double down = std::max(0.0, share - part.before);
  const double up = std::max(0.0, part.before + part.reference_rows / part.n);
  if (!(down > 0) || !(up > 0) || !(width > 0)) {
    return {least, 0};
  }
  const double at_mean = integral(part.low, part.high, part.before, part.values, 1, part.n, share, mean);
  if (part.rows == 1) {
    return {at_mean, 0};
  }
  // Rows with this mean are at most this far from it on average.
  const double spread = 2 * (part.high - mean) * (mean - part.low) / width;
  const double most =
      std::max(least, std::min(at_mean + share * spread, least + 2 * width * (down / (down + up)) * up));
  const double like_reference = part.reference_rows > 0 ? integral(part.low, part.high, part.before, part.values,
                                                                   part.reference_rows, part.n, share, kNaN)
                                                        : (least + most) / 2;
  const double value = std::clamp(like_reference, least, most);
  return {value, std::max(most - value, value - least)};
}

Estimate FineCells::wasserstein(const FineSums& sums) const {
  const std::span<const WeightedValue> values = reference_.values;
  Part part{};
  part.n = rows_;
  for (const double rows : sums.counts) {
    part.m += rows;
  }
  const double below = sums.counts[ColumnReference::kBelowCell];
  Estimate result;
  result.value = (sums.sums.back() - sums.sums[ColumnReference::kBelowCell]) / part.m;
  part.before = -below / part.m;
  part.high = reference_.minimum;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const std::size_t cell = kFirstCell + i;
    part.low = part.high;
    part.high = edges_[i];
    part.values = values.subspan(first_[cell], first_[cell + 1] - first_[cell]);
    part.reference_rows = 0;
    for (const WeightedValue& item : part.values) {
      part.reference_rows += static_cast<double>(item.weight);
    }
    part.rows = sums.counts[cell];
    part.mean_below = part.rows > 0 ? -sums.sums[cell] / part.rows : 0;
    const Estimate here = distance_in(part);
    result.value += here.value;
    result.error += here.error;
    part.before += part.reference_rows / part.n - part.rows / part.m;
  }
  return result;
}

namespace {

// The difference of both distribution functions within a cell, or the opposite: at its ends, and the most that is
// possible.
struct Bridge {
  double begin, end, most;
  double variance;  // if the order of its rows is random
};

// The expected value of the largest difference, at least `least`. In random order, the rows of a cell are a Brownian
// bridge, whose largest value is a little less where its steps are not infinitely small.
double expected_largest(std::span<const Bridge> bridges, double half_step, double least, double most) {
  constexpr int kSteps = 64;
  const double width = (most - least) / kSteps;
  double expected = least;
  for (int step = 0; step < kSteps; ++step) {
    const double at = least + (step + 0.5) * width;
    double none_above = 1;
    for (const Bridge& bridge : bridges) {
      if (bridge.most > at) {
        none_above *=
            1 - std::exp(-2 * (at + half_step - bridge.begin) * (at + half_step - bridge.end) / bridge.variance);
      }
    }
    expected += (1 - none_above) * width;
  }
  return expected;
}

}  // namespace

Estimate FineCells::kolmogorov_smirnov(const FineSums& sums) const {
  double m = 0;
  for (const double rows : sums.counts) {
    m += rows;
  }
  double f = 0;
  double g = sums.counts[ColumnReference::kBelowCell] / m;
  double largest = g;   // at an edge
  double most = g;      // within a cell
  double expected = g;  // at the reference's values
  std::vector<Bridge> bridges;
  double low = just_below(reference_.minimum);
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const std::size_t cell = kFirstCell + i;
    const double count = sums.counts[cell];
    const double width = edges_[i] - low;
    // The rows of the window are evenly spread, but for those at the end of the cell that their mean shows.
    const double mean = count > 0 ? 1 + sums.sums[cell] / count / width : 0;
    const double spread = std::clamp(2 - 2 * mean, 0.0, 1.0) * count / m;
    double rows = 0;
    for (const WeightedValue& item : values_in(cell)) {
      const double passed = (item.value - low) / width * spread;
      const double before = f + rows / rows_ - g - passed;
      rows += static_cast<double>(item.weight);
      if (count > 0 && low != just_below(edges_[i])) {
        expected = std::max(expected, -before);
        expected = std::max(expected, item.value < edges_[i] ? f + rows / rows_ - g - passed : 0);
      }
    }
    const double begin = f - g;
    f += rows / rows_;
    g += count / m;
    if (rows > 0 && count > 0 && low != just_below(edges_[i])) {
      const double steps = 1 / rows_ + 1 / m;
      const double variance = steps * steps * rows * count / (rows + count);
      bridges.push_back({begin, f - g, begin + rows / rows_, variance});
      bridges.push_back({-begin, g - f, count / m - begin, variance});
      most = std::max({most, begin + rows / rows_, count / m - begin});
    }
    low = edges_[i];
    largest = std::max(largest, std::abs(f - g));
  }
  most = std::max(most, largest);
  std::erase_if(bridges, [largest](const Bridge& bridge) { return bridge.most <= largest; });
  expected = std::max(expected, expected_largest(bridges, std::max(1 / rows_, 1 / m) / 2, largest, most));
  const double value = std::clamp(expected, largest, most);
  return {value, std::max(most - value, value - largest)};
}

}  // namespace leeway
