// The columns of a source's newest file, as a monitor asks for them before anything is read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/collectors/files/file_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(NewestFile, NamesItsColumns) {
  FileWorld world("path = '/data/*.csv'\n", {});
  EXPECT_EQ(world.definition().columns(world.files).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(world.definition().newest_version(world.files), "");
  world.files.write("/data/b.csv", "a,unit price\n1,2\n");
  EXPECT_THAT(world.definition().columns(world.files).value(), ElementsAre("a", "unit price"));
  const std::string before = world.definition().newest_version(world.files);
  world.pass(std::chrono::seconds(5));
  world.files.write("/data/a.csv", "a,new\n");
  EXPECT_THAT(world.definition().columns(world.files).value(), ElementsAre("a", "new"));
  EXPECT_NE(world.definition().newest_version(world.files), before);
}

// The agent does not serve before it knows them.
TEST(NewestFile, OnlyItsBeginningIsRead) {
  FileWorld world("path = '/data/*.csv'\n", {});
  std::string text = "a,b\n";
  for (int row = 0; row < 2'000'000; ++row) {
    text += "1,2\n";
  }
  world.files.write("/data/a.csv", text);
  world.files.set_read_limit(1 << 20);
  EXPECT_THAT(world.definition().columns(world.files).value(), ElementsAre("a", "b"));
  EXPECT_LE(world.files.calls(FileOperation::kRead), 4U);
}

TEST(NewestFile, SaysWhyItHasNone) {
  FileWorld lines("path = '/data/x.jsonl'\nformat = 'json'\n", {});
  lines.files.write("/data/x.jsonl", "{\"a\": 1}\n");
  const Error error = lines.definition().columns(lines.files).error();
  EXPECT_EQ(error.code, ErrorCode::kConfiguration);
  EXPECT_THAT(error.message, HasSubstr("does not name columns"));
  FileWorld table("path = '/data/x.csv'\n", {});
  table.files.write("/data/x.csv", "");
  EXPECT_EQ(table.definition().columns(table.files).error().code, ErrorCode::kIo);
}

}  // namespace
}  // namespace leeway
