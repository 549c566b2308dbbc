// Bins of numbers as other tools cut them, and the scores of Evidently (0.7), which belong to its bins: a team that
// moves its dashboards finds its numbers again. Used by column_reference and drift_score; held to the tools' own
// results by tests/agent/sketches/make_bin_definition_vectors.py.
//
// Samples are ascending distinct finite values with how often each occurs, without missing ones.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/sketches/kll_sketch.h"

namespace leeway {

// Edges of bins of equal width from the smallest to the largest value: NumPy's `histogram_bin_edges`. Their number
// follows from the sample's rows (Sturges), for Doane also from its skewness. A sample of one value has one bin, half a
// unit to both sides; an empty one [0, 1]. With `integers`, as for arrays of integers, no bin is narrower than 1.
std::vector<double> sturges_edges(std::span<const WeightedValue> sample, bool integers);
// The same of a sample of that many rows between two values.
std::vector<double> sturges_edges(double smallest, double largest, double rows, bool integers);
std::vector<double> doane_edges(std::span<const WeightedValue> sample);
// Rows of each bin: at least its lower edge, less than the upper one; the last includes it. Others are left out.
std::vector<double> histogram(std::span<const WeightedValue> sample, std::span<const double> edges);

// A reference with at most as many distinct values has a bin for each of Evidently's.
inline constexpr std::size_t kSingleBinValues = 20;
enum class EvidentlyScore : std::uint8_t { kPsi, kKullbackLeibler, kJensenShannon, kHellinger };

// On counts over the same bins. An empty bin has a share of 0.0001 for PSI and Kullback-Leibler, or a millionth of the
// smallest share that is not 0 if that is at most 0.0001; nothing is added to the others. Jensen-Shannon is a distance
// in natural logarithms: at most 0.8326. NaN if one side is empty.
double evidently_score(EvidentlyScore score, std::span<const double> reference, std::span<const double> current);

struct EvidentlyBins {
  std::vector<double> reference;  // rows of each bin
  std::vector<double> current;
};
// Bins by Sturges over both samples together, or one for each value if the reference has at most 20; for Hellinger by
// Sturges over the distinct values of both. They depend on the window. `integers`: whether pandas holds both columns as
// integers: all values are whole, and none is missing.
EvidentlyBins evidently_bins(EvidentlyScore score, std::span<const WeightedValue> reference,
                             std::span<const WeightedValue> current, bool integers);

// Whether all values are whole.
bool is_whole(std::span<const WeightedValue> sample);

}  // namespace leeway
