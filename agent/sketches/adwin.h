// ADWIN (Bifet and Gavalda 2007): a window over all values since the last change, kept as sums of buckets of growing
// size. It alarms when some cut splits it into an older and a newer part whose means differ by more than
//   sqrt(2 m v d) + 2/3 m d,   d = ln(2 ln(n) / delta),   m = 1/(n0 - 4) + 1/(n1 - 4),
// with n values in the window, n0 and n1 in its parts, and v its variance. Used by [[change]] for `adwin`.
//
// As in MOA and River, but after an alarm the window starts empty, so that run lengths are independent. Memory grows
// with the logarithm of the window: 56 bytes for each doubling. Not for NaN or infinity.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/core/state_io.h"
#include "agent/sketches/change_direction.h"
#include "agent/sketches/score_distribution.h"

namespace leeway {

class Adwin {
 public:
  // Cuts are checked after every `clock` values.
  Adwin(double delta, std::uint32_t clock, ChangeDirection direction);

  ChangeFound add(double score);

  // The greatest difference of the means of a cut, newer minus older (kUp) or the other way round (kDown), in units of
  // the difference that alarms; 0 if there is none in that direction.
  double statistic(ChangeFound side) const;
  double threshold() const { return 1; }
  std::uint64_t width() const { return width_; }

  void save(StateWriter& out) const;
  // False if the state is not valid.
  bool load(StateReader& in);

 private:
  static constexpr std::size_t kBuckets = 5;  // of one size, before the oldest two are merged
  // Buckets of 2^i values, the oldest first.
  struct Row {
    std::uint32_t used = 0;
    std::array<double, kBuckets + 1> sums{};
  };

  void insert(double score);
  // Calls look(n0, sum0, n1, sum1) for every cut with enough values on both sides, until it returns true.
  template <typename Look>
  void each_cut(const Look& look) const;
  ChangeFound find_change() const;
  double log_term() const;  // d
  void clear();

  double delta_;
  std::uint32_t clock_;
  ChangeDirection direction_;
  std::vector<Row> rows_;
  std::uint64_t width_ = 0;
  double sum_ = 0;
  double squares_ = 0;       // sum of squared deviations from the mean
  std::uint32_t ticks_ = 0;  // values since the last check
};

// The delta with which ADWIN, checking after every kAdwinClock values, gives one false alarm in `average_run_length`
// independent normal values; from a table that tests/bench/change_bench makes by simulation.
inline constexpr std::uint32_t kAdwinClock = 8;
inline constexpr double kLeastAdwinRunLength = 1000;
inline constexpr double kMostAdwinRunLength = 1e6;
double adwin_delta(double average_run_length, ChangeDirection direction);
// The same for independent values with that distribution: the table is corrected by simulations, together up to two
// seconds long. Above a run length of 10,000 the correction is that for 10,000.
double adwin_delta(double average_run_length, ChangeDirection direction, std::span<const ScoreShare> scores);

}  // namespace leeway
