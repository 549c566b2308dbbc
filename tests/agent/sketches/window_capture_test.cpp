#include "agent/sketches/window_capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "agent/sketches/random.h"
#include "agent/sketches/window_cycle.h"

namespace leeway {
namespace {

using std::chrono::hours;

constexpr TimePoint kMonday = TimePoint(hours(24 * 4));  // 1970-01-05

std::vector<double> normal(int rows, double mean, Random& random) {
  std::vector<double> result;
  for (int i = 0; i < rows; ++i) {
    result.push_back(mean + random.normal());
  }
  return result;
}

TEST(WindowCapture, WindowsAddUpToTheReference) {
  Random random(1);
  ReferenceCapture capture;
  capture.divide();
  for (int i = 0; i < 6; ++i) {
    capture.add_numbers(normal(300 + i, i, random));
    capture.add_missing();
    capture.add_category("text");
    capture.end_window(kMonday + hours(i), false);
  }
  const ColumnReference reference = capture.freeze({});
  ASSERT_EQ(reference.windows.size(), 6U);
  std::vector<double> sum(reference.cells());
  double values = 0;
  for (const ReferenceWindow& window : reference.windows) {
    std::transform(sum.begin(), sum.end(), window.cells.begin(), sum.begin(), std::plus<>());
    values += window.sum;
    EXPECT_EQ(window.cells[ColumnReference::kMissingCell], 2);
  }
  EXPECT_EQ(sum, reference.counts);
  EXPECT_NEAR(values / static_cast<double>(reference.value_rows()), 0, 1e-9);  // distances from the mean
  EXPECT_EQ(reference.windows[3].begin, kMonday + hours(3));
}

TEST(WindowCapture, Categories) {
  ReferenceCapture capture;
  capture.divide();
  for (int i = 0; i < 5; ++i) {
    for (int row = 0; row < 60; ++row) {
      capture.add_category(row % 3 == 0 ? "a" : row % 3 == 1 ? "b" : "rare" + std::to_string(60 * i + row));
    }
    capture.end_window(kNoTime, false);
  }
  const ColumnReference reference = capture.freeze({});
  ASSERT_EQ(reference.windows.size(), 5U);
  const std::vector<double>& cells = reference.windows[2].cells;
  ASSERT_EQ(cells.size(), 3 + 2 * std::size_t{reference.groups});
  EXPECT_EQ(cells[1], 20);
  EXPECT_EQ(cells[2], 20);
  const auto unseen = cells.begin() + 3 + static_cast<std::ptrdiff_t>(reference.groups);
  EXPECT_EQ(std::accumulate(cells.begin() + 3, unseen, 0.0), 20);
  EXPECT_EQ(std::accumulate(unseen, cells.end(), 0.0), 0);
}

TEST(WindowCapture, AWindowThatMayBeCutCountsIfItHasNearlyAllRows) {
  Random random(1);
  for (const int rows : {89, 91}) {
    ReferenceCapture capture;
    capture.divide();
    capture.add_numbers(normal(rows, 0, random));
    capture.end_window(kMonday, true);
    for (int i = 1; i < 6; ++i) {
      capture.add_numbers(normal(100, 0, random));
      capture.end_window(kMonday + hours(i), false);
    }
    EXPECT_EQ(capture.freeze({}).windows.size(), rows == 91 ? 6U : 5U);
  }
}

TEST(WindowCapture, OfManyWindowsSomeAreKeptOfEachTime) {
  Random random(1);
  ReferenceCapture capture;
  capture.divide();
  for (int i = 0; i < 400; ++i) {
    capture.add_numbers(normal(40, 0, random));
    capture.end_window(kMonday + hours(6 * i), false);
  }
  const ColumnReference reference = capture.freeze({});
  ASSERT_EQ(reference.windows.size(), WindowCapture::kMostWindows);
  std::vector<int> by_hour(4);
  for (const ReferenceWindow& window : reference.windows) {
    ++by_hour[static_cast<std::size_t>((window.begin - kMonday) / hours(6) % 4)];
  }
  EXPECT_THAT(by_hour, testing::Each(testing::Gt(2)));
}

TEST(WindowCapture, ARestartChangesNothing) {
  Random random(1);
  ReferenceCapture whole;
  whole.divide();
  ReferenceCapture restarted;
  restarted.divide();
  for (int i = 0; i < 50; ++i) {
    const std::vector<double> values = normal(1500, 0, random);
    for (ReferenceCapture* const capture : {&whole, &restarted}) {
      capture->add_numbers(std::span(values).first(700));
    }
    StateWriter out;
    restarted.save(out);
    restarted = {};
    StateReader in(out.bytes(), ReferenceCapture::kDistancesVersion);
    ASSERT_TRUE(restarted.load(in));
    for (ReferenceCapture* const capture : {&whole, &restarted}) {
      capture->add_numbers(std::span(values).subspan(700));
      capture->end_window(kMonday + hours(i), false);
    }
  }
  const ColumnReference a = whole.freeze({});
  const ColumnReference b = restarted.freeze({});
  ASSERT_EQ(a.windows.size(), b.windows.size());
  for (std::size_t i = 0; i < a.windows.size(); ++i) {
    EXPECT_EQ(a.windows[i].cells, b.windows[i].cells);
    EXPECT_EQ(a.windows[i].begin, b.windows[i].begin);
  }
  StateWriter out;
  save_windows(a.windows, out);
  StateReader in(out.bytes(), ReferenceCapture::kDistancesVersion);
  const Expected<std::vector<ReferenceWindow>> loaded = load_windows(in, a);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->back().cells, a.windows.back().cells);
}

// Windows of `length`, whose mean is `mean(number)`.
template <typename Mean>
ColumnReference windows(int count, Duration length, Mean mean, int rows = 100) {
  Random random(5);
  ReferenceCapture capture;
  capture.divide();
  for (int i = 0; i < count; ++i) {
    capture.add_numbers(normal(rows, mean(i), random));
    capture.end_window(kMonday + i * length, false);
  }
  return capture.freeze({});
}

TEST(WindowCycle, HoursOfADay) {
  const ColumnReference cycle = windows(28, hours(6), [](int i) { return i % 4 == 2 ? 0.7 : 0; });
  EXPECT_TRUE(window_cycle(cycle, CyclePart::kHour)->found);
  EXPECT_FALSE(window_cycle(cycle, CyclePart::kWeekday)->found);
  const ColumnReference none = windows(28, hours(6), [](int i) { return i % 5 == 2 ? 0.7 : 0; });
  EXPECT_FALSE(window_cycle(none, CyclePart::kHour)->found);
}

TEST(WindowCycle, DaysOfAWeek) {
  const ColumnReference cycle = windows(14, hours(24), [](int i) { return i % 7 >= 5 ? 0.6 : 0; });
  EXPECT_TRUE(window_cycle(cycle, CyclePart::kWeekday)->found);
  EXPECT_FALSE(window_cycle(cycle, CyclePart::kHour)) << "a window is a day";
  EXPECT_FALSE(window_cycle(windows(14, hours(24), [](int) { return 0; }), CyclePart::kWeekday)->found);
  EXPECT_FALSE(window_cycle(windows(7, hours(24), [](int i) { return i; }), CyclePart::kWeekday)) << "one of each day";
}

TEST(WindowCycle, SeldomByChance) {
  int found = 0;
  for (int i = 0; i < 50; ++i) {
    Random random(static_cast<std::uint64_t>(i));
    const ColumnReference reference = windows(
        28, hours(6), [&](int) { return random.normal() / 3; }, 50);
    found += window_cycle(reference, CyclePart::kHour)->found ? 1 : 0;
  }
  EXPECT_LE(found, 1);
}

}  // namespace
}  // namespace leeway
