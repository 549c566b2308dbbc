// How many rows of a source fall into the cells of its reference, judging by the reference: more than it holds where it
// holds few, since those that are not in it have to be somewhere. Used by null_sampler.
#pragma once

#include <span>
#include <vector>

#include "agent/sketches/column_reference.h"

namespace leeway {

// By cell, in rows of a reference of at most a million rows: the parameters of a Dirichlet distribution.
std::vector<double> expected_rows(const ColumnReference& reference);

// Rows of the source beyond the smallest or largest value of a reference of numbers.
double rows_beyond(const ColumnReference& reference, const WeightedValue& extreme);

// `rows` are those of a reference of numbers in bins that do not end at its values. Those without a row get a part of
// one. `beyond`: rows expected outside of the bins.
void fill_empty_bins(std::span<double> rows, double beyond);

}  // namespace leeway
