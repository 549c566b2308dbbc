#include "agent/pipeline/event_clock.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const TimePoint kWall = TimePoint(hours(500'000));

RecordBatch& one(RecordBatch& batch, TimePoint time) {
  batch.reset(0);
  batch.append(time, 1);
  return batch;
}

class EventClockTest : public testing::Test {
 protected:
  RecordBatch batch_;
  EventClock clock_{true, minutes(10), minutes(5)};
};

TEST_F(EventClockTest, KeepsTheTimeOfARecordAndFollowsTheLatest) {
  clock_.stamp(one(batch_, kWall - hours(3)), kWall);
  EXPECT_EQ(batch_.times()[0], kWall - hours(3));
  clock_.stamp(one(batch_, kWall - hours(3) - minutes(1)), kWall);
  EXPECT_EQ(clock_.watermark(), kWall - hours(3));
  EXPECT_EQ(clock_.late_records(), 0U);
}

// Differences of two times of a source fit into a duration: those of 1716 and today would not.
TEST_F(EventClockTest, TimesThatAreNotPlausibleBecomeTheNearestOneThatIs) {
  const TimePoint year_1716(seconds(-8'000'000'000));
  for (const TimePoint time : {TimePoint(TimePoint::min().time_since_epoch() + Duration(1)), year_1716}) {
    clock_.stamp(one(batch_, time), kWall);
    EXPECT_EQ(batch_.times()[0], kFirstPlausible);
    EXPECT_EQ(clock_.idle(kWall + hours(1)), kFirstPlausible + hours(1));
  }
  clock_.stamp(one(batch_, kWall), kWall);
  clock_.stamp(one(batch_, year_1716), kWall);
  EXPECT_EQ(clock_.late_records(), 1U);
  clock_.stamp(one(batch_, TimePoint::max()), kWall);
  EXPECT_EQ(clock_.future_records(), 1U);
  EXPECT_EQ(batch_.times()[0], kWall);
}

TEST_F(EventClockTest, AFutureBeyondAllTimesIsAllowed) {
  EventClock clock(true, minutes(10), hours(24 * 90'000));
  for (const TimePoint time : {kWall - hours(1), kWall + hours(24 * 365)}) {
    clock.stamp(one(batch_, time), kWall);
    EXPECT_EQ(clock.watermark(), time);
  }
  EXPECT_EQ(clock.future_records(), 0U);
}

TEST_F(EventClockTest, CountsALateRecordButLeavesItItsTime) {
  clock_.stamp(one(batch_, kWall), kWall);
  clock_.stamp(one(batch_, kWall - minutes(11)), kWall);
  EXPECT_EQ(clock_.late_records(), 1U);
  EXPECT_EQ(batch_.times()[0], kWall - minutes(11));
}

TEST_F(EventClockTest, ARecordOfTheFutureDoesNotMoveTheClock) {
  clock_.stamp(one(batch_, kWall - minutes(1)), kWall);
  clock_.stamp(one(batch_, kWall + hours(24 * 365)), kWall);
  EXPECT_EQ(clock_.future_records(), 1U);
  EXPECT_EQ(batch_.times()[0], kWall - minutes(1));
  EXPECT_EQ(clock_.watermark(), kWall - minutes(1));
}

TEST_F(EventClockTest, ARecordWithoutTimeGetsTheWatermark) {
  clock_.stamp(one(batch_, kWall - hours(1)), kWall);
  clock_.stamp(one(batch_, kNoTime), kWall);
  EXPECT_EQ(batch_.times()[0], kWall - hours(1));
  EXPECT_EQ(clock_.future_records(), 0U);
}

// The log of another day may begin with such a record: at the time of now, all that follows would be late.
TEST_F(EventClockTest, DoesNotBeginWithARecordWithoutTime) {
  clock_.stamp(one(batch_, kNoTime), kWall);
  EXPECT_EQ(batch_.times()[0], kNoTime);
  EXPECT_EQ(clock_.watermark(), kNoTime);
  EXPECT_EQ(clock_.idle(kWall + hours(1)), kNoTime);
  clock_.stamp(one(batch_, kWall - hours(48)), kWall);
  EXPECT_EQ(clock_.watermark(), kWall - hours(48));
  EXPECT_EQ(clock_.late_records(), 0U);
}

TEST_F(EventClockTest, GoesOnWithTheWallClockInSilenceAndNeverBack) {
  EXPECT_EQ(clock_.idle(kWall), kNoTime);
  clock_.stamp(one(batch_, kWall - hours(3)), kWall);
  EXPECT_EQ(clock_.idle(kWall + seconds(90)), kWall - hours(3) + seconds(90));
  EXPECT_EQ(clock_.idle(kWall - hours(1)), kWall - hours(3) + seconds(90));
}

TEST_F(EventClockTest, SilenceCountsAcrossARestart) {
  clock_.stamp(one(batch_, kWall - minutes(2)), kWall);
  StateWriter out;
  clock_.save(out);
  EventClock restored(true, minutes(10), minutes(5));
  StateReader in(out.bytes());
  restored.load(in);
  ASSERT_TRUE(in.expect_end());
  EXPECT_EQ(restored.idle(kWall + hours(1)), kWall + minutes(58));
}

TEST_F(EventClockTest, WithoutEventTimeTheTimeIsThatOfArrival) {
  EventClock arrival(false, minutes(10), minutes(5));
  arrival.stamp(one(batch_, kNoTime), kWall);
  EXPECT_EQ(batch_.times()[0], kWall);
}

}  // namespace
}  // namespace leeway
