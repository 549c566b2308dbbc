#include "agent/sketches/sort_numbers.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

namespace leeway {
namespace {

constexpr std::size_t kDigitBits = 11;
constexpr std::size_t kDigits = 3;
constexpr std::size_t kDigitValues = std::size_t{1} << kDigitBits;
constexpr std::size_t kFewNumbers = 512;  // for up to this many, comparing is faster than counting digits
constexpr std::size_t kMostRuns = 5;      // at most this many are merged
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

// Keys are in the order of their numbers: all bits are flipped below zero, else only the sign. No branches,
// which random signs would make slow.
std::uint64_t key_of(double number) {
  const auto bits = std::bit_cast<std::uint64_t>(number);
  return bits ^ (kSign | (0 - (bits >> 63)));
}
double number_of(std::uint64_t key) { return std::bit_cast<double>(key ^ (kSign | ((key >> 63) - 1))); }

// An object, so that algorithms compare in place instead of calling a function for each pair.
constexpr auto is_less = [](double a, double b) { return key_of(a) < key_of(b); };

// Merges the numbers if they are a few ascending runs; else returns false.
bool merge_runs(std::vector<double>& numbers) {
  std::vector<std::ptrdiff_t> ends{0};
  for (std::size_t i = 1; i <= numbers.size() && ends.size() <= kMostRuns; ++i) {
    if (i == numbers.size() || is_less(numbers[i], numbers[i - 1])) {
      ends.push_back(static_cast<std::ptrdiff_t>(i));
    }
  }
  if (ends.back() != static_cast<std::ptrdiff_t>(numbers.size())) {
    return false;
  }
  while (ends.size() > 2) {
    // Pairs of neighbours, so that no number is moved more than log2(runs) times.
    for (std::size_t i = 0; i + 2 < ends.size(); ++i) {
      const auto begin = numbers.begin();
      std::inplace_merge(begin + ends[i], begin + ends[i + 1], begin + ends[i + 2], is_less);
      ends.erase(ends.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
  }
  return true;
}

// Sorts by kDigits digits from bit `shift` on, the lowest first; those that are all the same are skipped.
void sort_by_digits(SortScratch& scratch, std::size_t shift) {
  const std::size_t size = scratch.keys.size();
  scratch.moved.resize(size);
  scratch.counts.assign(kDigits * kDigitValues, 0);
  std::uint32_t* const counts = scratch.counts.data();
  const auto digit_of = [shift](std::uint64_t key, std::size_t digit) {
    return (key >> (shift + digit * kDigitBits)) % kDigitValues;
  };
  for (const std::uint64_t key : scratch.keys) {
    for (std::size_t digit = 0; digit < kDigits; ++digit) {
      ++counts[digit * kDigitValues + digit_of(key, digit)];
    }
  }
  for (std::size_t digit = 0; digit < kDigits; ++digit) {
    const std::span<std::uint32_t> place(counts + digit * kDigitValues, kDigitValues);
    if (place[digit_of(scratch.keys[0], digit)] == size) {
      continue;
    }
    std::uint32_t before = 0;
    for (std::uint32_t& count : place) {
      before += std::exchange(count, before);
    }
    std::uint64_t* const moved = scratch.moved.data();
    for (const std::uint64_t key : scratch.keys) {
      moved[place[digit_of(key, digit)]++] = key;
    }
    scratch.keys.swap(scratch.moved);
  }
}

// Sorts keys that are sorted but for the bits below `shift`.
void sort_equal_starts(std::vector<std::uint64_t>& keys, std::size_t shift) {
  for (auto begin = keys.begin(); begin != keys.end();) {
    auto end = begin + 1;
    bool ascending = true;
    for (; end != keys.end() && (*end >> shift) == (*begin >> shift); ++end) {
      ascending = ascending && *(end - 1) <= *end;
    }
    if (!ascending) {
      std::sort(begin, end);
    }
    begin = end;
  }
}

}  // namespace

// By radix on the highest bits that differ, which hardly any two numbers of a sample share; those that do are compared.
void sort_numbers(std::vector<double>& numbers, SortScratch& scratch) {
  if (numbers.size() >= kFewNumbers && merge_runs(numbers)) {
    return;
  }
  scratch.keys.resize(numbers.size());
  if (numbers.size() < kFewNumbers) {
    std::transform(numbers.begin(), numbers.end(), scratch.keys.begin(), key_of);
    std::sort(scratch.keys.begin(), scratch.keys.end());
    std::transform(scratch.keys.begin(), scratch.keys.end(), numbers.begin(), number_of);
    return;
  }
  std::uint64_t differing = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    scratch.keys[i] = key_of(numbers[i]);
    differing |= scratch.keys[i] ^ scratch.keys[0];
  }
  const auto bits = static_cast<std::size_t>(std::bit_width(differing));
  const std::size_t shift = bits - std::min(bits, kDigits * kDigitBits);
  sort_by_digits(scratch, shift);
  if (shift > 0) {
    sort_equal_starts(scratch.keys, shift);
  }
  std::transform(scratch.keys.begin(), scratch.keys.end(), numbers.begin(), number_of);
}

}  // namespace leeway
