// The log source over copies, edited and replaced files, deleted and moved ones: each case was counted twice or lost by
// an agent that knew files by their names.
#include "collectors/tail/log_collector.h"
#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

TEST_F(LogContentTest, ACopyThatLacksTheLastLinesIsACopy) {
  for (const char* name :
       {"/log/app.log.1", "/log/app.1.log", "/log/app-20261128.log", "/log/app-out__2026-11-28.log"}) {
    files_.remove_tree("/log");
    written_ = 0;
    files_.append(kLog, lines(50));
    Tail tail(files_, {"/log/*.log*"});
    tail.poll_all();
    copy(kLog, name);
    files_.append(kLog, lines(2));
    tail.poll_all();
    files_.truncate(kLog, 0);
    files_.append(kLog, lines(50));
    tail.settle();
    expect_each_once(tail);
    tail.restart();
    tail.settle();
    expect_each_once(tail);
    expect_no_gap(tail);
  }
}

TEST_F(LogContentTest, ACopyMadeWhileStoppedIsReadFromThePosition) {
  files_.append(kLog, lines(50));
  Tail tail(files_, {"/log/app*"});
  tail.poll_all();
  const std::string state = tail.save();
  files_.append(kLog, lines(5));
  copytruncate(kLog, "/log/app-out__2026-11-28.log");
  files_.append(kLog, lines(10));
  tail.start_from(state);
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogContentTest, TwoCopytruncatesWhileStoppedAreReadOnce) {
  files_.append(kLog, lines(50));
  Tail tail(files_, {kLog});
  tail.poll_all();
  const std::string state = tail.save();
  files_.append(kLog, lines(5));
  copytruncate(kLog, "/log/app.log.1");
  files_.append(kLog, lines(10));
  rename("/log/app.log.1", "/log/app.log.2");
  copytruncate(kLog, "/log/app.log.1");
  files_.append(kLog, lines(3));
  tail.start_from(state);
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogContentTest, ACopyByHandIsNotReadAgain) {
  files_.append(kLog, lines(50));
  Tail tail(files_, {"/log/app.log*"});
  tail.poll_all();
  copy(kLog, "/log/app.log.bak");
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogContentTest, AnEditorThatRemovesTheLastLineChangesNothingBefore) {
  const std::string before = lines(49);
  files_.append(kLog, before + lines(1));
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.write(kLog, before);
  files_.append(kLog, lines(1));
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogContentTest, ALongerVersionThatTakesTheNameIsContinued) {
  files_.append(kLog, lines(50));
  Tail tail(files_, {kLog});
  tail.poll_all();
  for (int i = 0; i < 3; ++i) {  // rsync
    files_.append("/log/.new", files_.content(kLog) + lines(10));
    rename("/log/.new", kLog);
    tail.settle();
  }
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogContentTest, AVersionWrittenWhileStoppedIsContinued) {
  files_.append(kLog, lines(50));
  Tail tail(files_, {kLog});
  tail.poll_all();
  const std::string state = tail.save();
  files_.append("/log/.new", files_.content(kLog) + lines(1));
  rename("/log/.new", kLog);
  tail.start_from(state);
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogContentTest, LogsThatBeginWithTheSameBannerAreDifferentLogs) {
  for (const int size : {1, 3, 80}) {
    for (const bool stopped : {false, true}) {
      SCOPED_TRACE("banner of " + std::to_string(size) + " lines, stopped: " + std::to_string(stopped));
      files_.remove_tree("/log");
      written_ = 0;
      files_.append(kLog, banner(size) + lines(10));
      Tail tail(files_, {kLog});
      tail.poll_all();
      const std::string state = tail.save();
      for (int i = 1; i <= 3; ++i) {
        for (int number = i; number > 1; --number) {
          rename("/log/app.log." + std::to_string(number - 1), "/log/app.log." + std::to_string(number));
        }
        rename(kLog, "/log/app.log.1");
        files_.append(kLog, banner(size) + lines(10 + i));
        if (!stopped) {
          tail.settle();
        }
      }
      if (stopped) {
        tail.start_from(state);
        tail.settle();
      }
      EXPECT_EQ(tail.lines.size(), written_ + 4U * static_cast<std::size_t>(size));
      expect_no_gap(tail);
    }
  }
}

TEST_F(LogContentTest, LiveLogsWithTheSameFirstLineAreDifferentLogs) {
  const std::string first = "started " + std::string(5000, '=') + "\n";
  for (const char* path : {"/log/worker.log", "/log/worker.log.1", "/log/worker.log.2"}) {
    files_.append(path, first);
  }
  Tail tail(files_, {"/log/worker*"});
  tail.look();
  for (const char* path : {"/log/worker.log", "/log/worker.log.1", "/log/worker.log.2"}) {
    files_.append(path, lines(24));
  }
  tail.settle();
  EXPECT_EQ(tail.lines.size(), written_ + 3);
}

TEST_F(LogContentTest, ALogThatIsCopiedUpIntoAnOverlayIsTheSameLog) {
  files_.append(kLog, lines(30));
  Tail tail(files_, {kLog});
  tail.poll_all();
  const std::string content = files_.content(kLog);
  files_.set_reuse_inodes(true);
  tail.restart();  // nothing is open
  ASSERT_TRUE(files_.remove(kLog));
  files_.append(kLog, content + lines(1));
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogContentTest, AFinishedFileIsReadOnWhenItsWriterGoesOn) {
  files_.append(kLog, lines(10));
  const std::unique_ptr<File> writer = files_.open_writer(kLog);
  Tail tail(files_, {kLog});
  tail.poll_all();
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, "");
  for (int i = 0; i < 4; ++i) {
    tail.settle();  // longer than the wait
    files_.append(*writer, lines(1));
    tail.look();
  }
  expect_each_once(tail);
}

TEST_F(LogContentTest, HintsDoNotShortenTheWaitForARotatedFile) {
  files_.append(kLog, lines(10));
  const std::unique_ptr<File> writer = files_.open_writer(kLog);
  Tail tail(files_, {kLog});
  tail.poll_all();
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, "");
  files_.append(*writer, "half a ");
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(tail.discover_now());
    tail.poll_all();
  }
  files_.append(*writer, lines(1));
  tail.settle();
  EXPECT_EQ(tail.lines.size(), 11U);
  EXPECT_TRUE(tail.lines.back().starts_with("half a 2026"));
}

TEST_F(LogContentTest, WhatBecameOfALogWhileStoppedIsFound) {
  struct Case {
    const char* name;
    std::function<void()> action;
  };
  const std::vector<Case> cases = {
      {"moved to a directory below",
       [this] {
         ASSERT_TRUE(files_.make_directory("/log/old"));
         rename(kLog, "/log/old/app.log.1");
       }},
      {"app.1.log", [this] { rename(kLog, "/log/app.1.log"); }},
      {".old", [this] { rename(kLog, "/log/app.log.old"); }},
      {"gzip",
       [this] {
         files_.append("/log/app.log.1.gz", gzip(files_.content(kLog)));
         ASSERT_TRUE(files_.remove(kLog));
       }},
      {"zstd",
       [this] {
         files_.append("/log/app.log-20261128.zst", zstd(files_.content(kLog)));
         ASSERT_TRUE(files_.remove(kLog));
       }},
      {"copied and deleted",
       [this] {
         ASSERT_TRUE(files_.make_directory("/log/archive"));
         copy(kLog, "/log/archive/app-20261128.log");
         ASSERT_TRUE(files_.remove(kLog));
       }},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    files_.remove_tree("/log");
    written_ = 0;
    files_.append(kLog, lines(30));
    Tail tail(files_, {kLog});
    tail.poll_all();
    const std::string state = tail.save();
    files_.append(kLog, lines(20));
    one.action();
    files_.append(kLog, lines(5));
    tail.start_from(state);
    tail.settle();
    expect_each_once(tail);
    expect_no_gap(tail);
    EXPECT_EQ(tail.status().unreadable_files, 0U);
  }
}

// The copy is seen when it is created, and its content is there when it is read.
TEST_F(LogContentTest, ACopyThatIsFilledBetweenTwoCallsIsACopy) {
  for (int call = 1; call < 60; ++call) {
    SCOPED_TRACE("before call " + std::to_string(call));
    files_.remove_tree("/log");
    written_ = 0;
    files_.append(kLog, lines(1));
    Tail tail(files_, {"/log/*.log"});
    tail.poll_all();
    files_.append("/log/app-copy.log", "");
    int left = call;
    files_.set_before_call([&] {
      if (--left == 0) {
        files_.append("/log/app-copy.log", files_.content(kLog));
      } else if (left == -3) {
        files_.truncate(kLog, 0);
      }
    });
    for (int i = 0; i < 20; ++i) {
      tail.look();
    }
    files_.set_before_call(nullptr);
    files_.append(kLog, lines(3));
    tail.settle();
    expect_each_once(tail);
  }
}

// The first part of the only line is there when the copy is seen, and the rest when it is read.
TEST_F(LogContentTest, ACopyThatIsCompletedBetweenTwoCallsIsACopy) {
  for (int call = 1; call < 60; ++call) {
    for (const int between : {0, 3}) {
      SCOPED_TRACE("before call " + std::to_string(call) + ", truncated after " + std::to_string(between) + " more");
      files_.remove_tree("/log");
      written_ = 0;
      const std::string line = lines(1);
      files_.append(kLog, line);
      Tail tail(files_, {"/log/app.log*"});
      tail.look();
      files_.append("/log/app.log.1", line.substr(0, 30));
      int calls = 0;
      files_.set_before_call([&] {
        ++calls;
        if (calls == call) {
          files_.append("/log/app.log.1", line.substr(30));
        }
        if (calls == call + between) {
          files_.truncate(kLog, 0);
        }
      });
      for (int i = 0; i < 20; ++i) {
        tail.look();
      }
      files_.set_before_call(nullptr);
      files_.append(kLog, lines(3));
      tail.settle();
      expect_each_once(tail);
    }
  }
}

TEST_F(LogContentTest, AFileThatIsNotToBeFoundIsNamed) {
  files_.append("/log/other.log", "");  // an empty directory may be a place to mount at
  files_.append(kLog, lines(30));
  Tail tail(files_, {kLog});
  tail.poll_all();
  const std::string state = tail.save();
  ASSERT_TRUE(files_.remove(kLog));
  tail.start_from(state);
  tail.settle();
  EXPECT_EQ(tail.status().gaps.at("file_missing"), 1U);
  ASSERT_EQ(tail.notes.size(), 1U);
  EXPECT_THAT(tail.notes[0], testing::HasSubstr("/log/app.log"));
  tail.restart();
  EXPECT_EQ(tail.status().gaps.at("file_missing"), 1U);
}

TEST_F(LogContentTest, ARotationBehindALinkToAnotherDirectoryIsFollowed) {
  for (const bool stopped : {false, true}) {
    files_.remove_tree("/log");
    files_.remove_tree("/pods");
    written_ = 0;
    files_.append("/pods/a/0.log", lines(10));
    files_.make_symlink("/pods/a/0.log", "/log/a.log");
    Tail tail(files_, {"/log/*.log"});
    tail.poll_all();
    const std::string state = tail.save();
    files_.append("/pods/a/0.log", lines(100));
    rename("/pods/a/0.log", "/pods/a/0.log.20261128-100000");
    files_.append("/pods/a/0.log", lines(100));
    if (stopped) {
      tail.start_from(state);
    } else {
      rename("/pods/a/0.log", "/pods/a/0.log.20261128-100001");
      files_.append("/pods/a/0.log", lines(3));
    }
    tail.settle();
    expect_each_once(tail);
    expect_no_gap(tail);
  }
}

TEST_F(LogContentTest, AnErrorOfAMomentAtTheStartLosesNothing) {
  for (const FileOperation operation :
       {FileOperation::kOpen, FileOperation::kStat, FileOperation::kList, FileOperation::kRead, FileOperation::kInfo}) {
    for (std::uint64_t skip = 0; skip < 12; ++skip) {
      SCOPED_TRACE("operation " + std::to_string(static_cast<int>(operation)) + " fails after " + std::to_string(skip));
      files_.remove_tree("/log");
      written_ = 0;
      files_.append(kLog, lines(20));
      Tail tail(files_, {kLog});
      tail.poll_all();
      const std::string state = tail.save();
      files_.append(kLog, lines(3));
      rename(kLog, "/log/app.log.1");
      files_.append(kLog, lines(5));
      tail.start_from(state);
      files_.fail(operation, EIO, "", skip, 1);
      tail.settle_with_errors();
      files_.clear_faults();
      tail.settle();
      expect_each_once(tail);
      expect_no_gap(tail);
      EXPECT_EQ(tail.lost("vanished") + tail.lost("truncated"), 0U);
    }
  }
}

TEST_F(LogContentTest, OpenFilesThatHaveNoNameSurviveAReload) {
  files_.append(kLog, lines(20));
  const std::unique_ptr<File> writer = files_.open_writer(kLog);
  Tail tail(files_, {kLog});
  tail.poll_all();
  ASSERT_TRUE(files_.remove(kLog));
  tail.look();
  tail.reload();
  files_.append(*writer, lines(5));
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogContentTest, TheStateOfManyFilesStaysSmall) {
  for (int i = 0; i < 1000; ++i) {
    files_.append("/log/app." + std::to_string(i) + ".log", lines(300));
  }
  Tail tail(files_, {"/log/*.log"});
  tail.poll_all();
  EXPECT_EQ(tail.lines.size(), written_);
  EXPECT_LT(tail.save().size(), 400'000U);
}

}  // namespace
}  // namespace leeway
