#include "agent/sketches/top_keys.h"

#include <algorithm>

namespace leeway {
namespace {

bool is_less_frequent(const TopKey& left, const TopKey& right) { return left.count < right.count; }

}  // namespace

void TopKeys::add(std::uint64_t hash, std::string_view text) {
  ++rows_;
  const auto found = std::find(hashes_.begin(), hashes_.end(), hash);
  if (found != hashes_.end()) {
    ++keys_[static_cast<std::size_t>(found - hashes_.begin())].count;
    return;
  }
  if (keys_.size() < kKeys) {
    hashes_.push_back(hash);
    keys_.push_back({std::string(text), 1, 0});
    return;
  }
  const auto rarest = std::min_element(keys_.begin(), keys_.end(), is_less_frequent);
  hashes_[static_cast<std::size_t>(rarest - keys_.begin())] = hash;
  rarest->text = text;
  rarest->error = rarest->count++;
}

std::uint64_t TopKeys::floor() const {
  return keys_.size() < kKeys ? 0 : std::min_element(keys_.begin(), keys_.end(), is_less_frequent)->count;
}

void TopKeys::save(StateWriter& out) const {
  out.u64(rows_);
  out.u64(keys_.size());
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    out.u64(hashes_[i]);
    out.text(keys_[i].text);
    out.u64(keys_[i].count);
    out.u64(keys_[i].error);
  }
}

bool TopKeys::load(StateReader& in) {
  rows_ = in.u64();
  const std::uint64_t size = in.count(4);
  if (!in.ok() || size > kKeys) {
    return false;
  }
  std::uint64_t counted = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    hashes_.push_back(in.u64());
    TopKey key{std::string(in.text())};
    key.count = in.u64();
    key.error = in.u64();
    if (!in.ok() || key.text.size() > kMostBytes || key.error >= key.count || key.count > rows_ - counted) {
      return false;
    }
    counted += key.count;
    keys_.push_back(std::move(key));
  }
  return counted == rows_;
}

void TopKeysTotal::add(const TopKeys& keys) {
  rows_ += keys.rows_;
  const std::uint64_t floor = keys.floor();
  floor_ += floor;
  for (std::size_t i = 0; i < keys.keys_.size(); ++i) {
    const TopKey& key = keys.keys_[i];
    TopKey& total = keys_.try_emplace(keys.hashes_[i], TopKey{key.text}).first->second;
    // May be below zero until the floor is added to the sum; unsigned numbers allow that.
    total.count += key.count - floor;
    total.error += key.error - floor;
  }
}

std::vector<TopKey> TopKeysTotal::top(std::size_t k) const {
  std::vector<TopKey> keys;
  keys.reserve(keys_.size());
  for (const auto& [hash, key] : keys_) {
    keys.push_back({key.text, key.count + floor_, key.error + floor_});
  }
  const auto is_before = [](const TopKey& left, const TopKey& right) {
    const std::uint64_t left_least = left.count - left.error;
    const std::uint64_t right_least = right.count - right.error;
    return left_least != right_least ? left_least > right_least : left.text < right.text;
  };
  const std::size_t kept = std::min(k, keys.size());
  std::partial_sort(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(kept), keys.end(), is_before);
  keys.resize(kept);
  return keys;
}

}  // namespace leeway
