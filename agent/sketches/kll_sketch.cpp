#include "agent/sketches/kll_sketch.h"

#include <algorithm>
#include <cmath>

#include "agent/sketches/sort_numbers.h"

namespace leeway {
namespace {

constexpr double kShrink = 2.0 / 3;        // of capacities, level by level from the top
constexpr std::size_t kLeastCapacity = 8;  // of a level
constexpr std::size_t kMostLevels = 60;    // 2^60 values per item: more than any stream has
constexpr std::uint32_t kMostItems = 65'535;

}  // namespace

KllSketch::KllSketch(std::uint32_t k) : k_(k), lowest_capacity_(capacity(0)) {}

double KllSketch::rank_error() const { return exact() ? 0 : 2.296 / std::pow(k_, 0.9723); }

std::size_t KllSketch::capacity(std::size_t level) const {
  const auto depth = static_cast<double>(levels_.size() - 1 - level);
  return std::max(kLeastCapacity, static_cast<std::size_t>(std::ceil(k_ * std::pow(kShrink, depth))));
}

void KllSketch::add(std::span<const double> values) {
  while (!values.empty()) {
    // Enough values to bring the lowest level over its capacity, so that the state does not depend on the batches.
    const std::size_t held = levels_[0].size();
    const std::size_t taken = std::min(values.size(), held > lowest_capacity_ ? 1 : lowest_capacity_ + 1 - held);
    levels_[0].insert(levels_[0].end(), values.begin(), values.begin() + static_cast<std::ptrdiff_t>(taken));
    values = values.subspan(taken);
    count_ += taken;
    if (levels_[0].size() > lowest_capacity_) {
      compress();
    }
  }
}

// Halves every level that is over its capacity, from the lowest up. The odd item out stays.
void KllSketch::compress() {
  SortScratch scratch;
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    if (levels_[level].size() <= capacity(level)) {
      continue;
    }
    if (level + 1 == levels_.size()) {
      levels_.emplace_back();
    }
    std::vector<double>& items = levels_[level];
    sort_numbers(items, scratch);
    const bool upper = Random(compactions_++ ^ count_ << 20).next() >> 63 != 0;
    const std::size_t kept = items.size() % 2;
    std::vector<double>& above = levels_[level + 1];
    for (std::size_t i = kept + (upper ? 1 : 0); i < items.size(); i += 2) {
      above.push_back(items[i]);
    }
    items.resize(kept);
  }
  lowest_capacity_ = capacity(0);
}

void KllSketch::merge(const KllSketch& other) {
  if (levels_.size() < other.levels_.size()) {
    levels_.resize(other.levels_.size());
  }
  for (std::size_t level = 0; level < other.levels_.size(); ++level) {
    levels_[level].insert(levels_[level].end(), other.levels_[level].begin(), other.levels_[level].end());
  }
  count_ += other.count_;
  compress();
}

std::size_t KllSketch::retained() const {
  std::size_t items = 0;
  for (const std::vector<double>& level : levels_) {
    items += level.size();
  }
  return items;
}

std::vector<WeightedValue> KllSketch::sorted() const {
  std::vector<WeightedValue> result;
  result.reserve(retained());
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    for (const double value : levels_[level]) {
      result.push_back({value, std::uint64_t{1} << level});
    }
  }
  std::sort(result.begin(), result.end(), [](const WeightedValue& a, const WeightedValue& b) {
    return a.value < b.value || (a.value == b.value && a.weight < b.weight);
  });
  return result;
}

void KllSketch::save(StateWriter& out) const {
  out.u64(k_);
  out.u64(count_);
  out.u64(compactions_);
  out.u64(levels_.size());
  for (const std::vector<double>& level : levels_) {
    out.u64(level.size());
    for (const double value : level) {
      out.f64(value);
    }
  }
}

Expected<void> KllSketch::load(StateReader& in) {
  const Error corrupt{ErrorCode::kCorrupt, "saved quantile sketch is invalid"};
  if (in.u64() != k_) {
    return corrupt;
  }
  count_ = in.u64();
  compactions_ = in.u64();
  const std::uint64_t levels = in.count();
  if (!in.ok() || levels == 0 || levels > kMostLevels) {
    return corrupt;
  }
  levels_.assign(levels, {});
  std::uint64_t weight = 0;
  for (std::size_t level = 0; level < levels; ++level) {
    const std::uint64_t size = in.count(sizeof(double));
    if (!in.ok() || size > kMostItems) {
      return corrupt;
    }
    levels_[level].reserve(size);
    for (std::uint64_t i = 0; i < size; ++i) {
      levels_[level].push_back(in.f64());
      if (std::isnan(levels_[level].back())) {
        return corrupt;
      }
    }
    weight += size << level;
  }
  lowest_capacity_ = capacity(0);
  return weight == count_ ? Expected<void>{} : Expected<void>{corrupt};
}

double value_at_rank(const std::vector<WeightedValue>& sorted, std::uint64_t rank) {
  std::uint64_t seen = 0;
  for (const WeightedValue& item : sorted) {
    seen += item.weight;
    if (seen >= rank) {
      return item.value;
    }
  }
  return sorted.back().value;
}

}  // namespace leeway
