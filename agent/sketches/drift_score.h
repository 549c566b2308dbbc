// Scores of a window against a frozen reference. Used by agent/monitors/drift; null_sampler draws their distribution
// without drift.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "agent/sketches/bin_definition.h"
#include "agent/sketches/column_reference.h"
#include "agent/sketches/fine_cells.h"

namespace leeway {

enum class DriftMethod : std::uint8_t {
  kPsi,
  kJensenShannon,
  kHellinger,
  kTotalVariation,
  kLInfinity,
  kChiSquare,        // the statistic of the contingency test
  kKullbackLeibler,  // of the reference from the window, in nats
  kCramersV,
  kChiSquareP,  // here and below, -log10 of the p-value of a test, which assumes independent rows
  kGTestP,
  kZTestP,             // of two proportions: columns of at most two values
  kKolmogorovSmirnov,  // D of the values
  kWasserstein,        // of the values, in standard deviations (n - 1) of the reference
  kEnergy,             // in square roots of the unit of values
  kCramerVonMises,     // T
  kKolmogorovSmirnovP,
  kCramerVonMisesP,
  kMeanShift,       // |mean - reference mean| in standard deviations of the reference
  kNullRate,        // |share of missing rows - that of the reference|
  kOutOfRange,      // share of values outside the reference's smallest and largest
  kUnseenCategory,  // share of values that are not in the reference
};
inline constexpr std::size_t kDriftMethods = 21;
// "psi", "jensen_shannon", ...: as in configurations and labels.
std::string_view to_string(DriftMethod method);
std::optional<DriftMethod> drift_method(std::string_view name);
bool applies_to(DriftMethod method, ColumnKind kind);

// Whether it compares values, not only their counts in cells.
bool compares_values(DriftMethod method);
// Whether a bound of the score's error is known if not all values of a window are kept.
bool bounds_error(DriftMethod method);
// Whether the score is -log10 of a p-value: its distribution without drift needs no draws.
bool is_p_value(DriftMethod method);

// The sums of a window of a column. The cells are those of the reference.
struct WindowSums {
  std::vector<double> cells;
  double sum = 0;        // of distances of all numbers from the reference's mean
  double below_sum = 0;  // from its minimum
  double above_sum = 0;  // from its maximum
  // For methods that compare values: all numbers, ascending, each once; or `fine` if they are too many. With neither,
  // these methods are computed on the cells, as in the calibration.
  std::vector<WeightedValue> values;
  FineSums fine;

  void clear();
  // Of `values` or `fine`: sets the counts of numbers in cells, and the sums.
  void complete(const ColumnReference& reference, const FineCells* fine_cells);
  // Makes sums of numbers, as earlier versions kept them, those of distances. The cells are those of the reference.
  void take_origins(const ColumnReference& reference);
  // The cells and their sums alone.
  WindowSums& operator+=(const WindowSums& other);
  double rows() const;
};

class DriftScorer {
 public:
  // `reference` outlives the scorer. The methods apply to its kind.
  DriftScorer(const ColumnReference& reference, std::vector<DriftMethod> methods, double pseudo_count);

  // out[i] becomes the score of methods[i]; NaN if the window has no score: no rows, or no values in it or the
  // reference.
  void score(const WindowSums& window, std::span<double> out) { score(window, out, {}); }
  // errors[i], if it is not empty, becomes a bound of how far the score is from that of the samples: 0 if it is exact.
  void score(const WindowSums& window, std::span<double> out, std::span<double> errors);
  // Of the reference, which has numbers; built when first used.
  const FineCells& fine_cells();
  std::size_t size() const { return methods_.size(); }
  const std::vector<DriftMethod>& methods() const { return methods_; }
  const ColumnReference& reference() const { return reference_; }
  // Whether any of the methods uses single cells: otherwise bins suffice.
  bool needs_cells() const;
  // Whether any of the methods is computed from the numbers of a window themselves.
  bool needs_values() const;

 private:
  friend class NullSampler;
  // Of a window whose bins are in bins_.
  Estimate score_one(DriftMethod method, const WindowSums& window);
  double held_in_reference() const;
  // The scores of tests between the reference and a window that holds so many numbers.
  double score_of_ks_test(double d, double held) const;
  double score_of_cramer_von_mises_test(double statistic, double held) const;
  double cramer_von_mises_error(double held) const;
  double cramer_von_mises_in_cells(const WindowSums& window) const;
  // The unit of distances of values.
  double scale() const;
  double score_cells(DriftMethod method, const WindowSums& window);
  // With `windows` that have values or fine sums.
  Estimate score_values(DriftMethod method, const WindowSums& window);
  double score_bins(DriftMethod method) const;
  // The score of Evidently that the method stands for, if the reference's bins are Evidently's.
  std::optional<EvidentlyScore> evidently(DriftMethod method) const;
  bool has_window_bins(DriftMethod method) const;
  double score_window_bins(EvidentlyScore score, const WindowSums& window);

  const ColumnReference& reference_;
  std::vector<DriftMethod> methods_;
  double pseudo_count_;
  std::vector<double> reference_bins_;
  std::vector<double> bins_;       // of the window
  std::vector<double> positions_;  // with those of values out of range
  std::vector<bool> ties_;         // of numbers: cells with one value of the reference, or none
  std::optional<FineCells> fine_cells_;
};

}  // namespace leeway
