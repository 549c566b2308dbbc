// Scores of a window against a frozen reference, and their distribution without drift, which gives the thresholds of
// [[drift]]. Used by agent/monitors/drift.
//
// Calibration. Given the reference, the shares that rows of an unchanged source have in its cells are uncertain; for
// cells cut at order statistics of independent rows of a continuous quantity they have exactly a Dirichlet distribution
// (each gap between neighbouring values has the same expected mass, 1 / (n + 1)), for categories nearly one. So a
// window of m rows is drawn as a multinomial of Dirichlet shares and scored like a real one, many times: the quantile
// of these scores is a prediction limit, which keeps the probability of a false alarm per check at the configured rate
// whatever the sizes of reference and window, the number of bins, ties, and skewness of the score. It assumes that
// rows are independent of each other: if neighbouring rows are similar, alarms are more frequent.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "agent/sketches/column_reference.h"
#include "agent/sketches/random.h"

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

// The largest scores of one method over `draws` windows without drift.
struct NullScores {
  std::uint64_t draws = 0;
  double mean = 0;            // the noise floor
  std::vector<double> upper;  // descending

  // The score that a share `level` of windows without drift exceeds; for levels up to the requested one.
  double threshold(double level) const;
  // Upper bound of the probability of this score or a higher one, (1 + exceeded) / (1 + draws); 1 if it is not within
  // `upper`.
  double p_value(double score) const;
};

// The work of null_scores(), which can be done in parts.
class NullSampler;
class Calibration {
 public:
  // `scorer` outlives the calibration.
  Calibration(DriftScorer& scorer, std::uint64_t rows, std::uint64_t draws, double level);
  ~Calibration();

  std::uint64_t rows() const { return rows_; }
  // Makes up to `most` of the remaining draws; returns how many. About 5 us each for numbers.
  std::uint64_t draw(std::uint64_t most);
  // Once all draws are made.
  std::vector<NullScores> take_scores();

 private:
  std::unique_ptr<NullSampler> sampler_;
  std::uint64_t rows_;
  std::uint64_t draws_;
  double level_;
  std::uint64_t made_ = 0;
  std::vector<double> scores_;
  std::vector<std::vector<double>> all_;  // by method
};

// One per method: scores of `draws` windows of `rows` rows without drift. Deterministic; upper tails reach `level`.
std::vector<NullScores> null_scores(DriftScorer& scorer, std::uint64_t rows, std::uint64_t draws, double level);
// Element by element between two calibrations of the same draws and level: `share` 0 gives a, 1 gives b.
std::vector<NullScores> interpolate(const std::vector<NullScores>& a, const std::vector<NullScores>& b, double share);

enum class Family : std::uint8_t { kNone, kHolm, kBenjaminiHochberg };
// The level at which to test each of the hypotheses with these p-values: those with p <= level are rejected. kHolm:
// the probability that any true one is rejected stays below `rate`; kBenjaminiHochberg: the expected share of true ones
// among the rejected stays below `rate`; kNone: each by itself.
double family_level(std::vector<double> p_values, double rate, Family family);

}  // namespace leeway
