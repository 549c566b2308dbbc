// Rows one after the other: CSV, TSV, JSON Lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/core/rfc3339.h"
#include "tests/collectors/files/file_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Outcome {
  std::vector<std::string> rows;
  SourceStatus status;
};

Outcome read_table(const std::string& format, const std::vector<std::string>& fields, std::string_view content,
                   std::size_t budget = Budget{}.bytes) {
  FileWorld world("path = '/t'\n" + format, fields);
  world.files.write("/t", content);
  world.look(budget);
  world.look(budget);
  return {world.take_rows(), world.status()};
}

TEST(Csv, CellsAreNumbersTextsOrNull) {
  EXPECT_THAT(
      read_table("format = 'csv'", {"a", "b"}, "a,b\n1,x\n-2.5,\"3\"\n,\"\"\n007,+1\n1e3,True\n nan,Nan\n").rows,
      ElementsAre("1 'x'", "-2.5 '3'", "null ''", "'007' '+1'", "1000. 'True'", "' nan' 'Nan'"));
}

TEST(Csv, WordsForNothingAreNull) {
  const std::string table = "a,b\nNA,N/A\nNULL,null\nNone,nan\nNaN,1\n\"NA\",na\n-999,nano\n";
  EXPECT_THAT(read_table("format = 'csv'", {"a", "b"}, table).rows,
              ElementsAre("null null", "null null", "null null", "null 1", "'NA' 'na'", "-999 'nano'"));
  EXPECT_THAT(
      read_table("format = 'csv'\nnull_values = ['-999', 'na']", {"a", "b"}, table + ",\n").rows,
      ElementsAre("'NA' 'N/A'", "'NULL' 'null'", "'None' 'nan'", "'NaN' 1", "'NA' null", "null 'nano'", "null null"));
  EXPECT_THAT(read_table("format = 'tsv'\nnull_values = []\ntime = 'b'", {"a"}, "a\tb\nNA\tNA\n").rows,
              ElementsAre("'NA'"));
  EXPECT_THAT(read_table("format = 'regex'\npattern = '(?P<a>.*)'", {"a"}, "NA\n").rows, ElementsAre("'NA'"));
}

// Blank lines are no rows; of one column, each may have been meant as null.
TEST(Csv, BlankLinesOfOneColumnAreCounted) {
  const Outcome one = read_table("format = 'csv'", {"a"}, "a\n1\n\n\"\"\n\n2\n");
  EXPECT_THAT(one.rows, ElementsAre("1", "''", "2"));
  EXPECT_EQ(one.status.anomalies, (ReasonCounts{{"blank_line", 2}}));
  const Outcome two = read_table("format = 'csv'", {"a", "b"}, "a,b\n1,2\n\n3,4\n");
  EXPECT_THAT(two.rows, ElementsAre("1 2", "3 4"));
  EXPECT_EQ(two.status.anomalies, ReasonCounts{});
}

TEST(Csv, ATimeThatIsNullIsMissing) {
  const Outcome outcome = read_table("format = 'csv'\ntime = 'b'", {"a"}, "a,b\n1,NULL\n2,x\n3,\n");
  EXPECT_EQ(outcome.status.anomalies, (ReasonCounts{{"time_missing", 2}, {"time_invalid", 1}}));
}

// A writer that puts everything in quotes does not tell numbers from texts by them; one that does not, does.
TEST(Csv, NumbersInQuotesThroughoutAreNumbers) {
  const std::string all = "\"a\",\"b\"\n\"1\",\"x\"\n\"2.5\",\"\"\n\"007\",\"NA\"\n";
  EXPECT_THAT(read_table("format = 'csv'", {"a", "b"}, all).rows, ElementsAre("1 'x'", "2.5 null", "'007' null"));
  // Whatever is asked of the file, and if its names are in the configuration or its nulls without quotes.
  EXPECT_THAT(read_table("format = 'csv'", {"b", "a"}, all, 20).rows, ElementsAre("'x' 1", "null 2.5", "null '007'"));
  EXPECT_THAT(read_table("format = 'csv'\ncolumns = ['a', 'b']", {"a", "b"}, "\"1\",\"2\"\n,\"3\"").rows,
              ElementsAre("1 2", "null 3"));
  const std::string some = "\"a\",\"b\"\n\"1\",\"2\"\n\"3\",4\n";
  EXPECT_THAT(read_table("format = 'csv'", {"a", "b"}, some).rows, ElementsAre("'1' '2'", "'3' 4"));
  EXPECT_THAT(read_table("format = 'csv'\nquoted_numbers = true", {"a", "b"}, some).rows, ElementsAre("1 2", "3 4"));
  EXPECT_THAT(read_table("format = 'csv'\nquoted_numbers = false", {"a", "b"}, all).rows,
              ElementsAre("'1' 'x'", "'2.5' ''", "'007' 'NA'"));
}

TEST(Csv, TwoColumnsOfOneNameAreAnError) {
  const Outcome outcome = read_table("format = 'csv'", {"a"}, "x,a,b,a\n1,2,3,4\n");
  EXPECT_THAT(outcome.rows, IsEmpty());
  EXPECT_THAT(outcome.status.versions->rejects, ElementsAre(::testing::Pair("duplicate_column", 1)));
  EXPECT_EQ(outcome.status.files.front().error,
            "'/t' cannot be read (duplicate_column): in its first row, two columns are named 'a', number 2 and number "
            "4; expected a name of its own for each");
  // Of columns without a name there may be several: spreadsheets end a row with commas.
  EXPECT_THAT(read_table("format = 'csv'", {"a"}, "x,,,a\n1,2,3,4\n").rows, ElementsAre("4"));
}

TEST(Csv, QuotesHoldDelimitersNewlinesAndQuotes) {
  EXPECT_THAT(
      read_table("format = 'csv'", {"a", "b"}, "a,b\r\n\"x,\"\"y\"\"\r\nz\",1\r\nit's 5\" long,\"\"\"\"\r\n").rows,
      ElementsAre("'x,\"y\"\r\nz' 1", "'it's 5\" long' '\"'"));
}

TEST(Tables, AFileWithoutContentIsEmptyAndOneWithAHeaderIsATableWithoutRows) {
  for (const std::string format :
       {"format = 'csv'", "format = 'csv'\ncolumns = ['a']", "format = 'tsv'", "format = 'jsonl'"}) {
    for (const std::string_view content : {"", "\n\r\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"}) {
      const Outcome outcome = read_table(format, {"a"}, content);
      EXPECT_THAT(outcome.rows, IsEmpty());
      EXPECT_EQ(outcome.status.versions->read, 0) << format;
      EXPECT_THAT(outcome.status.versions->rejects, ElementsAre(::testing::Pair("empty", 1))) << format;
    }
  }
  // A list of errors may have none.
  const Outcome text = read_table("format = 'regex'\npattern = '(?P<a>.*)'", {"a"}, "");
  EXPECT_EQ(text.status.versions->read, 1);
  EXPECT_THAT(text.status.versions->rejects, IsEmpty());
  const Outcome header = read_table("format = 'csv'", {"a"}, "a,b\n");
  EXPECT_EQ(header.status.versions->read, 1);
  EXPECT_THAT(header.status.versions->rejects, IsEmpty());
}

TEST(Csv, ColumnsAreFoundByNameWhateverTheirOrder) {
  EXPECT_THAT(read_table("format = 'csv'", {"b", "[\"unit price\"]", "config.id", "none"},
                         "\xEF\xBB\xBFunit price,x,config.id,b\n1,2,3,4\n\n5,6,7,8")
                  .rows,
              ElementsAre("4 1 3 -", "8 5 7 -"));
}

TEST(Csv, WithoutAHeaderTheConfigurationNamesTheColumns) {
  EXPECT_THAT(read_table("format = 'tsv'\ncolumns = ['a', 'b']", {"b"}, "1\tx y\n2\tz\n").rows,
              ElementsAre("'x y'", "'z'"));
}

TEST(Csv, ColumnsThatMatchBecomeRecordsOfTheirOwn) {
  const std::string keys = "format = 'csv'\nunpivot = '^(?P<figure>.+)_(?P<kind>value|alert)$'";
  const std::string table = ",chunk,x_value,x_alert,note_here,y_value\n0,a,0.5,True,n,\n1,b,1e3,False,n,\"2\"\n";
  EXPECT_THAT(read_table(keys, {"chunk", "figure", "kind", "value", "x_value"}, table).rows,
              ElementsAre("'a' 'x' 'value' 0.5 0.5", "'a' 'x' 'alert' 'True' 0.5", "'a' 'y' 'value' null 0.5",
                          "'b' 'x' 'value' 1000. 1000.", "'b' 'x' 'alert' 'False' 1000.", "'b' 'y' 'value' '2' 1000."));
  EXPECT_THAT(read_table(keys, {"chunk", "value"}, "chunk,other\na,1\n").rows, IsEmpty());
}

// Rows stay whole when batches are full: nothing is read twice or left out.
TEST(Csv, AsManyRecordsAsColumnsMatchInEachRow) {
  constexpr int kColumns = 1000;  // four rows per batch, and no fifth
  constexpr int kRows = 30;
  std::string table;
  for (int row = -1; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      table +=
          (column == 0 ? "" : ",") + (row < 0 ? "c" + std::to_string(column) : std::to_string(row * kColumns + column));
    }
    table += "\n";
  }
  const std::vector<std::string> rows = read_table("format = 'csv'\nunpivot = '^c(?P<n>.+)$'", {"value"}, table).rows;
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(kColumns * kRows));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i], std::to_string(i));
  }
}

TEST(Csv, DelimiterAndThousands) {
  EXPECT_THAT(read_table("format = 'csv'\ndelimiter = ';'\nthousands = ','", {"a"},
                         "a;b\n6,479;0\n-1,234,567.8;0\n12,34;0\n1234,567;0\n1,2345;0\n1.5,000;0\n,1;0\n")
                  .rows,
              ElementsAre("6479", "-1234567.8", "'12,34'", "'1234,567'", "'1,2345'", "'1.5,000'", "',1'"));
}

TEST(Csv, DecimalComma) {
  EXPECT_THAT(read_table("format = 'csv'\ndelimiter = ';'\ndecimal = ','", {"a"},
                         "a;b\n3,5;0\n-0,25;0\n7;0\n1.5;0\n1,2,3;0\n,5;0\n5,;0\n1,5e3;0\n")
                  .rows,
              ElementsAre("3.5", "-0.25", "7", "1.5", "'1,2,3'", "',5'", "'5,'", "1500."));
  EXPECT_THAT(read_table("format = 'csv'\ndelimiter = ';'\ndecimal = ','\nthousands = '.'", {"a"},
                         "a;b\n1.234.567,8;0\n1.234;0\n12.34,5;0\n")
                  .rows,
              ElementsAre("1234567.8", "1234", "'12.34,5'"));
}

TEST(Csv, BrokenRowsAreRejectedAlone) {
  const Outcome outcome =
      read_table("format = 'csv'", {"a"}, "a,b\n1,2\n3\n4,5,6\n\"x\"y,1\n7,8\n\"never closed,1\n9,10\n");
  EXPECT_THAT(outcome.rows, ElementsAre("1", "7", "9"));
  EXPECT_EQ(outcome.status.rejects, (ReasonCounts{{"ragged", 2}, {"bad_quote", 1}, {"unclosed_quote", 1}}));
  const auto first = [&](const std::string& reason) {
    const RejectExample& example = outcome.status.reject_examples.at(reason).front();
    return example.file + ":" + example.text;
  };
  EXPECT_EQ(first("ragged"), "/t:3");
  EXPECT_EQ(first("bad_quote"), "/t:\"x\"y,1");
  EXPECT_EQ(first("unclosed_quote"), "/t:\"never closed,1");
  EXPECT_EQ(outcome.status.reject_examples.at("ragged").back().text, "4,5,6");
}

TEST(Tables, JsonInTextsIsRead) {
  EXPECT_THAT(read_table("format = 'csv'", {"a", "json(a).b"}, "a,b\n\"{\"\"b\"\": 1}\",2\nx,3\n4,5\n").rows,
              ElementsAre("'{\"b\": 1}' 1", "'x' -", "4 -"));
}

TEST(Csv, InvalidUtf8IsRepaired) {
  const Outcome outcome = read_table("format = 'csv'", {"a"}, "a\nM\xC3\xBCnchen\nM\xFCnchen\n");
  EXPECT_THAT(outcome.rows, ElementsAre("'M\xC3\xBCnchen'", "'M\xEF\xBF\xBDnchen'"));
  EXPECT_EQ(outcome.status.anomalies.at("invalid_utf8"), 1);
}

TEST(Csv, LongRowsAreSkippedAndNothingElse) {
  const std::string filler(3 << 20, 'x');
  const std::string text = "a,b\n1,2\n" + filler + ",1\n3,4\n\"" + filler + "\n5,6\n\n7," + filler + "\n8,9";
  const Outcome outcome = read_table("format = 'csv'", {"a"}, text);
  EXPECT_THAT(outcome.rows, ElementsAre("1", "3", "5", "8"));
  EXPECT_EQ(outcome.status.rejects.at("too_long"), 3);
}

TEST(Csv, EveryBudgetGivesTheSameRows) {
  std::string text = "id,text\n";
  std::vector<std::string> expected;
  for (int i = 0; i < 20'000; ++i) {
    text += std::to_string(i) + ",\"line\n" + std::to_string(i * 7) + "\"\r\n";
    expected.push_back(std::to_string(i) + " 'line\n" + std::to_string(i * 7) + "'");
  }
  for (const std::size_t budget : {std::size_t{1}, std::size_t{100}, std::size_t{5000}, std::size_t{1} << 20}) {
    const Outcome outcome = read_table("format = 'csv'", {"id", "text"}, text, budget == 1 ? 64 : budget);
    EXPECT_EQ(outcome.rows, expected) << budget;
    EXPECT_EQ(outcome.status.bytes, text.size() - 8) << budget;
  }
}

TEST(Csv, TimeIsAColumn) {
  FileWorld world("path = '/t'\nformat = 'csv'\ntime = 'ts'", {"a"});
  world.files.write("/t", "ts,a\n2026-01-02T03:04:05Z,1\nlater,2\n");
  const TimePoint written = world.now();
  world.look();
  const std::vector<TimePoint> times = world.take_times();
  ASSERT_EQ(times.size(), 2);
  EXPECT_EQ(format_rfc3339(times[0]), "2026-01-02T03:04:05Z");
  EXPECT_EQ(times[1], written);
  EXPECT_EQ(world.status().anomalies.at("time_invalid"), 1);
}

TEST(Csv, AChangedHeaderIsFollowedAndCounted) {
  FileWorld world("path = '/t'\nformat = 'csv'", {"a"});
  world.files.write("/t", "a,b\n1,2\n");
  world.look();
  world.replace("/t", "b,c,a\n1,2,3\n");
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("1", "3"));
  EXPECT_EQ(world.status().anomalies.at("header_changed"), 1);
}

TEST(Csv, LimitsHold) {
  const Outcome large = read_table("format = 'csv'\nmax_size = 7", {"a"}, "a\n1\n2\n3\n");
  EXPECT_THAT(large.rows, IsEmpty());
  EXPECT_EQ(large.status.versions->rejects.at("too_large"), 1);
  const Outcome header = read_table("format = 'csv'", {"a"}, "\"" + std::string(2 << 20, 'x'));
  EXPECT_EQ(header.status.versions->rejects.at("header"), 1);
  const Outcome wide = read_table("format = 'csv'", {"a"}, std::string(20'000, ',') + "\n");
  EXPECT_EQ(wide.status.versions->rejects.at("too_many_columns"), 1);
}

TEST(JsonLines, ARecordALine) {
  const Outcome outcome = read_table("format = 'jsonl'", {"a", "b.c"},
                                     "\xEF\xBB\xBF{\"a\": 1}\r\n{\"a\": 2, \"b\": {\"c\": \"x\"}}\nnone\n\n{\"a\": 3}");
  EXPECT_THAT(outcome.rows, ElementsAre("1 -", "2 'x'", "3 -"));
  EXPECT_EQ(outcome.status.rejects.at("not_an_object"), 1);
}

TEST(JsonLines, LongLinesAreSkipped) {
  const std::string longer = "{\"a\": \"" + std::string(3 << 20, 'x') + "\"}\n";
  const Outcome outcome = read_table("format = 'jsonl'", {"a"}, "{\"a\": 1}\n" + longer + "{\"a\": 2}\n" + longer);
  EXPECT_THAT(outcome.rows, ElementsAre("1", "2"));
  EXPECT_EQ(outcome.status.rejects.at("too_long"), 2);
}

}  // namespace
}  // namespace leeway
