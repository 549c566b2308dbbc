#include "agent/sketches/key_counter.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace leeway {
namespace {

constexpr std::size_t kFirstSlots = 64;
constexpr int kMostZeroBits = 40;

}  // namespace

KeyCounter::KeyCounter(std::size_t max_keys) : max_keys_(max_keys) { clear(); }

void KeyCounter::clear() {
  rows_ = 0;
  sampled_rows_ = 0;
  keys_ = 0;
  zero_bits_ = 0;
  hashes_.assign(kFirstSlots, 0);
  counts_.assign(kFirstSlots, 0);
}

void KeyCounter::insert(std::uint64_t hash, std::uint32_t rows) {
  const std::size_t mask = hashes_.size() - 1;
  std::size_t slot = hash & mask;
  while (hashes_[slot] != 0 && hashes_[slot] != hash) {
    slot = (slot + 1) & mask;
  }
  keys_ += hashes_[slot] == 0 ? 1 : 0;
  hashes_[slot] = hash;
  counts_[slot] += std::min(rows, std::numeric_limits<std::uint32_t>::max() - counts_[slot]);
  sampled_rows_ += rows;
}

void KeyCounter::rebuild(std::size_t slots) {
  const std::vector<std::uint64_t> hashes = std::exchange(hashes_, std::vector<std::uint64_t>(slots, 0));
  const std::vector<std::uint32_t> counts = std::exchange(counts_, std::vector<std::uint32_t>(slots, 0));
  keys_ = 0;
  sampled_rows_ = 0;
  for (std::size_t slot = 0; slot < hashes.size(); ++slot) {
    if (hashes[slot] != 0 && is_kept(hashes[slot])) {
      insert(hashes[slot], counts[slot]);
    }
  }
}

void KeyCounter::add(std::uint64_t hash) {
  ++rows_;
  const std::uint64_t key = std::max<std::uint64_t>(hash, 1);  // 0 means a free slot
  if (!is_kept(key)) {
    return;
  }
  insert(key, 1);
  while (keys_ > max_keys_ && zero_bits_ < kMostZeroBits) {
    ++zero_bits_;
    rebuild(hashes_.size());
  }
  if (2 * keys_ > hashes_.size()) {
    rebuild(2 * hashes_.size());
  }
}

double KeyCounter::repeated_rows() const {
  if (sampled_rows_ == 0) {
    return 0;
  }
  const auto repeated = static_cast<double>(sampled_rows_ - keys_);
  return exact() ? repeated : repeated / static_cast<double>(sampled_rows_) * static_cast<double>(rows_);
}

void KeyCounter::save(StateWriter& out) const {
  out.u64(rows_);
  out.u8(static_cast<std::uint8_t>(zero_bits_));
  out.u64(hashes_.size());
  out.u64(keys_);
  for (std::size_t slot = 0; slot < hashes_.size(); ++slot) {
    if (hashes_[slot] != 0) {
      out.u64(hashes_[slot]);
      out.u64(counts_[slot]);
    }
  }
}

Expected<void> KeyCounter::load(StateReader& in) {
  const Error corrupt{ErrorCode::kCorrupt, "saved key counter is invalid"};
  clear();
  rows_ = in.u64();
  zero_bits_ = in.u8();
  const std::uint64_t slots = in.u64();
  const std::uint64_t keys = in.count(2);
  const bool power_of_two = slots >= kFirstSlots && (slots & (slots - 1)) == 0;
  if (!in.ok() || !power_of_two || zero_bits_ > kMostZeroBits || keys > max_keys_ || 2 * keys > slots ||
      slots > std::max<std::uint64_t>(kFirstSlots, 8 * std::uint64_t{max_keys_})) {
    return corrupt;
  }
  hashes_.assign(slots, 0);
  counts_.assign(slots, 0);
  for (std::uint64_t i = 0; i < keys; ++i) {
    const std::uint64_t hash = in.u64();
    const std::uint64_t rows = in.u64();
    if (!in.ok() || hash == 0 || !is_kept(hash) || rows == 0 || rows > std::numeric_limits<std::uint32_t>::max()) {
      return corrupt;
    }
    insert(hash, static_cast<std::uint32_t>(rows));
  }
  return keys_ == keys ? Expected<void>{} : Expected<void>{corrupt};
}

}  // namespace leeway
