#include "agent/core/state_io.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace leeway {
namespace {

TEST(StateIo, ReadsBackWhatWasWritten) {
  StateWriter out;
  out.u8(7);
  out.u64(0);
  out.u64(std::numeric_limits<std::uint64_t>::max());
  out.i64(std::numeric_limits<std::int64_t>::min());
  out.i64(-1);
  out.f64(-0.0);
  out.text("a\0b");
  StateReader in(out.bytes());
  EXPECT_EQ(in.u8(), 7);
  EXPECT_EQ(in.u64(), 0U);
  EXPECT_EQ(in.u64(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(in.i64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(in.i64(), -1);
  EXPECT_TRUE(std::signbit(in.f64()));
  EXPECT_EQ(in.text(), "a");
  EXPECT_TRUE(in.expect_end());
}

TEST(StateIo, EveryTruncationIsCorruptAndNeverReadsPastTheEnd) {
  StateWriter out;
  out.u64(300);
  out.text("some text");
  out.f64(1.5);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    const std::string cut = out.bytes().substr(0, size);
    StateReader in(cut);
    in.u64();
    in.text();
    in.f64();
    EXPECT_FALSE(in.expect_end()) << size;
  }
}

TEST(StateIo, ACountThatTheRestCannotHoldIsRefusedBeforeAnyAllocation) {
  StateWriter out;
  out.u64(1'000'000);
  out.u64(1);
  StateReader in(out.bytes());
  EXPECT_EQ(in.count(2), 0U);
  EXPECT_FALSE(in.ok());
}

StatePart part_of(char content, std::size_t size) {
  return StatePart([=]() -> Expected<std::string> { return std::string(size, content); });
}

TEST(StateIo, APartIsInPlaceUnlessThereIsAPlaceForIt) {
  StateParts parts;
  for (StateParts* const place : {static_cast<StateParts*>(nullptr), &parts}) {
    StateWriter out(place);
    out.part(part_of('a', 100));
    out.part(part_of('b', 10'000));
    out.u8(7);
    EXPECT_EQ(out.bytes().size() < 1000, place != nullptr);
    StateReader in(out.bytes(), 1, place);
    EXPECT_EQ(*in.part(), std::string(100, 'a'));
    EXPECT_EQ(*in.part(), std::string(10'000, 'b'));
    EXPECT_EQ(in.u8(), 7);
    EXPECT_TRUE(in.expect_end());
    for (std::size_t size = 0; size + 1 < out.bytes().size(); size += size < 200 ? 1 : 500) {
      const std::string cut = out.bytes().substr(0, size);
      StateReader short_in(cut, 1, place);
      EXPECT_FALSE(short_in.part() && short_in.part()) << size;
    }
  }
  EXPECT_EQ(parts.size(), 1U);
}

TEST(StateIo, APartThatIsMissingIsAnError) {
  StateParts parts;
  StateWriter out(&parts);
  out.part(part_of('b', 10'000));
  StateReader without(out.bytes());
  EXPECT_FALSE(without.part());
  parts.clear();
  StateReader in(out.bytes(), 1, &parts);
  const Expected<std::string> part = in.part();
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace leeway
