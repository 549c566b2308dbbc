// The log source under random writes, rotations, restarts and crashes, against an exact oracle: the bytes counted plus
// the bytes counted as lost are the bytes written, and nothing is counted twice.
#include <gtest/gtest.h>

#include <array>
#include <cerrno>

#include "tests/collectors/tail/log_world.h"
#include "tests/collectors/tail/tail_fixture.h"

namespace leeway {
namespace {

constexpr std::size_t kMaxLine = 300;
constexpr int kActions = 150;
constexpr unsigned kSeeds = 100;  // of each kind of rotation
constexpr std::size_t kAll = SIZE_MAX;
// Seconds after which all is counted, and after which nothing is waited for any more.
constexpr int kSettled = 20;
constexpr int kLongestWait = 75;
// A service that writes to a rotated file reopens its log before the tail stops waiting for it.
constexpr int kReopenAfter = 3;

enum class Rotation { kRename, kCopyTruncate, kBoth, kLink, kDestroy, kWild };

class World {
 public:
  World(Rotation rotation, unsigned seed)
      : random_(seed),
        rotation_(rotation),
        literal_(one_in(2)),
        kept_(rotation == Rotation::kDestroy ? 1 + random_() % 3 : kAll),
        ledger_(kMaxLine),
        service_(files_, ledger_, random_, one_in(2), !one_in(4)),
        tail_(files_,
              {literal_                      ? "/log/app.log"
               : rotation == Rotation::kLink ? "/log/app*"
                                             : "/log/app.log*"},
              options()) {
    if (seed % 2 == 1) {
      tail_.read_in_order(std::chrono::seconds(seed / 2 % 5));
    }
    files_.set_reuse_inodes(one_in(2));
    if (one_in(3)) {
      files_.set_read_limit(1 + random_() % 500);
    }
    if (rotation == Rotation::kWild) {
      ledger_.allow_named_doubles();
      if (one_in(2)) {
        service_.set_banner("banner " + std::string(random_() % 250, '='), 1 + random_() % 8);
      }
    }
    if (rotation == Rotation::kLink) {
      service_.switch_link();
      service_.reopen();
    }
    service_.write();
    EXPECT_TRUE(tail_.discover());
    seen_ = true;
    save();
    if (one_in(2)) {
      files_.set_before_call([this] { meanwhile(); });
    }
  }

  void act() {
    const auto dice = random_() % 100;
    if (dice < 45) {
      write();
    } else if (dice < 57) {
      rotate();
    } else if (dice < 60) {
      service_.reopen();
    } else if (dice < 80) {
      poll();
    } else if (dice < 88) {
      discover();
    } else if (dice < 94) {
      save();
    } else if (dice < 96) {
      save();
      stop();
    } else {
      stop();
    }
  }

  void settle() {
    files_.set_before_call(nullptr);
    service_.end_compress();
    service_.reopen();
    service_.write();
    SourceStatus status;
    for (int i = 0; i < kSettled || (i < kLongestWait && status.lag_bytes + status.unreadable_files > 0); ++i) {
      run();
      EXPECT_TRUE(tail_.discover());
      tail_.poll_all();
      take();
      status = tail_.status();
    }
    for (const FileStatus& file : status.files) {
      if ((file.size > file.offset && file.state != "copy") || file.state == "unreadable") {
        ADD_FAILURE() << file.path << ' ' << file.offset << ' ' << file.size << ' ' << file.state << ' ' << file.error;
      }
    }
    EXPECT_EQ(status.lag_bytes, 0U);
    EXPECT_EQ(status.unreadable_files, 0U);
    ledger_.check(status, rotation_ != Rotation::kDestroy, service_.appends());
  }

 private:
  bool one_in(unsigned count) { return random_() % count == 0; }

  TailOptions options() {
    TailOptions options;
    options.max_line = kMaxLine;
    options.chunk = one_in(2) ? 64 + random_() % 1000 : options.chunk;
    options.max_open_files = one_in(2) ? 1 + random_() % 4 : options.max_open_files;
    return options;
  }

  void write() {
    const auto dice = random_() % 20;
    if (dice < 14) {
      service_.write();
    } else if (dice < 19) {
      service_.begin_line();
    } else {
      service_.write_behind_hole();
    }
  }

  void rotate() {
    const auto dice = random_() % 4;
    switch (rotation_) {
      case Rotation::kRename:
        return rename_away();
      case Rotation::kCopyTruncate:
        return copytruncate();
      case Rotation::kBoth:
        return dice < 2 ? rename_away() : copytruncate();
      case Rotation::kLink:
        return switch_link();
      case Rotation::kWild:
        return wild_ways();
      case Rotation::kDestroy:
        return dice == 0 ? rename_away() : dice == 1 ? copytruncate() : dice == 2 ? truncate() : remove();
    }
  }
  void wild_ways() {
    switch (random_() % 6) {
      case 0:
        return copytruncate();
      case 1:
        return service_.copy_by_hand();
      case 2:
        return service_.begin_compress();
      case 3:
        return service_.end_compress();
      default:
        return rename_away();
    }
  }
  void rename_away() {
    begun_ = false;
    if (!service_.writes_elsewhere()) {
      looks_since_rotation_ = 0;
    }
    service_.rename_away(kept_);
    if (one_in(2)) {
      service_.reopen();
    }
  }
  // Content that was never read is found in a copy only if a pattern matches the copy.
  void copytruncate() {
    if (!literal_ || begun_) {
      begun_ = false;
      service_.begin_copytruncate(kept_);
      if (one_in(2)) {
        service_.end_copy();
      }
    }
  }
  void truncate() {
    begun_ = false;
    service_.truncate();
  }
  void remove() {
    begun_ = false;
    service_.remove();
    service_.reopen();
  }
  // A file that the tail never saw is found only if a pattern matches it.
  void switch_link() {
    if (!literal_ || known_) {
      known_ = false;
      seen_ = false;
      if (!service_.writes_elsewhere()) {
        looks_since_rotation_ = 0;
      }
      service_.switch_link();
      if (one_in(2)) {
        service_.reopen();
      }
    }
  }

  // Something happens between two file system calls of the tail: once during a poll or a discovery, but a copy in
  // steps.
  void meanwhile() {
    if (meanwhile_ == 0 || --meanwhile_ > 0) {
      return;
    }
    if (service_.copying()) {
      service_.continue_copytruncate();
    } else {
      one_in(3) ? rotate() : service_.write();
    }
    meanwhile_ = service_.copying() ? 1 + static_cast<unsigned>(random_() % 4) : 0;
  }

  void run() {
    if (!running_) {
      tail_.start_from(state_);
      running_ = true;
    }
  }
  void poll() {
    before_look();
    arm_error();
    // A few lines are known as a copy only if the original was read before, so that in the wild all that is there is
    // read.
    for (int i = 0; i < (rotation_ == Rotation::kWild ? 100 : 1); ++i) {
      static_cast<void>(tail_.poll_with_errors(1 + random_() % 2000));
    }
    take();
  }
  void discover() {
    before_look();
    seen_ = true;
    if (rotation_ == Rotation::kWild) {
      tail_.pass(std::chrono::milliseconds(random_() % 1000));
      arm_error();
      static_cast<void>(tail_.discover_now());
      poll();
      return;
    }
    EXPECT_TRUE(tail_.discover());
  }
  // One call of the next look fails.
  void arm_error() {
    if (rotation_ == Rotation::kWild && one_in(3)) {
      static constexpr std::array kCalls{FileOperation::kOpen, FileOperation::kStat, FileOperation::kList,
                                         FileOperation::kRead, FileOperation::kInfo};
      static constexpr std::array kErrors{EIO, EMFILE, EACCES};
      files_.fail(kCalls.at(random_() % kCalls.size()), kErrors.at(random_() % kErrors.size()), "", random_() % 20, 1);
    }
  }
  void before_look() {
    run();
    if (service_.writes_elsewhere() && ++looks_since_rotation_ > kReopenAfter) {
      service_.reopen();
    }
    meanwhile_ = static_cast<unsigned>(random_() % (one_in(2) ? 6 : 40));
  }
  void take() {
    meanwhile_ = 0;
    files_.clear_faults();
    ledger_.count(tail_.lines);
    tail_.lines.clear();
  }
  void save() {
    if (running_) {
      state_ = tail_.save();
      ledger_.save();
      service_.saved();
      begun_ = service_.log_is_begun();
      known_ = seen_;
    }
  }
  // The next look is by a new process. What is not saved was never counted.
  void stop() {
    running_ = false;
    seen_ = known_;
    ledger_.crash();
  }

  std::mt19937 random_;
  const Rotation rotation_;
  const bool literal_;
  const std::size_t kept_;
  MemoryFileSystem files_;
  Ledger ledger_;
  Service service_;
  Tail tail_;
  std::string state_;
  bool running_ = true;
  bool begun_ = false;  // the saved state has a position in the current content of the log
  bool seen_ = false;   // the tail has seen the current file of the log
  bool known_ = false;  // and has saved that
  int looks_since_rotation_ = 0;
  unsigned meanwhile_ = 0;
};

void live(Rotation rotation) {
  const auto [first, end] = random_seeds(kSeeds);
  for (unsigned seed = first; seed < end; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(rotation, seed);
    for (int i = 0; i < kActions && !testing::Test::HasFailure(); ++i) {
      world.act();
    }
    if (!testing::Test::HasFailure()) {
      world.settle();
    }
    if (testing::Test::HasFailure()) {
      return;
    }
  }
}

TEST(LogCollectorRandom, RenamedLogsAreCountedExactlyOnce) { live(Rotation::kRename); }

TEST(LogCollectorRandom, CopiedAndTruncatedLogsAreCountedExactlyOnce) { live(Rotation::kCopyTruncate); }

TEST(LogCollectorRandom, RenamedAndCopiedLogsAreCountedExactlyOnce) { live(Rotation::kBoth); }

TEST(LogCollectorRandom, LogsBehindALinkAreCountedExactlyOnce) { live(Rotation::kLink); }

// Banners, copies under any name, compression, errors of a moment, hints at any rate.
TEST(LogCollectorRandom, LogsInTheWildAreCountedExactlyOnceOrNamed) { live(Rotation::kWild); }

TEST(LogCollectorRandom, OnlyWhatWasDestroyedIsLost) { live(Rotation::kDestroy); }

}  // namespace
}  // namespace leeway
