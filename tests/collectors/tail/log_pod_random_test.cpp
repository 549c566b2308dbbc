// Logs of containers as kubelet keeps them, at random: behind a link, each generation with the same first line, which
// may be longer than what is compared at once, and perhaps nothing else; rotated by renaming, compressed later; a
// container that starts again gets another file. Each line is counted once, whenever the agent looks and is killed.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <set>

#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

constexpr unsigned kPodSeeds = 60;
constexpr int kPodActions = 60;
constexpr int kMostRotations = 4;  // at once
// The rest is counted within two times the time after which a rotated file is finished.
constexpr int kPodSettled = 2;

class PodWorld {
 public:
  explicit PodWorld(unsigned seed) : random_(seed), tail_(files_, {"/containers/*.log"}) {
    if (seed % 2 == 1) {
      tail_.read_in_order(std::chrono::seconds(seed / 2 % 5));
    }
    files_.set_reuse_inodes(!one_in(4));
    constexpr std::array<std::size_t, 4> kBannerSizes{0, 15, 5000, 5000};
    if (const std::size_t size = kBannerSizes[random_() % kBannerSizes.size()]; size > 0) {
      banner_ = "banner " + std::string(size, '=');
    }
    begin_log();
    write(1 + random_() % 20);
    look();
    save();
  }

  void act() {
    const auto dice = random_() % 100;
    if (dice < 35) {
      write(random_() % (one_in(4) ? 40 : 4));
    } else if (dice < 58) {
      for (auto times = one_in(3) ? 1 + random_() % kMostRotations : 1; times > 0; --times) {
        rotate();
        write(one_in(2) ? random_() % 40 : 0);
      }
    } else if (dice < 63) {
      restart_container();
    } else if (dice < 70) {
      tail_.start_from(state_);
      tail_.lines = saved_;
      running_ = one_in(2);
    } else if (running_) {
      run();
    } else {
      running_ = one_in(3);
    }
  }

  // "" if each line was counted once.
  std::string settle() {
    for (int i = 0; i < kPodSettled; ++i) {
      tail_.settle();
    }
    std::erase(tail_.lines, banner_);
    std::sort(tail_.lines.begin(), tail_.lines.end());
    std::sort(written_.begin(), written_.end());
    std::vector<std::string> differences;
    std::set_symmetric_difference(tail_.lines.begin(), tail_.lines.end(), written_.begin(), written_.end(),
                                  std::back_inserter(differences));
    return differences.empty() ? ""
                               : std::to_string(differences.size()) + " lines, the first is " + differences.front();
  }
  bool named() const {
    const SourceStatus status = tail_.status();
    return std::any_of(status.gaps.begin(), status.gaps.end(), [](const auto& gap) { return gap.second > 0; });
  }

 private:
  bool one_in(unsigned count) { return random_() % count == 0; }

  void begin_generation() {
    files_.append(log_, banner_.empty() ? "" : banner_ + "\n");
    begun_ = false;
    saved_here_ = false;
  }
  void begin_log() {
    log_ = "/pods/" + std::to_string(starts_ % 4) + ".log";
    if (files_.exists(log_)) {
      ASSERT_TRUE(files_.remove(log_));
    }
    begin_generation();
    files_.make_symlink(log_, "/containers/app.log");
  }
  void write(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      begun_ = true;
      written_.push_back("line " + std::to_string(written_.size()) + " of a log with some words in it");
      files_.append(log_, written_.back() + "\n");
    }
  }
  void rotate() {
    std::erase_if(plain_, [&](const std::string& one) {
      if (!one.starts_with(log_)) {
        return false;
      }
      files_.append(one + ".tmp", gzip(files_.content(one)));
      return files_.rename(one + ".tmp", one + ".gz") && files_.remove(one);
    });
    const std::string rotated = log_ + ".20261129-" + std::to_string(100000 + ++rotations_);
    plain_.insert(rotated);
    ASSERT_TRUE(files_.rename(log_, rotated));
    begin_generation();
  }
  // Only if the state that an agent starts from knows the file that the link led to.
  void restart_container() {
    if (saved_here_) {
      ++starts_;
      begin_log();
    }
  }

  void look() {
    EXPECT_TRUE(tail_.discover());
    tail_.poll_all();
  }
  void run() {
    const auto dice = random_() % 10;
    if (dice < 3) {
      EXPECT_TRUE(tail_.discover());
    } else if (dice < 5) {
      tail_.poll(1 + random_() % 2000);
    } else if (dice < 7) {
      look();
    } else if (dice < 8) {
      tail_.settle();
    } else {
      save();
    }
  }
  void save() {
    state_ = tail_.save();
    saved_ = tail_.lines;
    saved_here_ = begun_ && std::find(saved_.begin(), saved_.end(), written_.back()) != saved_.end();
  }

  std::mt19937 random_;
  MemoryFileSystem files_;
  Tail tail_;
  bool running_ = true;
  std::string banner_;
  std::string log_;
  std::set<std::string> plain_;  // generations that are not compressed yet
  bool begun_ = false;           // the log holds more than the banner
  bool saved_here_ = false;      // the saved state has a position in the log
  std::size_t starts_ = 0;
  std::size_t rotations_ = 0;
  std::vector<std::string> written_;
  std::string state_;
  std::vector<std::string> saved_;
};

TEST(LogCollectorRandom, LogsOfPodsAreCountedOnce) {
  const auto [first, end] = random_seeds(kPodSeeds);
  unsigned named = 0;
  for (unsigned seed = first; seed < end; ++seed) {
    PodWorld world(seed);
    for (int i = 0; i < kPodActions && !HasFatalFailure(); ++i) {
      world.act();
    }
    EXPECT_EQ(world.settle(), "") << "seed " << seed << (world.named() ? ", a doubt was named" : "");
    named += world.named() ? 1 : 0;
  }
  // Nothing is lost, so that each name of a doubt is a false alarm.
  EXPECT_LE(named * 20, end - first + 20) << "of " << end - first;
  std::printf("    a doubt was named in %u of %u\n", named, end - first);
}

}  // namespace
}  // namespace leeway
