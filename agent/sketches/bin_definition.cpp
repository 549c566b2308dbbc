#include "agent/sketches/bin_definition.h"

#include <algorithm>
#include <cmath>

#include "agent/sketches/row_totals.h"
#include "agent/sketches/two_sample.h"

namespace leeway {
namespace {

constexpr double kEmptyShare = 0.0001;     // of an empty bin
constexpr double kEmptyPart = 1'000'000;   // or this part of the smallest share
constexpr double kMostBins = 1'000'000.0;  // a bound for absurd samples

std::vector<double> edges_of_width(double first, double last, double width, bool integers) {
  if (first == last) {
    width = 0;
    first -= 0.5;
    last += 0.5;
  }
  if (integers && width < 1) {
    width = 1;
  }
  const double wanted = width > 0 ? std::ceil((last - first) / width) : 1;
  const auto bins = static_cast<std::size_t>(std::clamp(wanted, 1.0, kMostBins));
  const double step = (last - first) / static_cast<double>(bins);
  std::vector<double> edges(bins + 1);
  for (std::size_t i = 0; i < bins; ++i) {
    edges[i] = static_cast<double>(i) * step + first;
  }
  edges[bins] = last;
  return edges;
}

// NumPy's of an empty sample.
constexpr double kFirstOfNone = 0;
constexpr double kLastOfNone = 1;

double first_of(std::span<const WeightedValue> sample) { return sample.empty() ? kFirstOfNone : sample.front().value; }
double last_of(std::span<const WeightedValue> sample) { return sample.empty() ? kLastOfNone : sample.back().value; }

double range_of(std::span<const WeightedValue> sample) {
  return sample.empty() ? 0 : sample.back().value - sample.front().value;
}

// The union of the values of both, with the rows of both.
std::vector<WeightedValue> together(std::span<const WeightedValue> a, std::span<const WeightedValue> b) {
  std::vector<WeightedValue> result;
  result.reserve(a.size() + b.size());
  for (auto x = a.begin(), y = b.begin(); x != a.end() || y != b.end();) {
    const bool from_a = y == b.end() || (x != a.end() && x->value <= y->value);
    const WeightedValue& next = from_a ? *x++ : *y++;
    if (!result.empty() && result.back().value == next.value) {
      result.back().weight += next.weight;
    } else {
      result.push_back(next);
    }
  }
  return result;
}

// The rows of `sample` with each of the values, which include its own.
std::vector<double> rows_by_value(std::span<const WeightedValue> sample, std::span<const WeightedValue> values) {
  std::vector<double> rows(values.size());
  auto next = sample.begin();
  for (std::size_t i = 0; i < values.size() && next != sample.end(); ++i) {
    if (next->value == values[i].value) {
      rows[i] = static_cast<double>((next++)->weight);
    }
  }
  return rows;
}

std::vector<double> filled_shares(std::span<const double> counts) {
  const double rows = total_of(counts);
  std::vector<double> shares;
  double smallest = 1;
  for (const double count : counts) {
    shares.push_back(count / rows);
    smallest = count > 0 ? std::min(smallest, shares.back()) : smallest;
  }
  std::replace(shares.begin(), shares.end(), 0.0, smallest <= kEmptyShare ? smallest / kEmptyPart : kEmptyShare);
  return shares;
}

}  // namespace

bool is_whole(std::span<const WeightedValue> sample) {
  return std::all_of(sample.begin(), sample.end(),
                     [](const WeightedValue& item) { return item.value == std::floor(item.value); });
}

std::vector<double> sturges_edges(std::span<const WeightedValue> sample, bool integers) {
  return sample.empty() ? std::vector<double>{kFirstOfNone, kLastOfNone}
                        : sturges_edges(sample.front().value, sample.back().value, rows_of(sample), integers);
}

std::vector<double> sturges_edges(double smallest, double largest, double rows, bool integers) {
  return edges_of_width(smallest, largest, (largest - smallest) / (std::log2(rows) + 1), integers);
}

std::vector<double> doane_edges(std::span<const WeightedValue> sample) {
  const double rows = rows_of(sample);
  double mean = 0;
  double seen = 0;
  for (const WeightedValue& item : sample) {
    const double weight = static_cast<double>(item.weight);
    seen += weight;
    mean += (item.value - mean) * weight / seen;
  }
  double squares = 0;
  double cubes = 0;
  for (const WeightedValue& item : sample) {
    const double deviation = item.value - mean;
    squares += deviation * deviation * static_cast<double>(item.weight);
    cubes += deviation * deviation * deviation * static_cast<double>(item.weight);
  }
  const double sigma = std::sqrt(squares / rows);
  if (!(rows > 2) || !(sigma > 0)) {
    return edges_of_width(first_of(sample), last_of(sample), 0, false);
  }
  const double skewness = std::abs(cubes / rows / (sigma * sigma * sigma));
  const double error = std::sqrt(6 * (rows - 2) / ((rows + 1) * (rows + 3)));  // of the skewness of normal samples
  return edges_of_width(first_of(sample), last_of(sample),
                        range_of(sample) / (1 + std::log2(rows) + std::log2(1 + skewness / error)), false);
}

std::vector<double> histogram(std::span<const WeightedValue> sample, std::span<const double> edges) {
  std::vector<double> counts(edges.size() - 1);
  std::size_t bin = 0;
  for (const WeightedValue& item : sample) {
    if (item.value < edges.front() || item.value > edges.back()) {
      continue;
    }
    while (bin + 1 < counts.size() && item.value >= edges[bin + 1]) {
      ++bin;
    }
    counts[bin] += static_cast<double>(item.weight);
  }
  return counts;
}

double evidently_score(EvidentlyScore score, std::span<const double> reference, std::span<const double> current) {
  if (score == EvidentlyScore::kHellinger) {
    return hellinger_distance(reference, current);
  }
  if (score == EvidentlyScore::kJensenShannon) {
    return jensen_shannon_distance(reference, current) * std::sqrt(std::log(2.0));
  }
  if (Totals(reference, current).empty()) {
    return kNaN;
  }
  const std::vector<double> p = filled_shares(reference);
  const std::vector<double> q = filled_shares(current);
  if (score == EvidentlyScore::kKullbackLeibler) {  // of shares that add up to 1 again
    const double p_sum = total_of(p);
    const double q_sum = total_of(q);
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      sum += p[i] / p_sum * std::log(p[i] / p_sum / (q[i] / q_sum));
    }
    return sum;
  }
  double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    sum += (p[i] - q[i]) * std::log(p[i] / q[i]);
  }
  return sum;
}

EvidentlyBins evidently_bins(EvidentlyScore score, std::span<const WeightedValue> reference,
                             std::span<const WeightedValue> current, bool integers) {
  std::vector<WeightedValue> both = together(reference, current);
  if (score == EvidentlyScore::kHellinger) {
    for (WeightedValue& item : both) {
      item.weight = 1;
    }
  } else if (reference.size() <= kSingleBinValues) {
    return {rows_by_value(reference, both), rows_by_value(current, both)};
  }
  const std::vector<double> edges = sturges_edges(both, integers);
  return {histogram(reference, edges), histogram(current, edges)};
}

}  // namespace leeway
