// Quantiles of a stream of numbers in bounded memory: the KLL sketch (Karnin, Lang, Liberty, "Optimal quantile
// approximation in streams", 2016). Used to capture the reference of a drift monitor.
//
// Levels of items: an item of level h represents 2^h values. A level that is full is sorted and every other item of
// it moves up; which half is drawn from a generator whose seed is fixed, so that the state is a function of the values
// and their order. Up to k values everything is exact. Beyond, rank_error() is the error of a rank, as a share of all
// values, that is not exceeded with a probability of 99 %; merging preserves it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/random.h"

namespace leeway {

struct WeightedValue {
  double value = 0;
  std::uint64_t weight = 0;
};

class KllSketch {
 public:
  // `k` from 8 to 65,535. Holds at most about 3 k + 100 numbers.
  explicit KllSketch(std::uint32_t k);

  // No value is NaN. Amortised O(1): a full level is sorted by its bits.
  void add(double value) { add(std::span(&value, 1)); }
  void add(std::span<const double> values);
  // Adds all values of `other`. Both have the same k.
  void merge(const KllSketch& other);

  std::uint64_t count() const { return count_; }
  bool exact() const { return levels_.size() == 1; }
  // 0 while exact; then 2.296 / k^0.9723.
  double rank_error() const;
  // All items, ascending by value; weights add up to count().
  std::vector<WeightedValue> sorted() const;
  std::size_t retained() const;

  void save(StateWriter& out) const;
  // After an error the sketch must be discarded.
  Expected<void> load(StateReader& in);

 private:
  std::size_t capacity(std::size_t level) const;
  void compress();

  std::uint32_t k_;
  std::uint64_t count_ = 0;
  std::uint64_t compactions_ = 0;  // drives the choice of halves
  std::vector<std::vector<double>> levels_{1};
  std::size_t lowest_capacity_;  // of the lowest level
};

// The smallest value such that `rank` values (from 1) are at or below it. `sorted` is from KllSketch, not empty.
double value_at_rank(const std::vector<WeightedValue>& sorted, std::uint64_t rank);

}  // namespace leeway
