#include "agent/sketches/kll_sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace leeway {
namespace {

std::string saved(const KllSketch& sketch) {
  StateWriter out;
  sketch.save(out);
  return out.bytes();
}

std::vector<double> normals(std::uint64_t seed, int count) {
  Random random(seed);
  std::vector<double> values;
  for (int i = 0; i < count; ++i) {
    values.push_back(random.normal());
  }
  return values;
}

KllSketch sketch_of(const std::vector<double>& values, std::uint32_t k) {
  KllSketch sketch(k);
  for (const double value : values) {
    sketch.add(value);
  }
  return sketch;
}

// Largest difference of the sketch's distribution from that of the values, as a share.
double worst_rank_error(const KllSketch& sketch, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double worst = 0;
  double seen = 0;
  for (const WeightedValue& item : sketch.sorted()) {
    seen += static_cast<double>(item.weight);
    const double rank =
        static_cast<double>(std::upper_bound(values.begin(), values.end(), item.value) - values.begin());
    worst = std::max(worst, std::abs(rank - seen) / static_cast<double>(values.size()));
  }
  return worst;
}

TEST(KllSketch, HoldsAllValuesUpToK) {
  const std::vector<double> values = normals(1, 200);
  const KllSketch sketch = sketch_of(values, 200);
  EXPECT_TRUE(sketch.exact());
  EXPECT_EQ(sketch.rank_error(), 0);
  EXPECT_EQ(sketch.retained(), 200U);
  EXPECT_EQ(worst_rank_error(sketch, values), 0);
  EXPECT_FALSE(sketch_of(normals(1, 201), 200).exact());
}

TEST(KllSketch, KeepsItsErrorInBoundedMemory) {
  int beyond = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const std::vector<double> values = normals(seed, 40'000);
    const KllSketch sketch = sketch_of(values, 200);
    EXPECT_EQ(sketch.count(), 40'000U);
    EXPECT_LE(sketch.retained(), 700U);
    std::uint64_t weight = 0;
    for (const WeightedValue& item : sketch.sorted()) {
      weight += item.weight;
    }
    EXPECT_EQ(weight, 40'000U);
    // The stated error is that of one rank; the largest error of all ranks stays within twice that.
    beyond += worst_rank_error(sketch, values) > 2 * sketch.rank_error() ? 1 : 0;
  }
  EXPECT_EQ(beyond, 0);
}

TEST(KllSketch, SortedAndReversedStreamsAreNoWorse) {
  std::vector<double> values = normals(5, 30'000);
  std::sort(values.begin(), values.end());
  EXPECT_LE(worst_rank_error(sketch_of(values, 400), values), 2 * KllSketch(400).rank_error() + 0.014);
  std::reverse(values.begin(), values.end());
  EXPECT_LE(worst_rank_error(sketch_of(values, 400), values), 0.014);
}

TEST(KllSketch, AMergeKeepsTheError) {
  std::vector<double> all;
  KllSketch merged(200);
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const std::vector<double> part = normals(seed, static_cast<int>(1000 * (seed + 1)));
    merged.merge(sketch_of(part, 200));
    all.insert(all.end(), part.begin(), part.end());
  }
  EXPECT_EQ(merged.count(), all.size());
  EXPECT_LE(worst_rank_error(merged, all), 2 * merged.rank_error());
}

TEST(KllSketch, StateIsAFunctionOfTheValues) {
  const std::vector<double> values = normals(9, 5000);
  EXPECT_EQ(saved(sketch_of(values, 200)), saved(sketch_of(values, 200)));
  KllSketch first = sketch_of(std::vector<double>(values.begin(), values.begin() + 2500), 200);
  const std::string bytes = saved(first);
  KllSketch second(200);
  StateReader in(bytes);
  ASSERT_TRUE(second.load(in));
  EXPECT_EQ(saved(second), bytes);
  for (std::size_t i = 2500; i < values.size(); ++i) {
    second.add(values[i]);
  }
  EXPECT_EQ(saved(second), saved(sketch_of(values, 200)));
}

TEST(KllSketch, StateIsThatOfTheValuesHoweverTheyCome) {
  const std::vector<double> values = normals(11, 5000);
  for (const std::size_t size : {3U, 256U, 5000U}) {
    KllSketch sketch(200);
    for (std::size_t begin = 0; begin < values.size(); begin += size) {
      sketch.add(std::span(values).subspan(begin, std::min(size, values.size() - begin)));
    }
    EXPECT_EQ(saved(sketch), saved(sketch_of(values, 200))) << size;
  }
}

TEST(KllSketch, RefusesBrokenState) {
  const std::string bytes = saved(sketch_of(normals(2, 3000), 200));
  for (std::size_t length = 0; length < bytes.size(); length += 7) {
    KllSketch sketch(200);
    StateReader in(std::string_view(bytes).substr(0, length));
    EXPECT_FALSE(sketch.load(in));
  }
  KllSketch other(100);
  StateReader in(bytes);
  EXPECT_FALSE(other.load(in));
}

TEST(KllSketch, TakesTiesAndExtremes) {
  KllSketch sketch(64);
  for (int i = 0; i < 10'000; ++i) {
    sketch.add(i % 2 == 0 ? std::numeric_limits<double>::max() : std::numeric_limits<double>::denorm_min());
  }
  const std::vector<WeightedValue> sorted = sketch.sorted();
  EXPECT_EQ(value_at_rank(sorted, 1), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(value_at_rank(sorted, 10'000), std::numeric_limits<double>::max());
}

}  // namespace
}  // namespace leeway
