// References and windows of numbers, as a drift monitor makes them. Used by the tests of scores.
#pragma once

#include <utility>
#include <vector>

#include "agent/sketches/drift_score.h"
#include "agent/sketches/reference_capture.h"

namespace leeway {

inline ColumnReference captured_reference(const std::vector<double>& numbers) {
  ReferenceCapture capture;
  capture.add_numbers(numbers);
  return capture.freeze({});
}

// All of whose values are kept: ascending, each once.
inline WindowSums window_with_values(const ColumnReference& reference, std::vector<WeightedValue> values) {
  WindowSums window;
  window.cells.resize(reference.cells());
  window.values = std::move(values);
  window.complete(reference, nullptr);
  return window;
}

inline WindowSums window_with_values(const ColumnReference& reference, const std::vector<double>& numbers) {
  ValueCounts values;
  values.add(numbers);
  return window_with_values(reference, values.sorted());
}

}  // namespace leeway
