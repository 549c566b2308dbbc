// The distribution of the scores of a window without drift, which gives the thresholds of [[drift]]: drawn by
// null_sampler. Used by agent/monitors/drift.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "agent/sketches/drift_score.h"

namespace leeway {

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

}  // namespace leeway
