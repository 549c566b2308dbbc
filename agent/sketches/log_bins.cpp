#include "agent/sketches/log_bins.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace leeway {
namespace {

constexpr double kSmallestSize = 1e-9;
constexpr double kLargestSize = 1e15;
constexpr double kError = LogBins::kRelativeError;
// ln((1 + e) / (1 - e)), by its series.
constexpr double kLogGrowth = 2 * (kError + kError * kError * kError / 3 + 1e-10 / 5 + 1e-14 / 7);
constexpr double kPerGrowth = 1 / kLogGrowth;
constexpr int kFirstPower = -1037;  // of the growth: below kSmallestSize
constexpr int kMostKeys = 2764;     // up to kLargestSize

std::size_t place_in_totals(int key) { return static_cast<std::size_t>(std::int64_t{kMostKeys} + key); }

void add_up_to_most(std::uint32_t& held, std::uint32_t more) {
  held += std::min(more, std::numeric_limits<std::uint32_t>::max() - held);
}

}  // namespace

LogBins::Key LogBins::key_of(double value) {
  const double size = std::min(std::abs(value), kLargestSize);
  if (size < kSmallestSize) {
    return 0;
  }
  const int key = std::clamp(static_cast<int>(std::ceil(std::log(size) * kPerGrowth)) - kFirstPower, 1, kMostKeys);
  return static_cast<Key>(value < 0 ? -key : key);
}

// In the middle of the bin, as far as relative errors are concerned.
double LogBins::value_of(Key key) {
  if (key == 0) {
    return 0;
  }
  const double upper = std::exp((std::abs(key) + kFirstPower) * kLogGrowth);
  return (key < 0 ? -upper : upper) * (1 - kRelativeError);
}

// Keys are ascending integers: from the first one, and from the last one back, a key is at most as many places away as
// numbers. Where few are missing in between, hardly anything is left to search.
std::size_t LogBins::place_of(Key key) const {
  if (keys_.empty() || key <= keys_.front()) {
    return 0;
  }
  if (key > keys_.back()) {
    return keys_.size();
  }
  const std::size_t most = std::min(keys_.size() - 1, static_cast<std::size_t>(key - keys_.front()));
  const std::size_t from_last = static_cast<std::size_t>(keys_.back() - key);
  const std::size_t least = keys_.size() - 1 - std::min(keys_.size() - 1, from_last);
  const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(least);
  return static_cast<std::size_t>(std::lower_bound(first, keys_.begin() + static_cast<std::ptrdiff_t>(most), key) -
                                  keys_.begin());
}

void LogBins::add(double value) {
  const Key key = key_of(value);
  ++count_;
  const std::size_t place = place_of(key);
  if (place < keys_.size() && keys_[place] == key) {
    add_up_to_most(counts_[place], 1);
  } else if (keys_.size() < kMostBins) {
    insert(place, key);
  } else if (place == 0) {
    add_up_to_most(counts_[0], 1);
  } else if (place == 1) {  // it is the lowest from now on
    keys_[0] = key;
    add_up_to_most(counts_[0], 1);
  } else {
    add_up_to_most(counts_[1], counts_[0]);
    keys_.erase(keys_.begin());
    counts_.erase(counts_.begin());
    insert(place - 1, key);
  }
}

void LogBins::insert(std::size_t place, Key key) {
  if (keys_.size() == keys_.capacity()) {
    const std::size_t more = std::min(kMostBins, 2 * keys_.size() + 1);
    keys_.reserve(more);
    counts_.reserve(more);
  }
  keys_.insert(keys_.begin() + static_cast<std::ptrdiff_t>(place), key);
  counts_.insert(counts_.begin() + static_cast<std::ptrdiff_t>(place), 1);
}

// Keys as differences.
void LogBins::save(StateWriter& out) const {
  out.u64(keys_.size());
  int before = 0;
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    out.i64(keys_[i] - before);
    out.u64(counts_[i]);
    before = keys_[i];
  }
  out.u64(count_);
}

bool LogBins::load(StateReader& in) {
  const std::uint64_t size = in.count(2);
  std::int64_t key = 0;
  if (size > kMostBins) {
    return false;
  }
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::int64_t step = in.i64();
    const std::uint64_t count = in.u64();
    if (std::abs(step) > 2 * kMostKeys || (i > 0 && step < 1) || count > std::numeric_limits<std::uint32_t>::max()) {
      return false;
    }
    key += step;
    if (std::abs(key) > kMostKeys) {
      return false;
    }
    keys_.push_back(static_cast<Key>(key));
    counts_.push_back(static_cast<std::uint32_t>(count));
  }
  count_ = in.u64();
  return in.ok();
}

void LogBinTotals::add(const LogBins& bins) {
  counts_.resize(2 * static_cast<std::size_t>(kMostKeys) + 1);
  for (std::size_t i = 0; i < bins.keys_.size(); ++i) {
    counts_[place_in_totals(bins.keys_[i])] += bins.counts_[i];
  }
  count_ += bins.count_;
}

double LogBinTotals::quantile(double q) const {
  const double rank = std::max(1.0, std::ceil(q * static_cast<double>(count_)));
  double below = 0;
  int last = 0;
  for (int key = -kMostKeys; key <= kMostKeys; ++key) {
    const std::uint64_t count = counts_[place_in_totals(key)];
    below += static_cast<double>(count);
    last = count > 0 ? key : last;
    if (below >= rank) {
      break;
    }
  }
  return LogBins::value_of(static_cast<LogBins::Key>(last));
}

}  // namespace leeway
