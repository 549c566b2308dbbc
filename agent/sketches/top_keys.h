// The most frequent keys of a stream, in bounded memory: Space-Saving (Metwally, Agrawal and El Abbadi, 2005), whose
// summaries are merged as Agarwal et al. describe ("Mergeable summaries", 2012). Used by the monitor window.
//
// Up to kKeys distinct keys the counts are exact. Beyond, the count of a key is at most the true one plus `error`,
// which is at most a share 1 / kKeys of all rows, and depends on the order of the rows.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/core/state_io.h"
#include "agent/core/top_value.h"

namespace leeway {

class TopKeys {
 public:
  static constexpr std::size_t kKeys = 64;
  static constexpr std::size_t kMostBytes = 48;  // of a text, which the caller has to limit

  // Keys are the same if their hashes are; all bits of `hash` must be well mixed. Of a key that was not held, the text,
  // which the caller has to write, else null. Valid until the next call.
  std::string* add(std::uint64_t hash);
  std::uint64_t rows() const { return rows_; }

  void save(StateWriter& out) const;
  // False if the state is not valid: the sketch must then be discarded.
  bool load(StateReader& in);

 private:
  friend class TopKeysTotal;
  // What a key that is not held can have at most.
  std::uint64_t floor() const;
  std::size_t find(std::uint64_t hash) const;  // kKeys if it is not held
  std::size_t rarest();                        // of kKeys keys, the first of those with the smallest count

  std::uint64_t rows_ = 0;
  std::array<unsigned char, kKeys> low_bytes_{};  // of hashes_: one memchr() finds most keys, or that there is none
  std::vector<std::uint64_t> hashes_;
  std::vector<TopValue> keys_;  // in the order of hashes_
  // Counts only grow: of the smallest count there was, no key before `searched_` has it any more.
  std::uint64_t least_ = 0;
  std::size_t searched_ = kKeys;
};

// Of several streams.
class TopKeysTotal {
 public:
  void add(const TopKeys& keys);
  std::uint64_t rows() const { return rows_; }
  // The `k` keys with the largest count - error, the largest first; of equal ones, in the order of their texts.
  std::vector<TopValue> top(std::size_t k) const;

 private:
  std::uint64_t rows_ = 0;
  std::uint64_t floor_ = 0;
  std::unordered_map<std::uint64_t, TopValue> keys_;  // by hash; counts and errors beyond the floor of their stream
};

}  // namespace leeway
