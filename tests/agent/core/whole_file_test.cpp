// Files read and replaced as a whole.
#include "agent/core/whole_file.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

TEST(WholeFile, IsReadOverShortReadsUpToItsLimit) {
  MemoryFileSystem files;
  files.write("/a", "twelve bytes");
  files.set_read_limit(5);
  EXPECT_EQ(read_whole_file(files, "/a", 12).value(), "twelve bytes");
  EXPECT_EQ(read_whole_file(files, "/a", 11).error().code, ErrorCode::kLimit);
  EXPECT_EQ(read_whole_file(files, "/b", 12).error().code, ErrorCode::kNotFound);
  files.fail(FileOperation::kRead, EIO);
  EXPECT_EQ(read_whole_file(files, "/a", 12).error().code, ErrorCode::kIo);
}

TEST(WholeFile, EndsWhereItBecameShorter) {
  MemoryFileSystem files;
  files.write("/a", "short");
  const std::unique_ptr<File> file = files.open("/a", OpenMode::kRead).value();
  std::string text = "longer than what is read";
  ASSERT_TRUE(read_beginning(*file, 100, text));
  EXPECT_EQ(text, "short");
  ASSERT_TRUE(read_beginning(*file, 2, text));
  EXPECT_EQ(text, "sh");
}

TEST(WholeFile, ARangeEndsWithTheFile) {
  MemoryFileSystem files;
  files.write("/a", "twelve bytes");
  files.set_read_limit(5);
  const std::unique_ptr<File> file = files.open("/a", OpenMode::kRead).value();
  EXPECT_EQ(read_range(*file, 0, 6).value(), "twelve");
  EXPECT_EQ(read_range(*file, 7, 100).value(), "bytes");
  EXPECT_EQ(read_range(*file, 12, 1).value(), "");
  files.fail(FileOperation::kRead, EIO);
  EXPECT_EQ(read_range(*file, 0, 6).error().code, ErrorCode::kIo);
}

TEST(WholeFile, IsTheOldOneWhereItCannotBeReplaced) {
  MemoryFileSystem files;
  ASSERT_TRUE(write_whole_file(files, "/a", "old"));
  files.fail(FileOperation::kWrite, ENOSPC);
  EXPECT_FALSE(write_whole_file(files, "/a", "new"));
  EXPECT_EQ(files.content("/a"), "old");
  files.clear_faults();
  ASSERT_TRUE(write_whole_file(files, "/a", "new"));
  EXPECT_EQ(files.content("/a"), "new");
  EXPECT_FALSE(files.exists("/a.new"));
}

}  // namespace
}  // namespace leeway
