// The distribution of the scores of a window without drift, which gives the thresholds of [[drift]]: drawn by
// null_sampler. Used by agent/monitors/drift.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "agent/sketches/drift_score.h"

namespace leeway {

// The scores of one method without drift: their quantiles at fixed levels from 0.25 down to kLeastLevel / 10. Those
// that draws are too few for are extrapolated (upper_tail).
struct NullScores {
  // Of a method whose scores are -log10 of p-values: there are no draws, and no limit of the level.
  static NullScores of_p_values();

  double mean = 0;             // the noise floor
  std::vector<double> limits;  // by level, from the highest level on
  std::vector<double> errors;  // their standard errors
  bool by_p_value = false;     // without limits
  double window_ratio = 0;     // of WindowEffect: scores of the reference's windows over those of draws; 0: not known

  // The score that a share `level` of windows without drift exceeds, from kLeastLevel to 0.2. Where the same score
  // occurs often, no limit has exactly that share: then that of the scores above it and half of those at it.
  double threshold(double level) const;
  // The standard error of threshold(level).
  double error(double level) const;
  // The probability of this score or a higher one, as above; 1 if it is over 0.25.
  double p_value(double score) const;
};

// The lowest level for which the standard error of thresholds is stated.
inline constexpr double kLeastLevel = 1e-7;

// From draws of a method's scores.
NullScores null_scores_of(std::vector<double> draws, DriftMethod method);
// From the scores in descending order with their exact probabilities.
NullScores null_scores_of(const std::vector<std::pair<double, double>>& distribution);

// The work of null_scores(), which can be done in parts.
class NullSampler;
class Calibration {
 public:
  // `scorer` outlives the calibration.
  Calibration(DriftScorer& scorer, std::uint64_t rows, std::uint64_t draws);
  ~Calibration();

  std::uint64_t rows() const { return rows_; }
  // Makes up to `most` of the remaining draws; returns how many. About 13 us each for numbers.
  std::uint64_t draw(std::uint64_t most);
  // Once all draws are made.
  std::vector<NullScores> take_scores();
  // The same as they were drawn, by method; none of one with p-values.
  std::vector<std::vector<double>> take_draws() { return std::move(all_); }

 private:
  std::unique_ptr<NullSampler> sampler_;
  std::uint64_t rows_;
  std::uint64_t draws_;
  std::vector<DriftMethod> methods_;
  std::uint64_t made_ = 0;
  std::vector<double> scores_;
  std::vector<std::vector<double>> all_;  // by method
};

// One per method: scores of `draws` windows of `rows` rows without drift. Deterministic.
std::vector<NullScores> null_scores(DriftScorer& scorer, std::uint64_t rows, std::uint64_t draws);
// Element by element between two calibrations: `share` 0 gives a, 1 gives b.
std::vector<NullScores> interpolate(const std::vector<NullScores>& a, const std::vector<NullScores>& b, double share);

}  // namespace leeway
