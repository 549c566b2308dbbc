#include "agent/sketches/value_counts.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>

#include "agent/sketches/sort_numbers.h"

namespace leeway {
namespace {

constexpr std::size_t kBlock = 10'240;  // as many as a window keeps: it is sorted once, and nothing is merged
constexpr std::uint64_t kMostNumbers = 1'000'000;  // numbers of a list
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

// In the order of the numbers.
std::uint64_t ordered_bits(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}
double number_of_bits(std::uint64_t key) {
  return std::bit_cast<double>((key & kSignBit) != 0 ? key & ~kSignBit : ~key);
}

// Merges two ascending lists of distinct values.
std::vector<WeightedValue> merged(std::span<const WeightedValue> a, std::span<const WeightedValue> b) {
  std::vector<WeightedValue> result;
  result.reserve(a.size() + b.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i].value == b[j].value) {
      result.push_back({a[i].value, a[i].weight + b[j].weight});
      ++i;
      ++j;
    } else {
      result.push_back(a[i].value < b[j].value ? a[i++] : b[j++]);
    }
  }
  std::copy(a.begin() + static_cast<std::ptrdiff_t>(i), a.end(), std::back_inserter(result));
  std::copy(b.begin() + static_cast<std::ptrdiff_t>(j), b.end(), std::back_inserter(result));
  return result;
}

}  // namespace

void ValueCounts::add(std::span<const double> numbers) {
  while (!numbers.empty()) {
    const std::size_t taken = std::min(numbers.size(), kBlock - block_.size());
    const std::size_t held = block_.size();
    block_.resize(held + taken);
    std::transform(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(taken),
                   block_.begin() + static_cast<std::ptrdiff_t>(held),
                   [](double number) { return number + 0.0; });  // -0 + 0 is 0
    numbers = numbers.subspan(taken);
    if (block_.size() == kBlock) {
      sort_block();
    }
  }
}

void ValueCounts::add(const ValueCounts& other) {
  add(std::span<const WeightedValue>(other.sorted_));
  add(std::span<const double>(other.block_));
}

void ValueCounts::add(std::span<const WeightedValue> ascending) {
  if (!ascending.empty()) {
    sorted_ = merged(sorted_, ascending);
  }
}

void ValueCounts::clear() {
  block_.clear();
  sorted_.clear();
}

void ValueCounts::sort_block() const {
  SortScratch scratch;
  sort_numbers(block_, scratch);
  std::vector<WeightedValue> distinct;
  distinct.reserve(block_.size());
  for (const double number : block_) {
    if (distinct.empty() || distinct.back().value != number) {
      distinct.push_back({number, 0});
    }
    ++distinct.back().weight;
  }
  sorted_ = sorted_.empty() ? std::move(distinct) : merged(sorted_, distinct);
  block_.clear();
}

const std::vector<WeightedValue>& ValueCounts::sorted() const {
  if (!block_.empty()) {
    sort_block();
  }
  return sorted_;
}

void ValueCounts::save(StateWriter& out) const { save_values(sorted(), out); }

Expected<void> ValueCounts::load(StateReader& in) {
  Expected<std::vector<WeightedValue>> values = load_values(in);
  if (!values) {
    return values.error();
  }
  clear();
  sorted_ = std::move(*values);
  return {};
}

void save_values(std::span<const WeightedValue> ascending, StateWriter& out) {
  out.u64(ascending.size());
  std::uint64_t before = 0;
  for (const WeightedValue& item : ascending) {
    const std::uint64_t key = ordered_bits(item.value);
    out.u64(key - before);
    out.u64(item.weight);
    before = key;
  }
}

Expected<std::vector<WeightedValue>> load_values(StateReader& in) {
  std::vector<WeightedValue> values(in.count(2));
  std::uint64_t key = 0;
  bool sound = true;
  for (WeightedValue& item : values) {
    const std::uint64_t step = in.u64();
    sound = sound && step > 0 && key + step > key;
    key += step;
    item = {number_of_bits(key), in.u64()};
    sound = sound && std::isfinite(item.value) && item.weight > 0;
  }
  if (!in.ok() || !sound) {
    return Error{ErrorCode::kCorrupt, "saved values are invalid"};
  }
  return values;
}

void save_numbers(std::span<const double> numbers, StateWriter& out) {
  out.u64(numbers.size());
  for (const double number : numbers) {
    out.f64(number);
  }
}

std::vector<double> load_numbers(StateReader& in) {
  std::vector<double> numbers(std::min(in.count(sizeof(double)), kMostNumbers));
  for (double& number : numbers) {
    number = in.f64();
  }
  return numbers;
}

}  // namespace leeway
