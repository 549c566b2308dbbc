#include "agent/sketches/sliding_window.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TimePoint at(Duration since_epoch) { return TimePoint(since_epoch); }

TEST(SlidingWindow, HoldsTheLastSlotsAndDropsAWholeSlotAtATime) {
  SlidingWindow window(minutes(5), 60);
  window.add(at(seconds(1000)), {10, 1});  // slot [1000, 1005)
  window.advance(at(seconds(1299)));
  EXPECT_EQ(window.sum(), (EventCounts{10, 1}));
  window.advance(at(seconds(1300)));
  EXPECT_EQ(window.sum(), EventCounts{});
}

TEST(SlidingWindow, ALateEventCountsUntilItsSlotHasLeft) {
  SlidingWindow window(minutes(5), 60);
  window.advance(at(seconds(2000)));
  window.add(at(seconds(1705)), {1, 1});
  EXPECT_EQ(window.sum().events, 1U);
  window.add(at(seconds(1704)), {1, 1});
  EXPECT_EQ(window.sum().events, 1U);
  window.advance(at(seconds(2005)));
  EXPECT_EQ(window.sum().events, 0U);
}

TEST(SlidingWindow, ALongSilenceEmptiesIt) {
  SlidingWindow window(minutes(5), 60);
  window.add(at(seconds(10)), {5, 5});
  window.advance(at(hours(24 * 365)));
  EXPECT_EQ(window.sum(), EventCounts{});
  window.add(at(hours(24 * 365)), {1, 0});
  EXPECT_EQ(window.sum().events, 1U);
}

struct Event {
  TimePoint time;
  EventCounts counts;
};

std::int64_t floor_div(std::int64_t left, std::int64_t right) {
  return left >= 0 ? left / right : -((-left + right - 1) / right);
}

// The definition in the header, over all events so far.
EventCounts brute_force(const std::vector<Event>& events, TimePoint now, Duration width, std::int64_t slots) {
  const std::int64_t slot = width.count() / slots;
  const std::int64_t newest = floor_div(now.time_since_epoch().count(), slot);
  EventCounts sum;
  for (const Event& event : events) {
    const std::int64_t number = floor_div(event.time.time_since_epoch().count(), slot);
    if (number > newest - slots && number <= newest) {
      sum += event.counts;
    }
  }
  return sum;
}

TEST(SlidingWindow, EqualsTheDefinitionForRandomEventsWithLatenessAndSilenceAcrossRestarts) {
  for (const std::uint32_t seed : {1U, 2U, 3U, 4U, 5U}) {
    std::mt19937_64 random(seed);
    SlidingWindow window(minutes(5), 60);
    std::vector<Event> events;
    TimePoint now = at(seconds(-1000));  // across the epoch
    window.advance(now);
    for (int step = 0; step < 3000; ++step) {
      const std::uint64_t action = random() % 100;
      if (action < 70) {
        const TimePoint time =
            now + seconds(static_cast<int>(random() % 8)) - seconds(static_cast<int>(random() % 400));
        const Event event{time, {1 + random() % 3, random() % 2}};
        // An event whose slot had already left the window when the event arrived never counts.
        window.add(event.time, event.counts);
        events.push_back(event);
        now = std::max(now, time);
      } else if (action < 95) {
        now += seconds(static_cast<int>(random() % 20));
        window.advance(now);
      } else if (action < 98) {
        now += seconds(static_cast<int>(random() % 900));
        window.advance(now);
      } else {
        StateWriter out;
        window.save(out);
        SlidingWindow loaded(minutes(5), 60);
        StateReader in(out.bytes());
        ASSERT_TRUE(loaded.load(in));
        ASSERT_TRUE(in.expect_end());
        window = loaded;
      }
      ASSERT_EQ(window.sum(), brute_force(events, now, minutes(5), 60)) << "seed " << seed << " step " << step;
    }
  }
}

TEST(SlidingWindow, EveryTruncationOfSavedStateIsAnError) {
  SlidingWindow window(minutes(5), 60);
  for (int i = 0; i < 50; ++i) {
    window.add(at(seconds(i * 5)), {1, 1});
  }
  StateWriter out;
  window.save(out);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    SlidingWindow loaded(minutes(5), 60);
    const std::string cut = out.bytes().substr(0, size);
    StateReader in(cut);
    EXPECT_FALSE(loaded.load(in)) << size;
  }
}

}  // namespace
}  // namespace leeway
