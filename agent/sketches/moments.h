// Mean, spread and range of a stream of numbers, and the correlation of a pair, in one pass. Used by the quality
// monitor. Updated value by value (Welford, 1962), so that the result depends only on the values and their order,
// not on the batches.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/state_io.h"

namespace leeway {

class Moments {
 public:
  // Finite values only.
  void add(double value);

  std::uint64_t count() const { return count_; }
  // No value if undefined or outside the range of a double.
  std::optional<double> mean() const;
  // Sample standard deviation: divided by count - 1.
  std::optional<double> standard_deviation() const;
  std::optional<double> minimum() const;
  std::optional<double> maximum() const;

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared distances from the mean
  double minimum_ = 0;
  double maximum_ = 0;
};

class CoMoments {
 public:
  // Finite values only.
  void add(double x, double y);

  std::uint64_t count() const { return count_; }
  // Pearson's; no value below two pairs, or if x or y is constant.
  std::optional<double> correlation() const;

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  std::uint64_t count_ = 0;
  double mean_x_ = 0;
  double mean_y_ = 0;
  double squares_x_ = 0;
  double squares_y_ = 0;
  double products_ = 0;
};

}  // namespace leeway
