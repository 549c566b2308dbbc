// Versions of Parquet files: whole ones only, each row once, also across restarts; and what is rejected.
#include <arrow/builder.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/collectors/files/file_fixture.h"
#include "tests/collectors/parquet/table_file.h"

namespace leeway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

constexpr const char* kPath = "/data/t.parquet";

class ParquetVersions : public ::testing::Test {
 protected:
  static std::string keys(const std::string& more = "") { return "path = '/data/*'\nformat = 'parquet'\n" + more; }
  // The reason why the only version was rejected; nothing of it was read.
  static std::string refusal(const std::string& file, const std::string& more = "") {
    FileWorld world(keys(more), {"n"});
    world.files.write(kPath, file);
    world.look();
    EXPECT_THAT(world.take_rows(), IsEmpty());
    const SourceStatus status = world.status();
    return status.versions->rejects.size() == 1 ? status.versions->rejects.begin()->first : "none";
  }
};

TEST_F(ParquetVersions, ColumnsAndBothEndsAreTold) {
  FileWorld world(keys(), {"n"});
  world.files.write(kPath, table_file({{"n", row_numbers(3)}, {"other", row_numbers(3)}}));
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("0", "1", "2"));
  EXPECT_THAT(world.take_marks(), ElementsAre("first n other", "last"));
  EXPECT_EQ(world.status().versions->read, 1);
  EXPECT_EQ(world.status().bytes, world.files.content(kPath).size());
}

TEST_F(ParquetVersions, TheSameContentIsNoNewVersion) {
  FileWorld world(keys(), {"n"});
  world.files.write(kPath, table_file({{"n", row_numbers(3)}}));
  world.look();
  world.replace(kPath, world.files.content(kPath));
  world.look();
  EXPECT_THAT(world.take_rows(), SizeIs(3));
  EXPECT_EQ(world.status().versions->unchanged, 1);
  world.replace(kPath, table_file({{"m", row_numbers(2)}, {"n", row_numbers(2)}}));
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("0", "1"));
  EXPECT_EQ(world.status().anomalies["header_changed"], 1);
}

TEST_F(ParquetVersions, AFileWithoutRowsIsAVersion) {
  FileWorld world(keys(), {"n"});
  world.files.write(kPath, table_file({{"n", row_numbers(0)}}));
  world.look();
  EXPECT_EQ(world.status().versions->read, 1);
}

TEST_F(ParquetVersions, HalfAFileIsNeverReadAsWhole) {
  const std::string file = table_file({{"n", row_numbers(1000)}});
  for (const std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{11}, std::size_t{12},
                                 file.size() / 2, file.size() - 4, file.size() - 1}) {
    EXPECT_EQ(refusal(file.substr(0, size)), "truncated") << size;
  }
  EXPECT_EQ(refusal(""), "empty");
  FileWorld world(keys(), {"n"});
  world.files.write(kPath, file.substr(0, 1000));
  world.look();
  world.files.write(kPath, file);
  world.look();
  EXPECT_THAT(world.take_rows(), SizeIs(1000));
}

TEST_F(ParquetVersions, WhatIsNotParquetIsRefused) {
  EXPECT_EQ(refusal("a,b\n1,2\n3,4\n5,6\n"), "syntax");
  EXPECT_EQ(refusal("PARE............PARE"), "unsupported");
  EXPECT_EQ(refusal(std::string("PAR1") + std::string(20, '\0') + "PAR1"), "footer");
}

TEST_F(ParquetVersions, TwoColumnsOfOneNameAreAnError) {
  EXPECT_EQ(refusal(table_file({{"n", row_numbers(3)}, {"m", row_numbers(3)}, {"n", row_numbers(3)}})),
            "duplicate_column");
}

TEST_F(ParquetVersions, LimitsHoldBeforeAnythingIsRead) {
  const std::string file = table_file({{"n", row_numbers(10'000)}}, {.group_rows = 100});
  EXPECT_EQ(refusal(file, "max_size = 100\n"), "too_large");
  EXPECT_EQ(refusal(file, "max_records = 9999\n"), "too_many_records");
  EXPECT_EQ(refusal(file, "max_memory = '1KiB'\n"), "too_much_memory");
  arrow::Int64Builder zeros;
  ASSERT_TRUE(zeros.AppendValues(std::vector<std::int64_t>(1'000'000, 0)).ok());
  const std::string flat =
      table_file({{"n", zeros.Finish().ValueOrDie()}}, {.codec = parquet::Compression::ZSTD, .dictionary = false});
  EXPECT_EQ(refusal(flat, "max_memory = '4MiB'\n"), "too_compressed");
  FileWorld world(keys("max_memory = '4MiB'\nmax_ratio = 100000\n"), {"n"});
  world.files.write(kPath, flat);
  world.look();
  EXPECT_THAT(world.take_rows(), SizeIs(1'000'000));
}

TEST_F(ParquetVersions, ABrokenPageEndsAVersion) {
  std::string file =
      table_file({{"n", row_numbers(200'000)}}, {.group_rows = 50'000, .dictionary = false, .checksums = true});
  file[file.size() / 2] = static_cast<char>(~file[file.size() / 2]);
  FileWorld world(keys(), {"n"});
  world.files.write(kPath, file);
  world.look();
  EXPECT_EQ(world.rejected("syntax"), 1);
  EXPECT_THAT(world.take_rows().size(), AllOf(Ge(1), Le(100'000)));
  EXPECT_EQ(world.status().versions->read, 0);
  world.replace(kPath, table_file({{"n", row_numbers(3)}}));
  world.look();
  EXPECT_THAT(world.take_rows(), SizeIs(3));
}

TEST_F(ParquetVersions, GoesOnAtTheRowAfterARestart) {
  constexpr int kRows = 30'000;
  const std::string file = table_file({{"n", row_numbers(kRows)}}, {.group_rows = 7000});
  for (const int steps : {1, 2, 3, 5, 8, 13, 21, 34}) {
    FileWorld world(keys(), {"n"});
    world.files.write(kPath, file);
    world.pass(std::chrono::seconds(1));
    ASSERT_TRUE(world.discover());
    for (int step = 0; step < steps;) {
      step += world.poll(32 << 10) == PollState::kWaiting ? 0 : 1;
    }
    world.restart();
    world.look();
    const std::vector<std::string> rows = world.take_rows();
    ASSERT_THAT(rows, SizeIs(kRows)) << steps;
    for (int row = 0; row < kRows; ++row) {
      ASSERT_EQ(rows[static_cast<std::size_t>(row)], std::to_string(row));
    }
  }
}

TEST_F(ParquetVersions, AFileThatChangesMeanwhileIsTakenUpAnew) {
  FileWorld world(keys(), {"n"});
  world.files.write(kPath, table_file({{"n", row_numbers(200'000)}}));
  world.pass(std::chrono::seconds(1));
  ASSERT_TRUE(world.discover());
  std::size_t read = 0;
  while (read == 0) {
    world.poll();
    read = world.take_rows().size();
  }
  world.files.write(kPath, table_file({{"n", row_numbers(5)}}));
  world.poll_all();
  EXPECT_EQ(world.rejected("changed_while_reading"), 1);
  world.look();
  EXPECT_THAT(world.take_rows(), SizeIs(5));
}

TEST_F(ParquetVersions, AFileThatCannotBeReadIsTriedAgain) {
  FileWorld world(keys(), {"n"});
  world.files.write(kPath, table_file({{"n", row_numbers(200'000)}}));
  world.files.fail(FileOperation::kRead, EIO, "t.parquet", 6, 1);
  world.look();
  EXPECT_EQ(world.status().unreadable_files, 1);
  world.look();
  EXPECT_THAT(world.take_rows(), SizeIs(200'000));
  EXPECT_THAT(world.status().versions->rejects, IsEmpty());
}

// A text that is repeated in every row takes no space in the file, and must take little memory in a batch.
TEST_F(ParquetVersions, LargeTextsComeInSmallBatches) {
  arrow::StringBuilder builder;
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(builder.Append(std::string(30'000, 'x')).ok());
  }
  FileWorld world(keys(), {"n"});
  world.files.write(kPath, table_file({{"n", builder.Finish().ValueOrDie()}}));
  world.pass(std::chrono::seconds(1));
  ASSERT_TRUE(world.discover());
  std::size_t rows = 0;
  for (PollState state = PollState::kMore; state != PollState::kIdle;) {
    state = world.poll(1 << 20);
    const std::size_t now = world.take_rows().size();
    EXPECT_THAT(now, Le(36));
    rows += now;
  }
  EXPECT_EQ(rows, 2000);
}

TEST_F(ParquetVersions, AWideTableComesInSmallBatches) {
  std::vector<TableColumn> table;
  std::vector<std::string> fields;
  for (int i = 0; i < 300; ++i) {
    fields.push_back("c" + std::to_string(i));
    table.push_back({fields.back(), row_numbers(1000)});
  }
  FileWorld world(keys(), fields);
  world.files.write(kPath, table_file(table));
  world.look();
  const std::vector<std::string> rows = world.take_rows();
  ASSERT_THAT(rows, SizeIs(1000));
  EXPECT_TRUE(rows[999].starts_with("999 999 "));
}

}  // namespace
}  // namespace leeway
