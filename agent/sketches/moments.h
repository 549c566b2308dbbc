// Mean, spread and range of a stream of numbers, and the correlation of a pair, in one pass. Used by the quality
// monitor, ReferenceCapture and FrozenScale. Updated value by value (Welford, 1962), so that the result depends only
// on the values and their order, not on the batches.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/state_io.h"

namespace leeway {

// The mean of values, and the squares of their distances from it. The mean has about twice the digits of a double: of
// values far from 0 that are close to each other, such as times and identifiers, no digit of the distances is lost.
class CloseMean {
 public:
  CloseMean() = default;
  // As they were saved without a rest.
  CloseMean(double mean, double squares) : mean_(mean), squares_(squares) {}

  // Finite values only; `count` includes this one.
  void add(double value, double count) {
    const double before = distance(value);
    move(before / count);
    squares_ += before * distance(value);
  }
  // Adds `more` values, not 0, to `own` ones.
  void merge(const CloseMean& other, double own, double more) {
    if (own == 0) {
      *this = other;
      return;
    }
    const double apart = distance(other.mean_) + other.rest_;
    move(apart * more / (own + more));
    squares_ += other.squares_ + apart * apart * own * more / (own + more);
  }
  // Not finite if a distance was too large for a double.
  double mean() const { return mean_; }
  // How much the mean is above mean(): no more than its rounding.
  double rest() const { return rest_; }
  double squares() const { return squares_; }  // the sum of squared distances
  double distance(double value) const { return (value - mean_) - rest_; }

  void save(StateWriter& out) const;
  // Earlier encodings have no rest.
  void load(StateReader& in, bool with_rest);

 private:
  void move(double by) {
    const double rest = rest_ + by;
    const double mean = mean_ + rest;
    rest_ = rest - (mean - mean_);
    mean_ = mean;
  }

  double mean_ = 0;
  double rest_ = 0;
  double squares_ = 0;
};

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
  void load(StateReader& in, bool with_rest);

 private:
  std::uint64_t count_ = 0;
  CloseMean mean_;
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
  void load(StateReader& in, bool with_rest);

 private:
  std::uint64_t count_ = 0;
  CloseMean x_;
  CloseMean y_;
  double products_ = 0;
};

}  // namespace leeway
