// Windows without drift, drawn and scored like real ones. Used by null_scores.
//
// Given the reference, the shares that rows of an unchanged source have in its cells are uncertain; for cells cut at
// order statistics of independent rows of a continuous quantity they have exactly a Dirichlet distribution (each gap
// between neighbouring values has the same expected mass, 1 / (n + 1)), for categories nearly one. So a window of m
// rows is drawn as a multinomial of Dirichlet shares and scored like a real one, many times: the quantile of these
// scores is a prediction limit, which keeps the probability of a false alarm per check at the configured rate whatever
// the sizes of reference and window, the number of bins, ties, and skewness of the score. If rows depend on those
// before them, the shares are spread further, as the reference's `dependence` says.
//
// A drawn window has counts, not values. Its Wasserstein distance is the integral of |F - G| by the values of F - G at
// the ends of cells, whose distribution differs from that of the integral by less than a hundredth. Its D is searched
// between the ends of a cell too: there, the order of the window's and the reference's rows is random.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "agent/sketches/drift_score.h"
#include "agent/sketches/random.h"
#include "agent/sketches/rare_share.h"
#include "agent/sketches/share_waves.h"

namespace leeway {

class NullSampler {
 public:
  // For windows of `rows` rows.
  NullSampler(DriftScorer& scorer, std::uint64_t rows, std::uint64_t seed);

  // Scores one window.
  void draw(std::span<double> out);
  // The exact distribution of the method's score, where it is that of a rare event.
  std::optional<RareShare> rare_share(DriftMethod method) const;

 private:
  // Of the drawn counts.
  double draw_score(DriftMethod method);
  // Accounts for dependence between rows.
  void widen_categories();
  std::vector<std::vector<double>> waves_of_dependence() const;
  std::vector<std::vector<double>> waves_of_unseen() const;
  void draw_shares();
  void draw_counts();
  void find_bias();
  void draw_sums();
  double surplus_in_gaps() const;
  // On Evidently's bins, which depend on the window.
  double draw_window_bins(EvidentlyScore score);
  // How much smaller a sample of independent rows would be that varies as much as the reference's and window's do.
  double dependent_part(double rows) const;
  // `rows` among bins of these Dirichlet parameters.
  std::vector<double> draw_bins(const std::vector<double>& weights, std::uint64_t rows);
  double draw_rare_share(const RareShare& share);
  // Of the drawn counts and a random order within cells.
  double draw_kolmogorov_smirnov();
  // The largest |F - G| in a cell, at whose ends it is `before` and `after`.
  double draw_largest_in_cell(double reference_rows, double rows, double n, double m, double before, double after);

  DriftScorer& scorer_;
  const ColumnReference& reference_;
  std::uint64_t rows_;
  bool by_cells_;
  Random random_;
  std::vector<double> weights_;  // Dirichlet parameters of cells or bins, the first one being missing values
  ShareWaves waves_;
  std::vector<double> shares_;  // not normalised
  WindowSums window_;
  double bias_ = 0;  // of the mean of a drawn window
};

}  // namespace leeway
