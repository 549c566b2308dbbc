// Which versions of which files are read, and when.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/collectors/files/file_fixture.h"

namespace leeway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kJson = "path = '/data/*.json'\nformat = 'json'\n";
const std::string kCsv = "path = '/data/*.csv'\nformat = 'csv'\n";

std::string table(int first, int rows) {
  std::string text = "id\n";
  for (int i = 0; i < rows; ++i) {
    text += std::to_string(first + i) + "\n";
  }
  return text;
}

TEST(FileCollector, ReadsEachVersionOnce) {
  FileWorld world(kJson, {"a"});
  world.files.write("/data/r.json", R"({"a": 1})");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("1"));
  world.replace("/data/r.json", R"({"a": 2})");
  world.look();
  world.look();
  world.restart();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("2"));
  EXPECT_EQ(world.status().versions->read, 2);
}

TEST(FileCollector, SameContentWrittenAgainIsNotReadAgain) {
  FileWorld world(kJson, {"a"});
  world.files.write("/data/r.json", R"({"a": 1})");
  world.look();
  world.replace("/data/r.json", R"({"a": 1})");
  const TimePoint again = world.now();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("1"));
  EXPECT_EQ(world.status().versions->unchanged, 1);
  EXPECT_EQ(world.status().versions->stalest, again);
  EXPECT_EQ(world.status().versions->newest, again) << "a report with the same content is still fresh";
}

TEST(FileCollector, WaitsUntilAFileHasSettled) {
  FileWorld world(kCsv + "settle = '2s'", {"id"});
  world.files.write("/data/t.csv", table(0, 2));
  world.look();
  EXPECT_THAT(world.take_rows(), IsEmpty());
  world.files.append("/data/t.csv", "2\n");
  world.look();
  EXPECT_THAT(world.take_rows(), IsEmpty());
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("0", "1", "2"));
}

TEST(FileCollector, ATimeInTheFutureSettlesToo) {
  FileWorld world(kCsv, {"id"});
  const TimePoint now = world.now();
  world.files.set_time(now + std::chrono::hours(24), true);
  world.files.write("/data/t.csv", table(0, 1));
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("0"));
}

TEST(FileCollector, FinishReadsWhatHasNotSettled) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 2));
  ASSERT_TRUE(world.discover());
  world.poll_all();
  EXPECT_THAT(world.take_rows(), IsEmpty());
  world.finish();
  EXPECT_THAT(world.take_rows(), ElementsAre("0", "1"));
}

TEST(FileCollector, ABrokenVersionIsCountedOnceAndTheNextOneIsRead) {
  FileWorld world(kJson + "settle = '0s'", {"a"});
  world.files.write("/data/r.json", R"({"a": 1})");
  const TimePoint good = world.now();
  world.look();
  world.files.write("/data/r.json", R"({"a": )");
  world.look();
  world.look();
  world.restart();
  world.look();
  EXPECT_EQ(world.rejected("truncated"), 1);
  SourceStatus status = world.status();
  EXPECT_EQ(status.unreadable_files, 1);
  EXPECT_EQ(status.damaged_files, (ReasonCounts{{"truncated", 1}}));
  EXPECT_EQ(status.versions->stalest, good);
  EXPECT_EQ(status.files.at(0).state, "unreadable");
  EXPECT_THAT(status.files.at(0).error, ::testing::HasSubstr("truncated"));
  world.files.append("/data/r.json", "2}");
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("1", "2"));
  EXPECT_EQ(world.status().unreadable_files, 0);
  EXPECT_TRUE(world.status().damaged_files.empty());
  EXPECT_EQ(world.status().versions->read, 2);
}

TEST(FileCollector, TheLastGoodContentComingBackIsNotNew) {
  FileWorld world(kJson, {"a"});
  world.files.write("/data/r.json", R"({"a": 1})");
  world.look();
  world.files.write("/data/r.json", "");
  world.look();
  world.files.write("/data/r.json", R"({"a": 1})");
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("1"));
  EXPECT_EQ(world.rejected("empty"), 1);
  EXPECT_EQ(world.status().unreadable_files, 0);
}

TEST(FileCollector, WhatChangesWhileItIsReadIsTakenUpAnew) {
  FileWorld world(kCsv + "settle = '0s'", {"id"});
  world.files.write("/data/t.csv", table(0, 3));
  int reads = 0;
  world.files.set_after_read([&] {
    if (++reads == 1) {  // while it is hashed
      world.pass(milliseconds(20));
      world.files.append("/data/t.csv", "3\n");
    }
  });
  world.look();
  EXPECT_THAT(world.take_rows(), IsEmpty());
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("0", "1", "2", "3"));
}

TEST(FileCollector, SaysWhereAVersionBeginsAndEnds) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 10'000));
  world.look();
  EXPECT_THAT(world.take_marks(), ElementsAre("first id", "last"));
  world.replace("/data/t.csv", "id,age\n");  // no rows
  world.look();
  world.look();
  EXPECT_THAT(world.take_marks(), ElementsAre("first id age", "last"));
}

TEST(FileCollector, OverwrittenInTheMiddleItsRestIsLostAndCounted) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 10'000));
  world.pass(seconds(1));
  ASSERT_TRUE(world.discover());
  while (world.take_rows().empty()) {
    world.poll();
  }
  world.files.write("/data/t.csv", table(70'000, 1));
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("70000"));
  EXPECT_EQ(world.rejected("changed_while_reading"), 1);
  EXPECT_THAT(world.take_marks(), ElementsAre("first id", "first id", "last"));
}

TEST(FileCollector, ReplacedInTheMiddleBothVersionsAreReadToTheirEnds) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 10'000));
  world.begin_to_look();
  world.replace("/data/t.csv", table(20'000, 10'000));
  world.look();
  world.look();
  EXPECT_EQ(world.take_rows().size(), 20'000);
  EXPECT_EQ(world.status().versions->read, 2);
}

TEST(FileCollector, GoesOnInTheMiddleAfterARestart) {
  FileWorld world(kCsv, {"id"});
  const std::string text = table(0, 10'000);
  world.files.write("/data/t.csv", text);
  world.begin_to_look();
  world.restart();
  world.replace("/data/t.csv", text);  // the same, under another name
  world.look();
  world.look();
  const std::vector<std::string> rows = world.take_rows();
  ASSERT_EQ(rows.size(), 10'000);
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(rows[static_cast<std::size_t>(i)], std::to_string(i));
  }
  EXPECT_EQ(world.status().records, 10'000);
  EXPECT_EQ(world.status().bytes, text.size() - 3);
  EXPECT_THAT(world.take_marks(), ElementsAre("first id", "last"));
}

TEST(FileCollector, ReplacedWhileTheAgentWasDownItsRestIsLostAndCounted) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 10'000));
  world.begin_to_look();
  world.take_rows();
  world.restart();
  world.replace("/data/t.csv", table(70'000, 1));
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("70000"));
  EXPECT_EQ(world.rejected("replaced_while_reading"), 1);
}

TEST(FileCollector, ARenamedFileIsNotReadAgain) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 2));
  world.look();
  ASSERT_TRUE(world.files.rename("/data/t.csv", "/data/t-1.csv"));
  world.files.write("/data/t.csv", table(5, 1));
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("0", "1", "5"));
}

TEST(FileCollector, ARenamedFileIsReadOnAfterARestart) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 10'000));
  world.begin_to_look();
  world.restart();
  ASSERT_TRUE(world.files.rename("/data/t.csv", "/data/u.csv"));
  world.replace("/data/t.csv", table(20'000, 1));
  world.look();
  world.look();
  EXPECT_EQ(world.take_rows().size(), 10'001);
  EXPECT_EQ(world.rejected("replaced_while_reading"), 0);
}

TEST(FileCollector, AFileThatWasAwayIsStillKnown) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 2));
  world.look();
  world.files.remove_tree("/data");
  world.look();
  EXPECT_EQ(world.status().versions->stalest, kNoTime);
  world.restart();
  world.files.write("/data/t.csv", table(0, 2));
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("0", "1"));
}

TEST(FileCollector, ReadsADirectoryOldestFirst) {
  FileWorld world(kJson, {"a"});
  world.files.write("/data/z.json", R"({"a": 1})");
  world.pass(seconds(1));
  world.files.write("/data/a.json", R"({"a": 2})");
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("1", "2"));
}

TEST(FileCollector, RemembersABoundedNumberOfFiles) {
  FileWorld world(kJson + "max_files = 2", {"a"});
  for (const char* name : {"a", "b", "c"}) {
    world.files.write(std::string("/data/") + name + ".json", R"({"a": ")" + std::string(name) + "\"}");
  }
  world.pass(seconds(1));
  const Expected<void> found = world.discover();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::kLimit);
  world.poll_all();
  EXPECT_THAT(world.take_rows(), ElementsAre("'a'", "'b'"));
  ASSERT_TRUE(world.files.remove("/data/a.json"));
  EXPECT_FALSE(world.discover());  // now it is known to be gone
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("'c'"));
}

TEST(FileCollector, ReadsAFileAtMostOnceAnInterval) {
  FileWorld world(kJson + "interval = '10s'", {"a"});
  for (int i = 0; i < 20; ++i) {
    world.replace("/data/r.json", "{\"a\": " + std::to_string(i) + "}");
    world.look();
  }
  EXPECT_THAT(world.take_rows(), ElementsAre("0", "10"));
}

TEST(FileCollector, ALateWriteWithinTheSameTickIsSeen) {
  FileWorld world(kJson + "settle = '0s'", {"a"});
  world.files.write("/data/r.json", R"({"a": 1})");
  ASSERT_TRUE(world.discover());
  world.poll_all();
  world.files.write("/data/r.json", R"({"a": 2})");  // same size, same time
  world.look();
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("1", "2"));
}

TEST(FileCollector, WhatTheSystemRefusesIsTriedAgain) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 10'000));
  world.files.fail(FileOperation::kOpen, EACCES, "t.csv", 0, 1);
  world.look();
  EXPECT_EQ(world.status().unreadable_files, 1);
  world.files.fail(FileOperation::kRead, EIO, "t.csv", 2, 1);
  world.look();
  world.look();
  world.look();
  EXPECT_EQ(world.take_rows().size(), 10'000);
  EXPECT_EQ(world.status().unreadable_files, 0);
  EXPECT_EQ(world.status().records, 10'000);
}

TEST(FileCollector, OnlyRegularFilesAreRead) {
  FileWorld world("path = ['/data/pipe', '/data/*']\nformat = 'json'", {"a"});
  world.files.make_fifo("/data/pipe");
  world.files.write("/data/x/y.json", "{}");
  world.look();
  EXPECT_THAT(world.take_rows(), IsEmpty());
  EXPECT_EQ(world.status().unreadable_files, 1);
}

TEST(FileCollector, ForeignStateIsRefused) {
  FileWorld world(kCsv, {"id"});
  world.files.write("/data/t.csv", table(0, 2));
  world.look();
  const std::string state = world.save();
  for (std::size_t size = 0; size < state.size(); ++size) {
    StateReader in(std::string_view(state).substr(0, size));
    FileWorld other(kCsv, {"id"});
    EXPECT_FALSE(other.try_load(in)) << size;
  }
}

}  // namespace
}  // namespace leeway
