// How dependence between rows spreads the shares that windows have in the cells of a reference, beyond the spread of
// independent rows. Used by null_sampler.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "agent/sketches/random.h"

namespace leeway {

class ShareWaves {
 public:
  ShareWaves() = default;
  // `waves` are directions in which the shares of cells with these weights move together by one standard deviation, in
  // the unit of weights. Each adds up to 0.
  ShareWaves(std::span<const double> weights, const std::vector<std::vector<double>>& waves);

  bool empty() const { return cells_.empty(); }
  // Moves shares in the unit of weights, which were drawn for independent rows; none becomes negative.
  void move(Random& random, std::span<double> shares);

 private:
  struct Cell {
    bool rare = false;          // its share moves by more than its own size: by `steps` of weights, not of shares
    double ninth = 0;           // of the variance
    std::vector<double> steps;  // by wave
  };

  std::vector<Cell> cells_;
  std::vector<double> heights_;
};

}  // namespace leeway
