// Records that rotation divides, at random: each is counted once, whatever becomes of its files and of the agent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <random>

#include "tests/collectors/tail/container_lines.h"
#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

using ::testing::IsEmpty;

// A service that writes lines which the runtime cuts, on two streams, while its log is rotated and the agent is killed.
class ContainerWorld {
 public:
  explicit ContainerWorld(unsigned seed)
      : random_(seed),
        multiline_(one_in(3)),
        envelope_(multiline_ && one_in(3) ? Envelope::kNone
                  : one_in(3)             ? Envelope::kDocker
                                          : Envelope::kCri),
        literal_(one_in(2)),
        dated_(one_in(2)),
        copies_(random_() % 3),
        tail_(files_, {literal_ ? "/log/app.log" : "/log/app.log*"}, options()) {
    files_.set_reuse_inodes(one_in(2));
    write();
    EXPECT_TRUE(tail_.discover_now());
    tail_.poll_all();
    save();
  }

  void act() {
    const auto dice = random_() % 100;
    if (dice < 55) {
      write();
    } else if (dice < 65) {
      rotate();
    } else if (dice < 80) {
      tail_.pass(std::chrono::milliseconds(random_() % 50));
      tail_.poll(1 + random_() % 2000);
    } else if (dice < 88) {
      tail_.pass(std::chrono::milliseconds(random_() % 100));
      EXPECT_TRUE(tail_.discover_now());
    } else if (dice < 94) {
      save();
    } else {
      tail_.start_from(state_);
      tail_.lines = saved_;
    }
  }

  void settle() {
    for (std::size_t stream = 0; stream < 2; ++stream) {
      while (!left_[stream].empty()) {
        write(stream);
      }
    }
    tail_.settle();
    tail_.settle();
    std::sort(tail_.lines.begin(), tail_.lines.end());
    std::sort(records_.begin(), records_.end());
    std::vector<std::string> differences;
    std::set_symmetric_difference(tail_.lines.begin(), tail_.lines.end(), records_.begin(), records_.end(),
                                  std::back_inserter(differences));
    EXPECT_THAT(differences, IsEmpty());
    const SourceStatus status = tail_.status();
    EXPECT_EQ(status.bytes, bytes_);
    EXPECT_EQ(status.records, records_.size());
    EXPECT_EQ(status.lag_bytes, 0U);
    EXPECT_THAT(status.rejects, IsEmpty());
  }

 private:
  struct Part {
    std::string text;
    bool cut;
  };
  bool one_in(unsigned count) { return random_() % count == 0; }

  TailOptions options() {
    TailOptions options = in_containers(envelope_);
    if (multiline_) {
      options.join.multiline = MultilineRule::preset("indent").value();
      options.join.wait = std::chrono::seconds(4);  // no silence in between is as long
    }
    options.chunk = one_in(2) ? 200 + random_() % 1000 : options.chunk;
    options.max_open_files = one_in(3) ? 16 + random_() % 4 : options.max_open_files;
    return options;
  }

  void write() { write(one_in(3) && envelope_ != Envelope::kNone ? 1 : 0); }
  void write(std::size_t stream) {
    std::deque<Part>& left = left_[stream];
    if (left.empty()) {
      begin_record(left, whole_[stream]);
    }
    const Part part = left.front();
    left.pop_front();
    const std::string line = line_of(part, stream);
    const std::size_t half = one_in(4) ? random_() % line.size() : 0;
    if (half > 0) {
      files_.append(kLog, line.substr(0, half));
      tail_.poll();
    }
    files_.append(kLog, line.substr(half));
    bytes_ += line.size();
    if (left.empty()) {
      ended_here_.push_back(whole_[stream]);
    }
  }
  // A record of one to four parts, each of which is cut or is a line of its own.
  void begin_record(std::deque<Part>& left, std::string& whole) {
    whole.clear();
    const std::string id = std::to_string(records_.size());
    bool cut = false;
    for (std::size_t number = 0, last = one_in(2) ? 0 : random_() % 4; number <= last; ++number) {
      std::string text = number > 0 && !cut ? "  line " : "record ";
      text += id + "." + std::to_string(number) + (one_in(10) ? std::string(random_() % 300, 'x') : "") + ";";
      whole += (number > 0 && !cut ? "\n" : "") + text;
      cut = number < last && envelope_ != Envelope::kNone && (!multiline_ || one_in(2));
      left.push_back({text, cut});
    }
    records_.push_back(whole);
  }
  std::string line_of(const Part& part, std::size_t stream) const {
    if (envelope_ == Envelope::kDocker) {
      return docker(part.text + (part.cut ? "" : "\\n"), stream == 1 ? "stderr" : "stdout");
    }
    const std::string text = (part.cut ? "P " : "F ") + part.text;
    return envelope_ == Envelope::kNone ? part.text + "\n" : stream == 1 ? err(text) : out(text);
  }

  // What was never read is found in a copy only if a pattern matches it.
  void rotate() {
    const bool by_copy = copies_ == 0 ? false : copies_ == 1 ? true : one_in(2);
    if (by_copy && literal_ && !begun()) {
      return;
    }
    ++rotations_;
    ended_here_.clear();
    std::string name = std::string(kLog) + ".1";
    if (dated_) {
      name = std::string(kLog) + "-" + std::to_string(20250000 + rotations_);
    }
    for (std::size_t last = dated_ ? 0 : rotations_; last > 1; --last) {
      ASSERT_TRUE(files_.rename(std::string(kLog) + "." + std::to_string(last - 1),
                                std::string(kLog) + "." + std::to_string(last)));
    }
    if (by_copy) {
      files_.append(name, files_.content(kLog));
      files_.truncate(kLog, 0);
    } else {
      ASSERT_TRUE(files_.rename(kLog, name));
      files_.append(kLog, "");
    }
  }
  // Whether the saved state has a position in the log.
  bool begun() const {
    return std::any_of(saved_.begin(), saved_.end(), [this](const std::string& record) {
      return std::find(ended_here_.begin(), ended_here_.end(), record) != ended_here_.end();
    });
  }

  void save() {
    state_ = tail_.save();
    saved_ = tail_.lines;
  }

  std::mt19937 random_;
  const bool multiline_;
  const Envelope envelope_;
  const bool literal_;
  const bool dated_;
  const std::size_t copies_;
  MemoryFileSystem files_;
  Tail tail_;
  std::array<std::deque<Part>, 2> left_;  // of the record that is begun
  std::array<std::string, 2> whole_;
  std::vector<std::string> ended_here_;  // records whose end is in the current file
  std::vector<std::string> records_;
  std::uint64_t bytes_ = 0;
  std::size_t rotations_ = 0;
  std::string state_;
  std::vector<std::string> saved_;
};

TEST(LogCollectorRandom, RecordsOfContainersAreCountedOnceWhereverTheyAreDivided) {
  const auto [first, end] = random_seeds(200);
  for (unsigned seed = first; seed < end && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    ContainerWorld world(seed);
    for (int i = 0; i < 150 && !testing::Test::HasFailure(); ++i) {
      world.act();
    }
    world.settle();
  }
}

}  // namespace
}  // namespace leeway
