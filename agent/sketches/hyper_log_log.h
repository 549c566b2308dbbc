// How many distinct values a stream holds, in bounded memory: HyperLogLog with 64-bit hashes (Flajolet et al., 2007)
// and the estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6,
// which needs no correction tables. Up to kExact values it counts exactly. Used by the monitors quality and window.
//
// Its state is a function of the set of hashes: neither order nor repetition matters.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"

namespace leeway {

class HyperLogLog {
 public:
  static constexpr std::size_t kExact = 256;

  // 2^precision registers of a byte; `precision` from 4 to 18.
  explicit HyperLogLog(int precision);

  // All bits of `hash` must be well mixed.
  void add(std::uint64_t hash);
  bool exact() const { return registers_.empty(); }
  double estimate() const;
  // Relative standard error of the estimate: 0 while exact, then 1.04 / sqrt(2^precision).
  double standard_error() const;
  void clear();
  bool empty() const { return hashes_.empty() && registers_.empty(); }
  // Adds all values of `other`, which has the same precision.
  void merge(const HyperLogLog& other);

  void save(StateWriter& out) const;
  // After an error the sketch must be discarded.
  Expected<void> load(StateReader& in);

 private:
  void set_register(std::uint64_t hash);
  void become_registers();

  int precision_;
  std::vector<std::uint64_t> hashes_;  // ascending, while exact
  std::vector<std::uint8_t> registers_;
};

}  // namespace leeway
