// The sketches of the quality monitor: HyperLogLog, KeyCounter, Moments.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "agent/sketches/hyper_log_log.h"
#include "agent/sketches/key_counter.h"
#include "agent/sketches/moments.h"
#include "agent/sketches/random.h"

namespace leeway {
namespace {

template <typename Sketch>
std::string saved(const Sketch& sketch) {
  StateWriter out;
  sketch.save(out);
  return out.take();
}

TEST(HyperLogLog, CountsExactlyUpToItsLimit) {
  HyperLogLog sketch(12);
  Random random(1);
  EXPECT_EQ(sketch.estimate(), 0);
  for (std::size_t i = 1; i <= HyperLogLog::kExact; ++i) {
    const std::uint64_t hash = random.next();
    sketch.add(hash);
    sketch.add(hash);
    ASSERT_EQ(sketch.estimate(), static_cast<double>(i));
  }
  EXPECT_TRUE(sketch.exact());
  sketch.add(random.next());
  EXPECT_FALSE(sketch.exact());
}

// Over 40 streams of each size, the mean error is that of an unbiased estimator of the stated standard error.
TEST(HyperLogLog, ErrorIsTheStatedOne) {
  constexpr int kStreams = 40;
  for (const int size : {300, 3000, 30'000, 100'000}) {
    double sum = 0;
    double squares = 0;
    double stated = 0;
    for (int stream = 0; stream < kStreams; ++stream) {
      HyperLogLog sketch(10);
      Random random(static_cast<std::uint64_t>(size * 100 + stream));
      for (int i = 0; i < size; ++i) {
        sketch.add(random.next());
      }
      const double error = sketch.estimate() / size - 1;
      sum += error;
      squares += error * error;
      stated = sketch.standard_error();
    }
    EXPECT_LT(std::abs(sum / kStreams), 4 * stated / std::sqrt(kStreams)) << size;
    EXPECT_LT(std::sqrt(squares / kStreams), 1.5 * stated) << size;
  }
}

TEST(HyperLogLog, OrderAndRepetitionDoNotMatter) {
  HyperLogLog up(8);
  HyperLogLog down(8);
  for (std::uint64_t i = 0; i < 5000; ++i) {
    up.add(Random(i).next());
    down.add(Random(4999 - i).next());
    down.add(Random(4999).next());
  }
  EXPECT_EQ(saved(up), saved(down));
}

TEST(HyperLogLog, SavedStateGoesOnAndBrokenStateIsRefused) {
  for (const std::uint64_t size : {10U, 2000U}) {
    HyperLogLog sketch(8);
    for (std::uint64_t i = 0; i < size; ++i) {
      sketch.add(Random(i).next());
    }
    const std::string bytes = saved(sketch);
    HyperLogLog loaded(8);
    StateReader in(bytes);
    ASSERT_TRUE(loaded.load(in));
    EXPECT_EQ(saved(loaded), bytes);
    HyperLogLog other(9);
    StateReader again(bytes);
    EXPECT_EQ(other.load(again).has_value(), size == 10);
    HyperLogLog cut(8);
    StateReader half(std::string_view(bytes).substr(0, bytes.size() / 2));
    EXPECT_FALSE(cut.load(half));
  }
}

TEST(KeyCounter, CountsRowsThatRepeatAKey) {
  KeyCounter counter(1000);
  EXPECT_EQ(counter.repeated_rows(), 0);
  std::set<std::uint64_t> keys;
  Random random(3);
  for (int i = 0; i < 5000; ++i) {
    const std::uint64_t key = Random(random.next() % 1000).next();
    keys.insert(key);
    counter.add(key);
  }
  EXPECT_TRUE(counter.exact());
  EXPECT_EQ(counter.repeated_rows(), 5000 - static_cast<double>(keys.size()));
  counter.clear();
  counter.add(0);
  counter.add(0);
  EXPECT_EQ(counter.repeated_rows(), 1);
}

// One row in a hundred repeats another one's key: beyond the limit a sample of the keys shows this.
TEST(KeyCounter, BeyondTheLimitASampleOfTheKeysIsCounted) {
  KeyCounter counter(4000);
  constexpr int kRows = 200'000;
  for (std::uint64_t i = 0; i < kRows; ++i) {
    counter.add(Random(i % 100 == 0 ? i + 1 : i).next());
  }
  EXPECT_FALSE(counter.exact());
  // At least 2000 keys are held, so about 20 of the repeated ones: four standard deviations are 90 % of the estimate.
  EXPECT_NEAR(counter.repeated_rows(), 2000, 1800);
  EXPECT_GT(counter.repeated_rows(), 0);
  EXPECT_LT(saved(counter).size(), 4000U * 12 + 100);
  KeyCounter unique(4000);
  for (std::uint64_t i = 0; i < kRows; ++i) {
    unique.add(Random(i).next());
  }
  EXPECT_EQ(unique.repeated_rows(), 0);
}

TEST(KeyCounter, SavedStateGoesOnAndBrokenStateIsRefused) {
  KeyCounter counter(500);
  for (std::uint64_t i = 0; i < 3000; ++i) {
    counter.add(Random(i % 1700).next());
  }
  const std::string bytes = saved(counter);
  KeyCounter loaded(500);
  StateReader in(bytes);
  ASSERT_TRUE(loaded.load(in));
  for (std::uint64_t i = 0; i < 3000; ++i) {
    counter.add(Random(i % 2100).next());
    loaded.add(Random(i % 2100).next());
  }
  EXPECT_EQ(counter.repeated_rows(), loaded.repeated_rows());
  EXPECT_EQ(counter.rows(), loaded.rows());
  for (std::size_t length = 0; length + 1 < bytes.size(); length += 97) {
    KeyCounter cut(500);
    StateReader part(std::string_view(bytes).substr(0, length));
    EXPECT_FALSE(cut.load(part)) << length;
  }
}

TEST(Moments, LiteralVector) {
  Moments moments;
  for (const double value : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) {
    moments.add(value);
  }
  EXPECT_DOUBLE_EQ(moments.mean().value(), 5);
  EXPECT_DOUBLE_EQ(moments.standard_deviation().value(), std::sqrt(32.0 / 7));
  EXPECT_EQ(moments.minimum().value(), 2);
  EXPECT_EQ(moments.maximum().value(), 9);
}

TEST(Moments, UndefinedIsNotANumber) {
  Moments moments;
  EXPECT_FALSE(moments.mean() || moments.standard_deviation() || moments.minimum() || moments.maximum());
  moments.add(3);
  EXPECT_TRUE(moments.mean());
  EXPECT_FALSE(moments.standard_deviation());
  const double huge = std::numeric_limits<double>::max();
  moments.add(huge);
  moments.add(-huge);
  EXPECT_FALSE(moments.standard_deviation());
  EXPECT_EQ(moments.maximum().value(), huge);
}

// A large offset does not hide the spread.
TEST(Moments, StableFarFromZero) {
  Moments moments;
  for (int i = 0; i < 1000; ++i) {
    moments.add(1e9 + i % 2);
  }
  EXPECT_NEAR(moments.standard_deviation().value(), std::sqrt(0.25 * 1000 / 999), 1e-9);
}

TEST(CoMoments, Correlation) {
  CoMoments up;
  CoMoments constant;
  CoMoments vector;  // 12 / sqrt(10 * 21.2)
  const std::vector<double> other{2, 1, 4, 3, 7};
  EXPECT_FALSE(up.correlation());
  for (int i = 1; i <= 5; ++i) {
    up.add(i, 3 * i - 1);
    constant.add(i, 4);
    vector.add(i, other[static_cast<std::size_t>(i - 1)]);
  }
  EXPECT_DOUBLE_EQ(up.correlation().value(), 1);
  EXPECT_FALSE(constant.correlation());
  EXPECT_NEAR(vector.correlation().value(), 0.824163383692134, 1e-15);
}

}  // namespace
}  // namespace leeway
