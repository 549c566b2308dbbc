// Logs that come into being while an agent runs or is down, at random: each is rotated from its first second on, by
// renaming, by copying and truncating, into a directory below or not, compressed or not, behind a link or not. Each
// line is counted once, whenever the agent looks and is killed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <vector>

#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

constexpr unsigned kFirstSeeds = 200;
constexpr int kFirstActions = 40;
constexpr std::size_t kMostLogs = 6;

class FirstWorld {
 public:
  explicit FirstWorld(unsigned seed) : random_(seed) {
    files_.set_reuse_inodes(one_in(2));
    behind_links_ = one_in(3);
    olddir_ = one_in(3);
    copies_ = one_in(3);
    compresses_ = one_in(4);
    dates_ = one_in(3);
    creates_ = !one_in(3);
    directories_ = one_in(3);
    files_.append(home() + "other.txt", "another file\n");
    files_.append("/log/other.txt", "another file\n");
    if (olddir_) {
      files_.append(home() + "old/other.txt", "another file\n");
    }
    std::vector<std::string> paths{directories_ && !behind_links_ ? "/log/*/app.log" : "/log/*.log"};
    if (one_in(2)) {
      paths.clear();
      for (std::size_t log = 0; log < kMostLogs; ++log) {
        paths.push_back(path_of(log));
      }
    }
    if (behind_links_) {
      for (std::size_t log = 0; log < kMostLogs; ++log) {
        files_.make_symlink(log_at(log), path_of(log));
      }
    }
    tail_.emplace(files_, paths);
    if (seed % 2 == 1) {
      tail_->read_in_order(std::chrono::seconds(seed / 2 % 5));
    }
    look();
    save();
  }

  void act() {
    const auto dice = random_() % 100;
    if (dice < 15 && logs_ < kMostLogs) {
      if (olddir_ && directories_) {
        files_.append(directory_of(logs_) + "old/other.txt", "another file\n");
      }
      ++logs_;
      write(logs_ - 1);
    } else if (dice < 40) {
      write(random_() % std::max<std::size_t>(logs_, 1));
    } else if (dice < 70) {
      rotate(random_() % std::max<std::size_t>(logs_, 1));
    } else if (dice < 78) {
      tail_->start_from(state_);
      tail_->lines = saved_;
      running_ = one_in(2);
    } else if (running_) {
      run();
    } else {
      running_ = one_in(3);
    }
  }

  // "" if each line was counted once.
  std::string settle() {
    for (std::size_t log = 0; log < logs_;
         ++log) {  // in a directory below, generations of a log that is gone are not read
      write(log);
    }
    tail_->settle();
    tail_->settle();
    std::sort(tail_->lines.begin(), tail_->lines.end());
    std::sort(written_.begin(), written_.end());
    std::vector<std::string> differences;
    std::set_symmetric_difference(tail_->lines.begin(), tail_->lines.end(), written_.begin(), written_.end(),
                                  std::back_inserter(differences));
    return differences.empty() ? ""
                               : std::to_string(differences.size()) + " lines, the first is " + differences.front();
  }
  bool named() const {
    const SourceStatus status = tail_->status();
    return std::any_of(status.gaps.begin(), status.gaps.end(), [](const auto& gap) { return gap.second > 0; });
  }
  std::string story() const {
    std::string text;
    for (const auto& [word, is] : {std::pair("links", behind_links_),
                                   {"olddir", olddir_},
                                   {"copies", copies_},
                                   {"compresses", compresses_},
                                   {"dates", dates_},
                                   {"creates", creates_},
                                   {"directories", directories_}}) {
      text += is ? std::string(" ") + word : "";
    }
    return text;
  }

 private:
  bool one_in(unsigned count) { return random_() % count == 0; }
  std::string home() const { return behind_links_ ? "/real/" : "/log/"; }
  static std::string name(std::size_t log) { return std::string(1, static_cast<char>('a' + log)); }
  std::string directory_of(std::size_t log) const { return home() + (directories_ ? name(log) + "/" : ""); }
  std::string file_name_of(std::size_t log) const { return directories_ ? "app.log" : name(log) + ".log"; }
  std::string log_at(std::size_t log) const { return directory_of(log) + file_name_of(log); }
  std::string path_of(std::size_t log) const { return behind_links_ ? "/log/" + name(log) + ".log" : log_at(log); }

  void write(std::size_t log) {
    const auto count = log < logs_ ? 2 + random_() % 30 : 0;
    for (unsigned i = 0; i < count; ++i) {
      written_.push_back("line " + std::to_string(written_.size()) + " of a log with some words in it");
      files_.append(log_at(log), written_.back() + "\n");
    }
  }
  void rotate(std::size_t log) {
    if (log >= logs_ || files_.content(log_at(log)).empty()) {
      return;
    }
    const std::string base = directory_of(log) + (olddir_ ? "old/" : "") + file_name_of(log);
    const std::string ending = compresses_ ? ".gz" : "";
    std::string rotated = base + ".1";
    if (dates_) {
      rotated = base + "-" + std::to_string(20261129000000 + ++rotations_);
    } else {
      shift(base, ending, 1);
    }
    if (copies_) {
      files_.append(rotated, files_.content(log_at(log)));
      files_.truncate(log_at(log), 0);
    } else {
      EXPECT_TRUE(files_.rename(log_at(log), rotated));
      if (creates_) {
        files_.append(log_at(log), "");
      }
    }
    if (compresses_) {
      files_.append(rotated + ".gz", gzip(files_.content(rotated)));
      EXPECT_TRUE(files_.remove(rotated));
    }
  }
  void shift(const std::string& base, const std::string& ending, int number) {
    const std::string from = base + "." + std::to_string(number) + ending;
    if (files_.exists(from)) {
      shift(base, ending, number + 1);
      EXPECT_TRUE(files_.rename(from, base + "." + std::to_string(number + 1) + ending));
    }
  }

  void look() {
    EXPECT_TRUE(tail_->discover());
    tail_->poll_all();
  }
  void run() {
    const auto dice = random_() % 10;
    if (dice < 3) {
      EXPECT_TRUE(tail_->discover());
    } else if (dice < 5) {
      tail_->poll(1 + random_() % 2000);
    } else if (dice < 8) {
      look();
    } else {
      save();
    }
  }
  void save() {
    state_ = tail_->save();
    saved_ = tail_->lines;
  }

  std::mt19937 random_;
  MemoryFileSystem files_;
  std::optional<Tail> tail_;
  bool behind_links_ = false;
  bool olddir_ = false;
  bool copies_ = false;
  bool compresses_ = false;
  bool dates_ = false;
  bool creates_ = false;      // an empty log after each rotation
  bool directories_ = false;  // of their own, which come into being with the logs
  bool running_ = true;
  std::size_t logs_ = 0;
  std::int64_t rotations_ = 0;
  std::vector<std::string> written_;
  std::string state_;
  std::vector<std::string> saved_;
};

TEST(LogCollectorRandom, LogsThatAreRotatedBeforeTheyAreSeenAreCountedOnce) {
  const auto [first, end] = random_seeds(kFirstSeeds);
  unsigned named = 0;
  for (unsigned seed = first; seed < end; ++seed) {
    FirstWorld world(seed);
    for (int i = 0; i < kFirstActions; ++i) {
      world.act();
    }
    EXPECT_EQ(world.settle(), "") << "seed " << seed << world.story() << (world.named() ? ", a doubt was named" : "");
    named += world.named() ? 1 : 0;
  }
  std::printf("    a doubt was named in %u of %u\n", named, end - first);
}

}  // namespace
}  // namespace leeway
