#include "agent/init/log_sample.h"

#include <gmock/gmock.h>

#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

TEST(LogSample, ASmallFileIsTakenAsAWhole) {
  MemoryFileSystem files;
  files.write("/app.log", "one\ntwo\nthree\n");
  const Expected<LogSample> sample = take_log_sample(files, "/app.log");
  ASSERT_TRUE(sample);
  EXPECT_EQ("one\ntwo\nthree\n", sample->text);
}

TEST(LogSample, ALineThatIsBeingWrittenIsNone) {
  MemoryFileSystem files;
  files.write("/app.log", "one\ntwo\nthr");
  EXPECT_EQ("one\ntwo\n", take_log_sample(files, "/app.log")->text);
  files.write("/one.log", "all there is");
  EXPECT_EQ("all there is", take_log_sample(files, "/one.log")->text);
}

TEST(LogSample, OfALargeFileTheFirstMiddleAndLastLinesAreTaken) {
  MemoryFileSystem files;
  std::string text;
  for (int i = 0; i < 300'000; ++i) {
    text += "line " + std::to_string(i) + " of a log\n";
  }
  files.write("/app.log", text);
  const Expected<LogSample> sample = take_log_sample(files, "/app.log", 100);
  ASSERT_TRUE(sample);
  const std::vector<std::string_view> lines = lines_of(sample->text);
  ASSERT_EQ(300U, lines.size());
  EXPECT_EQ("line 0 of a log", lines.front());
  EXPECT_EQ("line 99 of a log", lines[99]);
  EXPECT_EQ("line 299999 of a log", lines.back());
  const int middle = std::stoi(std::string(lines[150].substr(5)));
  EXPECT_THAT(middle, testing::AllOf(testing::Gt(100'000), testing::Lt(200'000)));
  for (const std::string_view line : lines) {
    EXPECT_TRUE(line.starts_with("line ") && line.ends_with(" of a log")) << line;
  }
}

TEST(LogSample, AnAbsentFileIsAnError) {
  MemoryFileSystem files;
  EXPECT_FALSE(take_log_sample(files, "/app.log"));
}

}  // namespace
}  // namespace leeway
