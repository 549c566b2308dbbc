// Logs whose lines are rows of a table: the header of each file, also after a restart in the middle of one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/config/toml_reader.h"
#include "collectors/builtin.h"
#include "collectors/decode/field_path.h"
#include "collectors/tail/log_source.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kTable = "/log/app.csv";

std::string text_of(const Value& value) {
  switch (value.kind) {
    case ValueKind::kString:
      return std::string(value.string());
    case ValueKind::kInt:
      return "#" + std::to_string(value.integer);
    case ValueKind::kMissing:
      return "-";
    default:
      return value.kind == ValueKind::kNull ? "null" : "another kind";
  }
}

// The agent that reads it, with the fields `level` and `ms`.
class LogTableTest : public testing::Test {
 protected:
  void start(const std::string& keys = "") {
    collector_.reset();
    Diagnostics diagnostics;
    const ConfigTable table = parse_toml("path = '/log/app.csv'\n" + keys, "test.toml", diagnostics);
    TableReader reader(table, {}, "[[source]]", diagnostics);
    CollectorContext context{reader, std::nullopt, builtin_formats()};
    definition_ = build_log_source(context);
    reader.report_unused_keys();
    errors_ = diagnostics.to_string();
    if (definition_ != nullptr) {
      schema_ = Schema();
      for (const char* const field : {"level", "ms"}) {
        schema_.intern(parse_field_path(field).value());
      }
      collector_ = definition_->open(schema_, files_);
    }
  }
  void restart(const std::string& keys = "") {
    StateWriter out;
    collector_->save(out);
    start(keys);
    StateReader in(out.bytes());
    ASSERT_TRUE(collector_->load(in));
  }
  std::vector<std::string> read() {
    std::vector<std::string> records;
    for (int round = 0; round < 5; ++round) {  // longer than the wait for a rotated file
      now_ += std::chrono::minutes(1);
      collector_->set_monotonic_time(MonotonicTime(now_));
      EXPECT_TRUE(collector_->discover());
      for (PollState state = PollState::kMore; state == PollState::kMore;) {
        state = collector_->poll({}, batch_).value();
        for (Row row = 0; row < batch_.rows(); ++row) {
          records.push_back(text_of(batch_.cell(0, row)) + " " + text_of(batch_.cell(1, row)));
        }
      }
    }
    return records;
  }
  ReasonCounts rejects() const {
    SourceStatus status;
    collector_->report(status);
    ReasonCounts counts;
    for (const auto& [reason, count] : status.rejects) {
      if (count > 0) {
        counts[reason] = count;
      }
    }
    return counts;
  }

  MemoryFileSystem files_;
  Schema schema_;
  std::unique_ptr<SourceDefinition> definition_;
  std::unique_ptr<Collector> collector_;
  RecordBatch batch_;
  Duration now_{};
  std::string errors_;
};

TEST_F(LogTableTest, TheFirstLineNamesTheColumns) {
  files_.append(
      kTable,
      "at,level,\"ms\"\r\n1,info,5\r\n2,\"a, \"\"b\"\"\",\"5\"\n\n3,,7\n4,warn\n5,\"open\n6,\"x\"y,1\n7,a,b,c\n");
  start();
  EXPECT_THAT(read(), ElementsAre("info #5", "a, \"b\" 5", "null #7"));
  EXPECT_EQ(rejects(), (ReasonCounts{{"bad_quote", 1}, {"ragged", 2}, {"unclosed_quote", 1}}));
}

TEST_F(LogTableTest, ItIsKnownAfterARestart) {
  files_.append(kTable, "\xEF\xBB\xBFms\tlevel\n1\ta\n");
  start("format = 'tsv'");
  EXPECT_THAT(read(), ElementsAre("a #1"));
  restart("format = 'tsv'");
  files_.append(kTable, "2\tb\n");
  EXPECT_THAT(read(), ElementsAre("b #2"));
  EXPECT_THAT(rejects(), IsEmpty());
}

TEST_F(LogTableTest, ItMayBeInUtf16) {
  std::string bytes = "\xFF\xFE";
  for (const char c : std::string("level,ms\na,1\n")) {
    bytes += {c, '\0'};
  }
  files_.append(kTable, bytes);
  start();
  EXPECT_THAT(read(), ElementsAre("a #1"));
  restart();
  files_.append(kTable, std::string("b\0,\0002\0\n\0", 8));
  EXPECT_THAT(read(), ElementsAre("b #2"));
  EXPECT_THAT(rejects(), IsEmpty());
}

TEST_F(LogTableTest, EachFileHasItsOwn) {
  files_.append(kTable, "level,ms\na,1\n");
  start();
  EXPECT_THAT(read(), ElementsAre("a #1"));
  files_.append(kTable, "b,2\n");
  ASSERT_TRUE(files_.rename(kTable, "/log/app.csv.1"));
  files_.append(kTable, "ms,other,level\n3,x,c\n");
  EXPECT_THAT(read(), ElementsAre("b #2", "c #3"));
  restart();
  files_.append(kTable, "4,x,d\n");
  EXPECT_THAT(read(), ElementsAre("d #4"));
  EXPECT_THAT(rejects(), IsEmpty());
}

TEST_F(LogTableTest, AHeaderThatIsStillWrittenIsWaitedFor) {
  files_.append(kTable, "lev");
  start();
  EXPECT_THAT(read(), IsEmpty());
  files_.append(kTable, "el,ms\na");
  EXPECT_THAT(read(), IsEmpty());
  files_.append(kTable, ",1\n");
  EXPECT_THAT(read(), ElementsAre("a #1"));
  EXPECT_THAT(rejects(), IsEmpty());
}

TEST_F(LogTableTest, WithStartAtTheEndTheHeaderIsStillRead) {
  files_.append(kTable, "ms,level\n1,a\n");
  start("start = 'end'");
  EXPECT_THAT(read(), IsEmpty());
  files_.append(kTable, "2,b\n");
  EXPECT_THAT(read(), ElementsAre("b #2"));
}

// What a copytruncate leaves: the writer goes on without a header.
TEST_F(LogTableTest, NothingIsGuessedWithoutOne) {
  files_.append(kTable, "level,ms\na,1\n");
  start();
  EXPECT_THAT(read(), ElementsAre("a #1"));
  files_.append("/log/app.csv.1", "level,ms\na,1\n");
  files_.truncate(kTable, 0);
  files_.append(kTable, "b,2\nc,3\n");
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(rejects(), (ReasonCounts{{"no_header", 2}}));
  restart("columns = ['level', 'ms']");
  files_.append(kTable, "d,4\n");
  EXPECT_THAT(read(), ElementsAre("d #4"));
}

TEST_F(LogTableTest, AFileThatBeginsWithZerosOrALineTooLongHasNone) {
  files_.append(kTable, std::string(100, '\0') + "level,ms\na,1\n");
  start();
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(rejects(), (ReasonCounts{{"no_header", 2}}));
  ASSERT_TRUE(files_.remove(kTable));
  files_.append(kTable, "level,ms," + std::string(200, 'x') + "\na,1,2\n");
  start("max_line = '100B'");
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(rejects(), (ReasonCounts{{"no_header", 1}, {"too_long", 1}}));
}

// A program that appends to its file writes the header at each start.
TEST_F(LogTableTest, ALineThatRepeatsTheNamesIsNoRecord) {
  files_.append(kTable, "level,ms\na,1\nlevel,ms\nlevel,2\n");
  start();
  EXPECT_THAT(read(), ElementsAre("a #1", "level #2"));
  start("columns = ['level', 'ms']");
  EXPECT_THAT(read(), ElementsAre("a #1", "level #2"));
  EXPECT_THAT(rejects(), IsEmpty());
}

TEST_F(LogTableTest, TwoColumnsOfOneNameAreAnError) {
  files_.append(kTable, "level,ms,level\na,1,b\n");
  start();
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_EQ(rejects(), (ReasonCounts{{"duplicate_column", 2}}));
  start("columns = ['level', 'ms', 'ms']");
  EXPECT_THAT(errors_,
              HasSubstr("test.toml:2:11: error: [[source]]: two columns are named 'ms', number 2 and number 3"));
}

TEST_F(LogTableTest, WordsForNothingAndNumbersInQuotes) {
  files_.append(kTable, "\"level\",\"ms\"\n\"NA\",\"5\"\nNA,-\n");
  start();
  EXPECT_THAT(read(), ElementsAre("NA 5", "null -"));
  start("quoted_numbers = true\nnull_values = ['-']");
  EXPECT_THAT(read(), ElementsAre("NA #5", "NA null"));
}

TEST_F(LogTableTest, ItsKeysAreThoseOfTables) {
  files_.append(kTable, "level;ms\na;1,234\n");
  start("delimiter = ';'\nthousands = ','");
  EXPECT_THAT(read(), ElementsAre("a #1234"));
  start("container = 'docker'");
  EXPECT_THAT(errors_, HasSubstr("expected 'columns', the names of the columns"));
  start("container = 'docker'\ncolumns = ['level', 'ms']");
  EXPECT_EQ(errors_, "");
  start("unpivot = '(?P<a>.*)'");
  EXPECT_THAT(errors_, HasSubstr("unknown key 'unpivot'"));
  files_.write(kTable, "plain\nlevel,ms\n");
  start("format = [{ format = 'regex', pattern = '^(?P<level>plain)$' }, 'csv']");
  EXPECT_THAT(read(), ElementsAre("plain -"));
}

}  // namespace
}  // namespace leeway
