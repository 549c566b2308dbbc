#include "agent/sketches/fixed_bins.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "agent/sketches/bin_definition.h"

namespace leeway {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

FixedBins nannyml_bins(std::span<const WeightedValue> values) {
  FixedBins bins;
  const std::vector<double> edges = doane_edges(values);
  for (std::size_t i = 1; i < edges.size(); ++i) {
    bins.names.push_back(bin_name(edges[i]));
    if (i + 1 < edges.size()) {
      bins.uppers.push_back(just_below(edges[i]));  // the edge itself is in the next bin
    }
  }
  bins.outside = true;
  return bins;
}

FixedBins given_bins(std::span<const double> edges) {
  FixedBins bins;
  bins.uppers.assign(edges.begin(), edges.end());
  std::transform(edges.begin(), edges.end(), std::back_inserter(bins.names), bin_name);
  bins.names.emplace_back("+Inf");
  return bins;
}

void add_fixed_edges(const FixedBins& bins, double minimum, std::vector<double>& edges) {
  const double maximum = edges.back();
  std::copy_if(bins.uppers.begin(), bins.uppers.end(), std::back_inserter(edges),
               [&](double upper) { return upper >= minimum && upper < maximum; });
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
}

void set_fixed_bins(const FixedBins& bins, ColumnReference& reference) {
  reference.bin_names = {"missing"};
  reference.bin_names.insert(reference.bin_names.end(), bins.names.begin(), bins.names.end());
  const auto outside = static_cast<std::uint32_t>(reference.bin_names.size());
  if (bins.outside) {
    reference.bin_names.emplace_back("outside");
  }
  const auto bin_of = [&](double value) {
    return static_cast<std::uint32_t>(
        1 + (std::lower_bound(bins.uppers.begin(), bins.uppers.end(), value) - bins.uppers.begin()));
  };
  reference.bins.assign(reference.counts.size(), 0);
  for (std::size_t i = 0; i < reference.edges.size(); ++i) {
    reference.bins[ColumnReference::kBelowCell + 1 + i] = bin_of(reference.edges[i]);
  }
  reference.bins[ColumnReference::kBelowCell] = bins.outside ? outside : bin_of(just_below(reference.minimum));
  reference.bins.back() = bins.outside ? outside : bin_of(std::nextafter(reference.edges.back(), kInfinity));
}

}  // namespace leeway
