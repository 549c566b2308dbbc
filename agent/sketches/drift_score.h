// Scores of a window against a frozen reference. Used by agent/monitors/drift; null_sampler draws their distribution
// without drift.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "agent/sketches/column_reference.h"

namespace leeway {

enum class DriftMethod : std::uint8_t {
  kPsi,
  kJensenShannon,
  kHellinger,
  kTotalVariation,
  kLInfinity,
  kChiSquare,          // the statistic of the contingency test
  kKolmogorovSmirnov,  // D on the cells
  kWasserstein,        // on the cells, in standard deviations of the reference
  kMeanShift,          // |mean - reference mean| in standard deviations of the reference
  kNullRate,           // |share of missing rows - that of the reference|
  kOutOfRange,         // share of values outside the reference's smallest and largest
  kUnseenCategory,     // share of values that are not in the reference
};
inline constexpr std::size_t kDriftMethods = 12;
// "psi", "jensen_shannon", ...: as in configurations and labels.
std::string_view to_string(DriftMethod method);
std::optional<DriftMethod> drift_method(std::string_view name);
bool applies_to(DriftMethod method, ColumnKind kind);

// The sums of a window of a column. The cells are those of the reference.
struct WindowSums {
  std::vector<double> cells;
  double sum = 0;  // of all numbers
  double below_sum = 0;
  double above_sum = 0;

  void clear();
  WindowSums& operator+=(const WindowSums& other);
  double rows() const;
};

class DriftScorer {
 public:
  // `reference` outlives the scorer. The methods apply to its kind.
  DriftScorer(const ColumnReference& reference, std::vector<DriftMethod> methods, double pseudo_count);

  // out[i] becomes the score of methods[i]; NaN if the window has no score: no rows, or no values in it or the
  // reference.
  void score(const WindowSums& window, std::span<double> out);
  std::size_t size() const { return methods_.size(); }
  const std::vector<DriftMethod>& methods() const { return methods_; }
  const ColumnReference& reference() const { return reference_; }
  // Whether any of the methods uses single cells: otherwise bins suffice.
  bool needs_cells() const;

 private:
  friend class NullSampler;
  double score_cells(DriftMethod method, const WindowSums& window);
  double score_bins(DriftMethod method) const;

  const ColumnReference& reference_;
  std::vector<DriftMethod> methods_;
  double pseudo_count_;
  std::vector<double> reference_bins_;
  std::vector<double> bins_;       // of the window
  std::vector<double> positions_;  // with those of values out of range
};

}  // namespace leeway
