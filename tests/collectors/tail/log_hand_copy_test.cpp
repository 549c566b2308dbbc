// A log that is copied by hand, in all orders of what happens around that: how much of it was read, how much is written
// before and after the copy, how it is rotated, when the tail looks, and when it is killed.
#include <functional>

#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

constexpr const char* kFirst = "/log/app.log.1";
constexpr const char* kCopy = "/log/app.log.old";
// Of all stories, one in so many is told: all take minutes.
constexpr unsigned kStride = 67;

enum class End : std::uint8_t { kNone, kRestart, kKill };
// Rotation before the story, and whether the new log was seen, empty.
enum class Before : std::uint8_t { kNone, kSeen, kUnseen };

struct Story {
  std::string pattern;
  bool copytruncate = false;
  bool compress = false;
  bool overwrites = false;  // a generation that the log was moved to by hand
  Before rotated = Before::kNone;
  int read = 0;         // lines of the log
  int before_copy = 0;  // lines
  int after_copy = 0;
  int more_rotations = 0;
  End end = End::kNone;
  unsigned looks = 0;  // a bit for each moment
};

// The digits of a number with a base of their own each.
class Digits {
 public:
  explicit Digits(unsigned number) : number_(number) {}
  template <typename T>
  T take(const std::vector<T>& choices) {
    const T chosen = choices[number_ % choices.size()];
    number_ /= static_cast<unsigned>(choices.size());
    return chosen;
  }
  bool done() const { return number_ == 0; }

 private:
  unsigned number_;
};

// False where there are fewer stories.
bool tell(unsigned number, Story& story) {
  Digits digits(number);
  story.pattern = digits.take<std::string>({kLog, "/log/app.log*", "/log/*.log"});
  story.copytruncate = digits.take<int>({0, 1}) != 0;
  story.compress = digits.take<int>({0, 1}) != 0;
  story.overwrites = digits.take<int>({0, 1}) != 0;
  story.rotated = digits.take<Before>({Before::kNone, Before::kSeen, Before::kUnseen});
  story.read = digits.take<int>({0, 1, 20});
  story.before_copy = digits.take<int>({2, 7, 20});
  story.after_copy = digits.take<int>({0, 12, 40});
  story.more_rotations = digits.take<int>({0, 2});
  story.end = digits.take<End>({End::kNone, End::kRestart, End::kKill});
  story.looks = digits.take<unsigned>({0, 1, 2, 4, 7, 8, 15, 31});
  return digits.done();
}

std::string to_text(const Story& story) {
  return story.pattern + (story.copytruncate ? " copytruncate" : "") + (story.compress ? " compress" : "") +
         (story.overwrites ? " overwrites" : "") + " rotated " + std::to_string(static_cast<int>(story.rotated)) +
         " read " + std::to_string(story.read) + " before " + std::to_string(story.before_copy) + " after " +
         std::to_string(story.after_copy) + " more rotations " + std::to_string(story.more_rotations) + " end " +
         std::to_string(static_cast<int>(story.end)) + " looks " + std::to_string(story.looks);
}

class HandCopy : public LogContentTest {
 public:
  void TestBody() override {}

  // True where nothing was uncertain.
  bool live(const Story& story) {
    files_.set_time(TimePoint(std::chrono::hours(500'000)));
    files_.append(kLog, lines(30));
    Tail tail(files_, {story.pattern});
    tail.look();
    if (story.overwrites) {
      rename(kLog, kCopy);
      files_.append(kLog, lines(30));
      tail.settle();
    }
    begin(story, tail);
    const std::string saved = tail.save();
    const std::size_t counted = tail.lines.size();
    unsigned looks = story.looks;
    const auto happens = [&](const std::function<void()>& action) {
      pass_time();
      action();
      if ((looks & 1U) != 0) {
        tail.look();
      }
      looks >>= 1;
    };
    happens([&] { files_.append(kLog, lines(story.before_copy)); });
    happens([&] { files_.write(kCopy, ""); });
    happens([&] { files_.append(kCopy, files_.content(kLog)); });
    happens([&] { files_.append(kLog, lines(story.after_copy)); });
    happens([&] { rotate_and_write(story, 3); });
    if (story.end == End::kRestart) {
      tail.restart();
    } else if (story.end == End::kKill) {
      tail.lines.resize(counted);
      tail.start_from(saved);
    }
    for (int i = 0; i < story.more_rotations; ++i) {
      rotate_and_write(story, 20);
    }
    tail.settle();
    if (tail.notes.empty()) {
      expect_each_once(tail);
    }
    return tail.notes.empty();
  }

 private:
  void begin(const Story& story, Tail& tail) {
    if (story.rotated != Before::kNone) {
      rotate(story);
    }
    if (story.rotated == Before::kSeen) {
      tail.settle();
    }
    files_.append(kLog, lines(story.read));
    if (story.rotated != Before::kUnseen || story.read > 0) {
      tail.settle();
    }
  }

  void pass_time() { files_.set_time(files_.stat(kLog)->modified + std::chrono::milliseconds(300)); }

  void rotate(const Story& story) {
    pass_time();
    for (int number = 8; number > 0; --number) {
      for (const char* suffix : {"", ".gz"}) {
        const std::string from = "/log/app.log." + std::to_string(number) + suffix;
        if (files_.exists(from)) {
          rename(from, "/log/app.log." + std::to_string(number + 1) + suffix);
        }
      }
    }
    if (story.copytruncate) {
      copytruncate(kLog, kFirst);
    } else {
      rename(kLog, kFirst);
      files_.append(kLog, "");
    }
    if (story.compress) {
      files_.append(std::string(kFirst) + ".gz", gzip(files_.content(kFirst)));
      ASSERT_TRUE(files_.remove(kFirst));
    }
    pass_time();
  }

  void rotate_and_write(const Story& story, int count) {
    rotate(story);
    files_.append(kLog, lines(count));
  }
};

using LogHandCopyTest = LogContentTest;

TEST_F(LogHandCopyTest, ARotatedFileThatIsOverwrittenAfterARestartIsTheCopyOfATruncatedLog) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.settle();
  rename(kLog, kCopy);
  files_.append(kLog, lines(20));
  tail.settle();
  tail.restart();
  tail.look();
  files_.append(kLog, lines(3));
  files_.write(kCopy, files_.content(kLog));
  files_.truncate(kLog, 0);
  files_.append(kLog, lines(2));
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST(LogHandCopy, LinesAreCountedOnceOrNamed) {
  Story story;
  unsigned stories = 0;
  unsigned certain = 0;
  for (unsigned number = 0; tell(number, story) && !testing::Test::HasFailure(); number += kStride) {
    SCOPED_TRACE(std::to_string(number) + ": " + to_text(story));
    ++stories;
    certain += HandCopy().live(story) ? 1 : 0;
  }
  EXPECT_GT(stories, 500U);
  EXPECT_GT(certain, stories * 3 / 4);
}

}  // namespace
}  // namespace leeway
