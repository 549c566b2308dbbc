// Random numbers that are the same on every machine and in every release: a seed gives one sequence, whatever the
// standard library. Used by the quantile sketch (which item of a pair survives) and the calibration of thresholds.
#pragma once

#include <cstdint>

namespace leeway {

// xoshiro256** 1.0 (Blackman and Vigna), seeded by splitmix64. Not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  // In (0, 1): both ends are excluded.
  double uniform();
  // Standard normal (Marsaglia's polar method).
  double normal();
  // Gamma with that shape > 0 and scale 1 (Marsaglia and Tsang).
  double gamma(double shape);
  // Successes of `trials` at `probability` in [0, 1]: inversion if few are expected, else Hormann's BTRS.
  std::uint64_t binomial(std::uint64_t trials, double probability);

 private:
  std::uint64_t state_[4];
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace leeway
