// How many rows repeat the key of another row, in bounded memory. Every key is kept, as a hash with its number of rows,
// until there are `max_keys` of them: up to then the count is exact, except for keys whose 64-bit hashes collide (one
// in ten million at a million keys). Then only keys whose hash begins with one more zero bit are kept, and so on: a
// sample of keys with all their rows, whose share of repeated rows estimates that of all. Used by the quality monitor.
//
// The result is a function of the hashes, not of their order.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"

namespace leeway {

class KeyCounter {
 public:
  // 12 bytes per key, and the same again of free space. At least one key.
  explicit KeyCounter(std::size_t max_keys);

  // All bits of `hash` must be well mixed.
  void add(std::uint64_t hash);
  void clear();

  bool exact() const { return zero_bits_ == 0; }
  std::uint64_t rows() const { return rows_; }
  // The number of rows that are not the first of their key: exact or an estimate.
  double repeated_rows() const;

  void save(StateWriter& out) const;
  // After an error the counter must be discarded.
  Expected<void> load(StateReader& in);

 private:
  void insert(std::uint64_t hash, std::uint32_t rows);
  void rebuild(std::size_t slots);
  bool is_kept(std::uint64_t hash) const { return zero_bits_ == 0 || hash >> (64 - zero_bits_) == 0; }

  std::size_t max_keys_;
  std::uint64_t rows_ = 0;
  std::uint64_t sampled_rows_ = 0;
  std::size_t keys_ = 0;
  int zero_bits_ = 0;                  // leading zero bits of kept hashes
  std::vector<std::uint64_t> hashes_;  // open addressing by the last bits, a power of two; 0 is free
  std::vector<std::uint32_t> counts_;  // rows of the key in the same slot
};

}  // namespace leeway
