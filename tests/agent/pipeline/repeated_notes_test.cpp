#include "agent/pipeline/repeated_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr MonotonicTime kNow{std::chrono::hours(1)};

TEST(RepeatedNotes, AreWrittenOnceAMinuteWithTheirNumber) {
  RepeatedNotes notes;
  EXPECT_EQ("x: a", notes.pass("x: a", kNow));
  EXPECT_EQ("x: b", notes.pass("x: b", kNow));
  EXPECT_EQ(std::nullopt, notes.pass("x: a", kNow + std::chrono::seconds(1)));
  EXPECT_EQ(std::nullopt, notes.pass("x: a", kNow + std::chrono::seconds(59)));
  EXPECT_EQ("x: a (2 times more since the last time)", notes.pass("x: a", kNow + std::chrono::seconds(60)));
  EXPECT_EQ("x: b", notes.pass("x: b", kNow + std::chrono::hours(1)));
}

TEST(RepeatedNotes, OfManyAboutOneSubjectTheRestIsCounted) {
  RepeatedNotes notes;
  std::size_t written = 0;
  for (int i = 0; i < 100; ++i) {
    written += notes.pass("source 'x': file " + std::to_string(i), kNow) ? 1U : 0U;
  }
  EXPECT_EQ(RepeatedNotes::kMostInInterval, written);
  EXPECT_TRUE(notes.pass("source 'y': file 1", kNow));
  EXPECT_THAT(notes.take_left_out(kNow + std::chrono::seconds(59)), IsEmpty());
  EXPECT_THAT(notes.take_left_out(kNow + std::chrono::seconds(60)),
              ElementsAre("source 'x': 80 more messages within a minute were left out"));
  EXPECT_THAT(notes.take_left_out(kNow + std::chrono::hours(1)), IsEmpty());
  EXPECT_TRUE(notes.pass("source 'x': file 99", kNow + std::chrono::hours(1)));
}

TEST(RepeatedNotes, WhatWasRepeatedIsToldThoughItEnds) {
  RepeatedNotes notes;
  notes.pass("x: a", kNow);
  notes.pass("x: a", kNow);
  EXPECT_THAT(notes.take_left_out(kNow + std::chrono::minutes(1)),
              ElementsAre("x: a (1 times more since the last time)"));
  EXPECT_THAT(notes.take_left_out(kNow + std::chrono::hours(1)), IsEmpty());
}

}  // namespace
}  // namespace leeway
