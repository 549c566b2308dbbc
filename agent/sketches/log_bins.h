// Quantiles of numbers with a bounded relative error, in bins whose edges grow by a constant factor (DDSketch: Masson,
// Rim, Lee, 2019). Used by agent/monitors/window.
//
// A quantile is at most 1 % away from a value of that rank, if that is 0 or from 1e-9 to 1e15 in size; smaller ones
// count as 0, larger ones as 1e15. Bins are kept as they occur, up to kMostBins, enough for values over four powers of
// ten: beyond, the lowest ones are merged into one, so that low quantiles of values over many powers of ten come out
// too high. The state is a function of the values, not of their order.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/state_io.h"

namespace leeway {

class LogBins {
 public:
  static constexpr double kRelativeError = 0.01;
  static constexpr std::size_t kMostBins = 448;

  // Finite values only.
  void add(double value);
  std::uint64_t count() const { return count_; }

  void save(StateWriter& out) const;
  // Into an empty object. False if the state is not valid.
  bool load(StateReader& in);

 private:
  friend class LogBinTotals;
  using Key = std::int16_t;  // of values: negative ones, 0, positive ones

  static Key key_of(double value);
  static double value_of(Key key);
  std::size_t place_of(Key key) const;      // of the first bin that is not below it
  void insert(std::size_t place, Key key);  // of one value

  std::vector<Key> keys_;              // ascending
  std::vector<std::uint32_t> counts_;  // of the same bins; at most 2^32 - 1
  std::uint64_t count_ = 0;
};

// The sum of several, with all of their bins.
class LogBinTotals {
 public:
  void add(const LogBins& bins);
  std::uint64_t count() const { return count_; }
  // The value at the rank `q` * count, rounded up, from 1; `q` from 0 to 1. Of at least one value.
  double quantile(double q) const;

 private:
  std::vector<std::uint64_t> counts_;  // by key
  std::uint64_t count_ = 0;
};

}  // namespace leeway
