// Bins of numbers whose edges do not follow from equal shares: NannyML's, or those that users give. Used by
// ReferenceCapture.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/sketches/column_reference.h"

namespace leeway {

struct FixedBins {
  std::vector<double> uppers;      // the greatest value of each bin but the last
  std::vector<std::string> names;  // one more
  bool outside = false;            // a further bin has all values beyond those of the reference
};

// Doane's bins of the reference's values, and one for all values outside.
FixedBins nannyml_bins(std::span<const WeightedValue> values);
// Up to and including the first edge, ..., above the last. Edges ascend.
FixedBins given_bins(std::span<const double> edges);

// Edges of cells, ascending from the first one that is not below `minimum` up to the maximum, such that each bin
// consists of whole cells. Values beyond the reference's are one cell on each side: in the bin next to it, or outside.
void add_fixed_edges(const FixedBins& bins, double minimum, std::vector<double>& edges);
// Names the bins and puts each cell of the reference into one.
void set_fixed_bins(const FixedBins& bins, ColumnReference& reference);

}  // namespace leeway
