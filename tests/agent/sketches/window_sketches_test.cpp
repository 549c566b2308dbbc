// The sketches of the window monitor: SlotRing, WideSum, LogBins, TopKeys, and the merging of HyperLogLog.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "agent/sketches/hyper_log_log.h"
#include "agent/sketches/log_bins.h"
#include "agent/sketches/slot_ring.h"
#include "agent/sketches/top_keys.h"
#include "agent/sketches/wide_sum.h"

namespace leeway {
namespace {

struct Count {
  std::uint64_t count = 0;

  bool empty() const { return count == 0; }
  void save(StateWriter& out) const { out.u64(count); }
  bool load(StateReader& in) {
    count = in.u64();
    return in.ok();
  }
};

std::uint64_t total(const SlotRing<Count>& ring, std::int64_t first, std::int64_t last) {
  std::uint64_t all = 0;
  ring.each(first, last, [&](std::int64_t, const Count& cell) { all += cell.count; });
  return all;
}

TEST(SlotRing, HoldsTheNewestSlotsInAnyOrder) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    SlotRing<Count> ring(std::chrono::seconds(10), 7);
    std::vector<std::int64_t> times;
    std::int64_t newest = std::numeric_limits<std::int64_t>::min();
    for (int i = 0; i < 60; ++i) {
      const std::int64_t time = static_cast<std::int64_t>(random() % 200) - 100;
      const std::int64_t slot = static_cast<std::int64_t>(std::floor(static_cast<double>(time) / 10));
      newest = std::max(newest, slot);
      Count* const cell = ring.at(TimePoint(std::chrono::seconds(time)));
      ASSERT_EQ(cell != nullptr, slot > newest - 7);
      if (cell != nullptr) {
        ++cell->count;
        times.push_back(slot);
      }
    }
    for (std::int64_t first = newest - 9; first <= newest; ++first) {
      const auto expected = std::count_if(times.begin(), times.end(), [&](std::int64_t slot) {
        return slot >= std::max(first, newest - 6) && slot <= newest - 1;
      });
      ASSERT_EQ(total(ring, first, newest - 1), static_cast<std::uint64_t>(expected));
    }
    StateWriter out;
    ring.save(out);
    SlotRing<Count> again(std::chrono::seconds(10), 7);
    StateReader in(out.bytes());
    ASSERT_TRUE(again.load(in));
    StateWriter saved;
    again.save(saved);
    ASSERT_EQ(saved.bytes(), out.bytes());
  }
}

TEST(WideSum, KeepsWhatDoublesLose) {
  WideSum sum;
  for (const double number : {1e16, 1.0, 1e-5, -1e16}) {
    sum.add(number);
  }
  EXPECT_DOUBLE_EQ(sum.value(), 1.00001);
}

// A small spread far from 0, where the sum of squares has no digit of it left in a double.
TEST(WideSum, SpreadFarFromZero) {
  WideSum sum;
  WideSum squares;
  for (const double step : {0.0, 1.0, 2.0, 3.0}) {
    const double value = 1e12 + step;
    sum.add(value);
    squares.add_product(value, value);
  }
  EXPECT_NEAR(centered_sum(squares, sum, sum, 4), 5, 1e-9);
}

TEST(LogBins, QuantilesAreWithinTheStatedError) {
  std::mt19937_64 random(2);
  std::lognormal_distribution<double> sizes(0, 1);  // four powers of ten, hardly more
  for (int round = 0; round < 50; ++round) {
    LogBins bins;
    std::vector<double> values;
    const int count = 1 + static_cast<int>(random() % 3000);
    for (int i = 0; i < count; ++i) {
      const double value = random() % 20 == 0 ? 0 : (random() % 10 == 0 ? -1 : 1) * sizes(random);
      values.push_back(value);
      bins.add(value);
    }
    std::sort(values.begin(), values.end());
    LogBinTotals all;
    all.add(bins);
    ASSERT_EQ(all.count(), values.size());
    for (const double q : {0.001, 0.25, 0.5, 0.95, 0.999}) {
      const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(q * count)));
      const double exact = values[rank - 1];
      EXPECT_LE(std::abs(all.quantile(q) - exact), 0.01000001 * std::abs(exact)) << q << " of " << count;
    }
  }
}

TEST(LogBins, IsAFunctionOfTheValues) {
  std::mt19937_64 random(3);
  std::vector<double> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(std::pow(10, static_cast<double>(random() % 24'000) / 1000 - 9));  // more bins than are kept
  }
  const auto saved = [](const std::vector<double>& numbers) {
    LogBins bins;
    for (const double number : numbers) {
      bins.add(number);
    }
    StateWriter out;
    bins.save(out);
    return out.take();
  };
  const std::string first = saved(values);
  for (int round = 0; round < 5; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    ASSERT_TRUE(saved(values) == first);
  }
  LogBins loaded;
  StateReader in(first);
  ASSERT_TRUE(loaded.load(in));
  StateWriter out;
  loaded.save(out);
  EXPECT_TRUE(out.bytes() == first);
  // The highest ones are exact.
  LogBinTotals all;
  all.add(loaded);
  std::sort(values.begin(), values.end());
  EXPECT_NEAR(all.quantile(0.999) / values[19'979], 1, 0.0101);
}

TEST(HyperLogLog, MergingIsAddingAll) {
  std::mt19937_64 random(4);
  for (const std::size_t count : {10U, 200U, 400U, 5000U}) {
    HyperLogLog whole(10);
    HyperLogLog merged(10);
    for (int part = 0; part < 3; ++part) {
      HyperLogLog each(10);
      for (std::size_t i = 0; i < count * static_cast<std::size_t>(part); ++i) {
        const std::uint64_t hash = random();
        whole.add(hash);
        each.add(hash);
      }
      merged.merge(each);
    }
    StateWriter one;
    StateWriter other;
    whole.save(one);
    merged.save(other);
    EXPECT_TRUE(one.bytes() == other.bytes()) << count;
  }
}

// As many different keys as `keys`, of which each is half as frequent as the one before or rare.
std::vector<int> skewed_stream(int rows, int keys, std::mt19937_64& random) {
  std::geometric_distribution<int> frequent(0.5);
  std::uniform_int_distribution<int> any(0, keys - 1);
  std::vector<int> stream(static_cast<std::size_t>(rows));
  for (int& key : stream) {
    key = random() % 2 == 0 ? std::min(frequent(random), keys - 1) : any(random);
  }
  return stream;
}

std::uint64_t mixed(int key) { return (static_cast<std::uint64_t>(key) + 1) * 0x9E3779B97F4A7C15U; }

void add(TopKeys& keys, int key) {
  if (std::string* const text = keys.add(mixed(key))) {
    *text = std::to_string(key);
  }
}

TEST(TopKeys, ExactUpToSoManyKeys) {
  TopKeys first;
  TopKeys second;
  for (int i = 0; i < 1000; ++i) {
    add(first, i % 64);
    add(second, i % 10);
  }
  TopKeysTotal total;
  total.add(first);
  total.add(second);
  const std::vector<TopValue> top = total.top(11);
  ASSERT_EQ(top.size(), 11U);
  EXPECT_EQ(top[0].text, "0");
  EXPECT_EQ(top[0].count, 116U);  // 16 of 1000 / 64, 100 of 1000 / 10
  EXPECT_EQ(top[9].text, "9");
  EXPECT_EQ(top[10].count, 16U);
  EXPECT_EQ(top[0].error, 0U);
  EXPECT_EQ(total.rows(), 2000U);
}

TEST(TopKeys, BoundsHoldBeyondThem) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 50; ++round) {
    TopKeysTotal total;
    std::map<std::string, std::uint64_t> truth;
    std::uint64_t rows = 0;
    for (int part = 0; part < 4; ++part) {
      TopKeys keys;
      for (const int key : skewed_stream(1 + static_cast<int>(random() % 3000), 500, random)) {
        add(keys, key);
        ++truth[std::to_string(key)];
        ++rows;
      }
      StateWriter out;
      keys.save(out);
      TopKeys loaded;
      StateReader in(out.bytes());
      ASSERT_TRUE(loaded.load(in));
      total.add(loaded);
    }
    for (const TopValue& key : total.top(20)) {
      EXPECT_LE(truth[key.text], key.count);
      EXPECT_GE(truth[key.text], key.count - key.error);
      EXPECT_LE(key.error, rows / TopKeys::kKeys);
    }
    const auto most = std::max_element(truth.begin(), truth.end(),
                                       [](const auto& left, const auto& right) { return left.second < right.second; });
    const TopValue first = total.top(1).at(0);
    EXPECT_GE(first.count - first.error + rows / TopKeys::kKeys, most->second);
  }
}

}  // namespace
}  // namespace leeway
