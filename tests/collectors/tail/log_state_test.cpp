// The saved state of the log source: exact, and rejected where it is damaged.
#include "collectors/tail/log_collector.h"
#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

class LogCollectorState : public LogCollectorTest {
 protected:
  LogCollectorState() : tail_(files_, {"/log/app.log*"}) {
    files_.append(kLog, "a\nb\nunfinished");
    tail_.look();
    rename(kLog, "/log/app.log.1");
    files_.append(kLog, "c\n");
    tail_.look();
    state_ = tail_.save();
  }

  Tail tail_;
  std::string state_;
};

TEST_F(LogCollectorState, IsTheSameAfterLoading) {
  const SourceStatus before = tail_.status();
  tail_.start_from(state_);
  EXPECT_EQ(tail_.status().bytes, before.bytes);
  EXPECT_EQ(tail_.status().records, before.records);
  EXPECT_EQ(tail_.status().rotations, before.rotations);
  EXPECT_EQ(tail_.status().lost_bytes, before.lost_bytes);
  EXPECT_EQ(tail_.status().lag_bytes, before.lag_bytes);
}

TEST_F(LogCollectorState, EveryTruncationIsRefusedAndLeavesAFreshCollector) {
  for (std::size_t size = 0; size < state_.size(); ++size) {
    tail_.start();
    const Expected<void> loaded = tail_.load(std::string_view(state_).substr(0, size));
    ASSERT_FALSE(loaded) << size;
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt) << size;
    EXPECT_EQ(tail_.status().bytes, 0U);
    EXPECT_EQ(tail_.status().files.size(), 0U);
  }
}

TEST_F(LogCollectorState, ANewerVersionIsRefused) {
  state_[0] = 99;
  tail_.start();
  EXPECT_EQ(tail_.load(state_).error().code, ErrorCode::kNewerVersion);
}

TEST_F(LogCollectorState, NoFlippedBitStopsTheCollector) {
  for (std::size_t bit = 0; bit < state_.size() * 8; ++bit) {
    std::string damaged = state_;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    tail_.start();
    static_cast<void>(tail_.load(damaged));
    tail_.look();
    tail_.settle();
    ASSERT_FALSE(HasFailure()) << "bit " << bit;
  }
}

}  // namespace
}  // namespace leeway
