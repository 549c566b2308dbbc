#include "agent/sketches/top_keys.h"

#include <algorithm>
#include <cstring>

namespace leeway {
namespace {

bool is_less_frequent(const TopValue& left, const TopValue& right) { return left.count < right.count; }

}  // namespace

std::size_t TopKeys::find(std::uint64_t hash) const {
  const auto low_byte = static_cast<unsigned char>(hash);
  std::size_t from = 0;
  while (from < hashes_.size()) {
    const void* const found = std::memchr(&low_bytes_[from], low_byte, hashes_.size() - from);
    if (found == nullptr) {
      break;
    }
    from = static_cast<std::size_t>(static_cast<const unsigned char*>(found) - low_bytes_.data());
    if (hashes_[from] == hash) {
      return from;
    }
    ++from;
  }
  return kKeys;
}

std::size_t TopKeys::rarest() {
  while (searched_ < kKeys && keys_[searched_].count != least_) {
    ++searched_;
  }
  if (searched_ == kKeys) {
    const auto first = std::min_element(keys_.begin(), keys_.end(), is_less_frequent);
    least_ = first->count;
    searched_ = static_cast<std::size_t>(first - keys_.begin());
  }
  return searched_;
}

std::string* TopKeys::add(std::uint64_t hash) {
  ++rows_;
  std::size_t place = find(hash);
  if (place < kKeys) {
    ++keys_[place].count;
    return nullptr;
  }
  if (keys_.size() < kKeys) {
    place = keys_.size();
    hashes_.push_back(hash);
    keys_.push_back({{}, 1, 0});
  } else {
    place = rarest();
    hashes_[place] = hash;
    keys_[place].error = keys_[place].count++;
  }
  low_bytes_[place] = static_cast<unsigned char>(hash);
  return &keys_[place].text;
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
    low_bytes_[i] = static_cast<unsigned char>(hashes_[i]);
    TopValue key{std::string(in.text())};
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
    const TopValue& key = keys.keys_[i];
    TopValue& total = keys_.try_emplace(keys.hashes_[i], TopValue{key.text}).first->second;
    // May be below zero until the floor is added to the sum; unsigned numbers allow that.
    total.count += key.count - floor;
    total.error += key.error - floor;
  }
}

std::vector<TopValue> TopKeysTotal::top(std::size_t k) const {
  std::vector<TopValue> keys;
  keys.reserve(keys_.size());
  for (const auto& [hash, key] : keys_) {
    keys.push_back({key.text, key.count + floor_, key.error + floor_});
  }
  const auto is_before = [](const TopValue& left, const TopValue& right) {
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
