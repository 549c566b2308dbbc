#include "agent/sampling/sample_files.h"

#include "tests/agent/sampling/checked_sample.h"

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string lines(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) {
    text += "{\"n\": " + std::to_string(i) + "}\n";
  }
  return text;
}

class SampleFilesTest : public testing::Test {
 protected:
  std::string sample_of(const SampleSize& size) {
    SampleFiles sample(files_);
    EXPECT_TRUE(sample.add_log("/log/a.log", size));
    return std::string(sample.text_of("/log/a.log"));
  }

  MemoryFileSystem files_;
};

TEST_F(SampleFilesTest, AreTheFirstAndTheLastLines) {
  files_.append("/log/a.log", lines(1, 10));
  EXPECT_EQ(lines(1, 2) + lines(9, 10), sample_of({2, 1 << 20}));
  EXPECT_EQ(lines(1, 10), sample_of({5, 1 << 20}));
  EXPECT_EQ(lines(1, 10), sample_of({7, 1 << 20}));
}

TEST_F(SampleFilesTest, EndWithAnUnfinishedLine) {
  files_.append("/log/a.log", lines(1, 10) + "{\"n\"");
  EXPECT_EQ(lines(1, 2) + lines(10, 10) + "{\"n\"", sample_of({2, 1 << 20}));
}

TEST_F(SampleFilesTest, AreWholeLinesWithinALimitOfBytes) {
  files_.append("/log/a.log", lines(1, 9));  // of 9 bytes each
  EXPECT_EQ(lines(1, 2) + lines(8, 9), sample_of({100, 20}));
}

TEST_F(SampleFilesTest, HoldManyChunks) {
  files_.append("/log/a.log", lines(1, 100'000));
  EXPECT_EQ(lines(1, 40'000) + lines(60'001, 100'000), sample_of({40'000, 4 << 20}));
}

TEST_F(SampleFilesTest, ShowNoOtherFileOfTheDirectory) {
  files_.append("/log/a.log", lines(1, 10));
  files_.append("/log/a.log.1", lines(1, 10));
  SampleFiles sample(files_);
  ASSERT_TRUE(sample.add_log("/log/a.log", {2, 100}));
  EXPECT_FALSE(sample.stat("/log/a.log"));
  sample.reveal();
  EXPECT_EQ(37U, sample.stat("/log/a.log")->size);
  EXPECT_FALSE(sample.stat("/log/a.log.1"));
  ASSERT_EQ(1U, sample.list("/log")->size());
  EXPECT_FALSE(sample.open("/log/a.log", OpenMode::kReadWriteCreate));
}

// Through the collectors and the pipeline.
TEST(SampleTest, IsOfTheNewestFileOnly) {
  CheckedSample checked;
  checked.files.append("/log/app-1.log", lines(1, 5));
  checked.files.append("/log/app-2.log", lines(1, 7));
  checked.limits.log.lines = 3;
  const std::string config = "[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/log/*.log\"\nformat = \"json\"\n";
  const std::string metric = "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\nwhen = \"n > 0\"\n";
  EXPECT_THAT(checked.check(config + metric), IsEmpty());
  EXPECT_THAT(checked.records, ElementsAre(6));
}

TEST(SampleTest, IsOfTheNewestFileOfAllDirectories) {
  CheckedSample checked;
  checked.files.append("/pods/a/0.log", lines(1, 5));
  checked.files.append("/pods/b/0.log", lines(1, 7));
  checked.files.append("/pods/c/0.log", "");
  EXPECT_THAT(checked.check("[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/pods/**/*.log\"\n"
                            "format = \"json\"\n[[metric]]\nname = \"x_total\"\ntype = \"counter\"\n"),
              IsEmpty());
  EXPECT_THAT(checked.records, ElementsAre(7));
}

TEST(SampleTest, IsOfTheFileThatALinkLeadsTo) {
  CheckedSample checked;
  checked.files.append("/pods/a/0.log", lines(6, 12));
  checked.files.append("/pods/a/0.log.20261130-160000", lines(1, 5));
  checked.files.make_symlink("/pods/a/0.log", "/containers/a.log");
  EXPECT_THAT(checked.check("[[source]]\nname = \"app\"\ntype = \"log\"\npath = \"/containers/*.log\"\n"
                            "format = \"json\"\n[[metric]]\nname = \"x_total\"\ntype = \"counter\"\n"),
              IsEmpty());
  EXPECT_THAT(checked.records, ElementsAre(7));
}

TEST(SampleTest, IsReadFromTheBeginningWhereOnlyNewLinesCount) {
  CheckedSample checked;
  checked.log(lines(1, 5));
  EXPECT_THAT(checked.check(CheckedSample::log_source("start = \"end\"\n") +
                            "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\nwhen = \"n > 0\"\n"),
              IsEmpty());
  EXPECT_THAT(checked.records, ElementsAre(5));
}

TEST(SampleTest, IsOfTheFirstRowsOfAFile) {
  CheckedSample checked;
  std::string text = "n\n";
  for (int i = 0; i < 200'000; ++i) {
    text += "12345\n";
  }
  checked.files.append("/data/t.csv", text);
  checked.limits.file_bytes = 100'000;
  EXPECT_THAT(checked.check("[[source]]\nname = \"t\"\ntype = \"file\"\npath = \"/data/t.csv\"\n"
                            "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\nwhen = \"n > 0\"\n"),
              IsEmpty());
  EXPECT_GT(checked.records.at(0), 10'000U);
  EXPECT_LT(checked.records.at(0), 150'000U);
}

TEST(SampleTest, DoesNotReadAStream) {
  CheckedSample checked;
  EXPECT_THAT(checked.check("[[source]]\nname = \"s\"\ntype = \"log\"\npath = \"-\"\nformat = \"json\"\n"
                            "[[metric]]\nname = \"x_total\"\ntype = \"counter\"\n"),
              IsEmpty());
}

}  // namespace
}  // namespace leeway
