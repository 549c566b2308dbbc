// How each type of column is read, and its times.
#include <arrow/builder.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/core/rfc3339.h"
#include "tests/collectors/files/file_fixture.h"
#include "tests/collectors/parquet/table_file.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kTypesKeys = "path = '/data/*'\nformat = 'parquet'\n";

// The rows of a table, as the fields' values.
std::vector<std::string> rows_of(const std::vector<TableColumn>& columns, const std::vector<std::string>& fields,
                                 const TableLayout& layout = {}) {
  FileWorld world(kTypesKeys, fields);
  world.files.write("/data/t.parquet", table_file(columns, layout));
  world.look();
  EXPECT_THAT(world.status().versions->rejects, IsEmpty());
  return world.take_rows();
}

std::vector<std::string> values_of(const std::shared_ptr<arrow::DataType>& type, const std::string& json,
                                   const TableLayout& layout = {}) {
  return rows_of({{"c", array_of(type, json)}}, {"c"}, layout);
}

std::vector<std::string> times_of(const std::shared_ptr<arrow::Array>& column, const std::string& keys) {
  FileWorld world(kTypesKeys + std::string("time = 'at'\n") + keys, {});
  world.files.write("/data/t.parquet", table_file({{"at", column}}));
  world.look();
  std::vector<std::string> texts;
  for (const TimePoint time : world.take_times()) {
    texts.push_back(time == world.now() - std::chrono::seconds(1) ? "the file's" : format_rfc3339(time));
  }
  return texts;
}

TEST(ParquetTypes, Numbers) {
  EXPECT_THAT(values_of(arrow::boolean(), "[true, false, null]"), ElementsAre("true", "false", "null"));
  for (const std::shared_ptr<arrow::DataType>& type : {arrow::int8(), arrow::int16(), arrow::int32(), arrow::int64()}) {
    EXPECT_THAT(values_of(type, "[-128, 0, 127, null]"), ElementsAre("-128", "0", "127", "null")) << type->ToString();
  }
  for (const std::shared_ptr<arrow::DataType>& type :
       {arrow::uint8(), arrow::uint16(), arrow::uint32(), arrow::uint64()}) {
    EXPECT_THAT(values_of(type, "[0, 255, null]"), ElementsAre("0", "255", "null")) << type->ToString();
  }
  EXPECT_THAT(values_of(arrow::int64(), "[-9223372036854775808, 9223372036854775807]"),
              ElementsAre("-9223372036854775808", "9223372036854775807"));
  EXPECT_THAT(values_of(arrow::uint64(), "[9223372036854775807, 9223372036854775808, 18446744073709551615]"),
              ElementsAre("9223372036854775807", "9223372036854775808", "18446744073709551615"));
  EXPECT_THAT(values_of(arrow::float32(), "[0.5, -2, null]"), ElementsAre("0.5", "-2.", "null"));
  EXPECT_THAT(values_of(arrow::float64(), "[0.25, 1e3, null]"), ElementsAre("0.25", "1000.", "null"));
  EXPECT_THAT(values_of(arrow::float16(), "[0.5, null]"), ElementsAre("0.5", "null"));
}

TEST(ParquetTypes, Decimals) {
  EXPECT_THAT(values_of(arrow::decimal128(10, 2), R"(["12.50", "-0.25", null])"), ElementsAre("12.5", "-0.25", "null"));
  EXPECT_THAT(values_of(arrow::decimal128(18, 0), R"(["123456789012345678"])"), ElementsAre("123456789012345678"));
  EXPECT_THAT(values_of(arrow::decimal128(38, 0), R"(["20000000000000000000"])"), ElementsAre("20000000000000000000."));
  EXPECT_THAT(values_of(arrow::decimal128(20, 0), R"(["18446744073709551615", "-9223372036854775808"])"),
              ElementsAre("18446744073709551615", "-9223372036854775808"));
  EXPECT_THAT(values_of(arrow::decimal256(50, 1), R"(["1.5"])"), ElementsAre("1.5"));
}

TEST(ParquetTypes, Texts) {
  for (const std::shared_ptr<arrow::DataType>& type : {arrow::utf8(), arrow::large_utf8(), arrow::utf8_view()}) {
    for (const bool kept : {false, true}) {
      EXPECT_THAT(values_of(type, R"(["a", "", null, "ä"])", {.arrow_schema = kept}),
                  ElementsAre("'a'", "''", "null", "'ä'"));
    }
  }
  EXPECT_THAT(
      values_of(arrow::dictionary(arrow::int32(), arrow::utf8()), R"(["a", "b", null, "a"])", {.arrow_schema = true}),
      ElementsAre("'a'", "'b'", "null", "'a'"));
  EXPECT_THAT(values_of(arrow::binary(), R"(["ab", ""])"), ElementsAre("'6162'", "''"));
  EXPECT_THAT(values_of(arrow::fixed_size_binary(2), R"(["ab", null])"), ElementsAre("'6162'", "null"));
}

TEST(ParquetTypes, TextsInADictionaryAreThoseOfTheRows) {
  constexpr int kRows = 30'000;
  for (const int words : {1, 40, 20'000}) {
    arrow::StringBuilder texts;
    std::vector<std::string> expected;
    for (int row = 0; row < kRows; ++row) {
      const std::string word = "ä word " + std::to_string(row * 7 % words);
      const bool is_null = row % 11 == 3;
      EXPECT_TRUE((is_null ? texts.AppendNull() : texts.Append(word)).ok());
      expected.push_back(is_null ? "null" : "'" + word + "'");
    }
    const std::shared_ptr<arrow::Array> column = texts.Finish().ValueOrDie();
    for (const TableLayout& layout : {TableLayout{.group_rows = 7000, .page_bytes = 2000},
                                      TableLayout{.arrow_schema = true}, TableLayout{.dictionary = false}}) {
      EXPECT_EQ(rows_of({{"c", column}}, {"c"}, layout), expected) << words;
      std::vector<std::string> with_dots = rows_of({{"c.d", column}}, {"c.d"}, layout);
      EXPECT_EQ(with_dots, expected) << words;
    }
  }
}

TEST(ParquetTypes, TextThatIsNoUtf8IsMended) {
  FileWorld world(kTypesKeys, {"c"});
  std::string file = table_file({{"c", array_of(arrow::utf8(), R"(["abcdef"])")}}, {.dictionary = false});
  for (std::size_t at = file.find("abcdef"); at != std::string::npos; at = file.find("abcdef")) {
    file[at + 1] = '\xff';
  }
  world.files.write("/data/t.parquet", file);
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("'a\xEF\xBF\xBD"
                                             "cdef'"));
  EXPECT_EQ(world.status().anomalies["invalid_utf8"], 1);
}

TEST(ParquetTypes, DatesAreTexts) {
  EXPECT_THAT(values_of(arrow::date32(), "[0, 20325, -1, null]"),
              ElementsAre("'1970-01-01'", "'2025-08-25'", "'1969-12-31'", "null"));
}

// Days by Python: (date(y, m, d) - date(1970, 1, 1)).days.
TEST(ParquetTypes, DatesAndTimesOutsideTheRangeOfNanoseconds) {
  EXPECT_THAT(values_of(arrow::date32(), "[-719162, -106752, 106752, 2932896]"),
              ElementsAre("'0001-01-01'", "'1677-09-21'", "'2262-04-12'", "'9999-12-31'"));
  EXPECT_THAT(values_of(arrow::date32(), "[-719163, 2932897]"), ElementsAre("error", "error"));
  for (const auto unit : {arrow::TimeUnit::SECOND, arrow::TimeUnit::MILLI, arrow::TimeUnit::MICRO}) {
    for (const std::shared_ptr<arrow::DataType>& type : {arrow::timestamp(unit, "UTC"), arrow::timestamp(unit)}) {
      EXPECT_THAT(values_of(type, R"(["0001-01-01 00:00:00", "1677-09-21 00:00:00", "9999-12-31 23:59:59"])"),
                  ElementsAre("0001-01-01T00:00:00Z", "1677-09-21T00:00:00Z", "9999-12-31T23:59:59Z"));
    }
  }
  EXPECT_THAT(values_of(arrow::timestamp(arrow::TimeUnit::MICRO), "[-9223372036854775808, 9223372036854775807]"),
              ElementsAre("error", "error"));
  EXPECT_THAT(times_of(array_of(arrow::date32(), "[-719162, 2932896]"), ""), ElementsAre("the file's", "the file's"));
}

TEST(ParquetTypes, WhatIsNested) {
  const std::shared_ptr<arrow::DataType> point =
      arrow::struct_({arrow::field("x", arrow::int32()), arrow::field("tags", arrow::list(arrow::utf8()))});
  const std::vector<TableColumn> table = {
      {"p", array_of(point, R"([{"x": 1, "tags": ["a", "b"]}, {"x": null, "tags": []}, null])")},
      {"l", array_of(arrow::list(point), R"([[{"x": 7, "tags": null}, {"x": 8, "tags": null}], [], null])")},
      {"m", array_of(arrow::map(arrow::utf8(), arrow::int32()), R"([[["k", 1]], [], null])")},
      {"e", array_of(arrow::fixed_size_list(arrow::float32(), 2), "[[0.5, 1], [2, 3], null]")},
  };
  for (const bool kept : {false, true}) {
    EXPECT_THAT(rows_of(table, {"p.x", "p", "p.tags", "p.tags[1]"}, {.arrow_schema = kept}),
                ElementsAre("1 map2 list2 'b'", "null map2 list0 -", "- null - -"));
    EXPECT_THAT(rows_of(table, {"l", "l[1].x", "m", "e", "e[0]", "p.no", "m.k"}, {.arrow_schema = kept}),
                ElementsAre("list2 8 map1 list2 0.5 - -", "list0 - map0 list2 2. - -", "null - null null - - -"));
  }
}

TEST(ParquetTypes, AColumnWhoseNameHasDots) {
  EXPECT_THAT(rows_of({{"a.b", array_of(arrow::int32(), "[1]")}}, {"a.b", "a"}), ElementsAre("1 -"));
}

TEST(ParquetTypes, RecordsWithoutFields) { EXPECT_EQ(rows_of({{"n", row_numbers(10'000)}}, {}).size(), 10'000); }

TEST(ParquetTypes, TimesWithAndWithoutAZone) {
  const std::string noon = R"(["2025-08-25 12:00:00", "1960-02-29 12:00:00", null])";
  for (const arrow::TimeUnit::type unit : {arrow::TimeUnit::MILLI, arrow::TimeUnit::MICRO, arrow::TimeUnit::NANO}) {
    const std::string berlin = "time_zone = 'Europe/Berlin'\n";
    EXPECT_THAT(times_of(array_of(arrow::timestamp(unit, "UTC"), noon), berlin),
                ElementsAre("2025-08-25T12:00:00Z", "1960-02-29T12:00:00Z", "the file's"));
    EXPECT_THAT(times_of(array_of(arrow::timestamp(unit), noon), berlin),
                ElementsAre("2025-08-25T10:00:00Z", "1960-02-29T11:00:00Z", "the file's"));
    EXPECT_THAT(times_of(array_of(arrow::timestamp(unit), noon), ""),
                ElementsAre("2025-08-25T12:00:00Z", "1960-02-29T12:00:00Z", "the file's"));
  }
}

TEST(ParquetTypes, OtherColumnsAsTimes) {
  EXPECT_THAT(times_of(array_of(arrow::date32(), "[20325]"), "time_zone = 'Europe/Berlin'\n"),
              ElementsAre("2025-08-24T22:00:00Z"));
  EXPECT_THAT(times_of(array_of(arrow::utf8(), R"(["2025-08-25T12:00:00.5Z", "soon"])"), ""),
              ElementsAre("2025-08-25T12:00:00.500Z", "the file's"));
  EXPECT_THAT(times_of(array_of(arrow::int64(), "[1756123200000]"), "time_format = 'unix_ms'\n"),
              ElementsAre("2025-08-25T12:00:00Z"));
  EXPECT_THAT(times_of(array_of(arrow::float64(), "[1756123200.5]"), ""), ElementsAre("2025-08-25T12:00:00.500Z"));
}

TEST(ParquetTypes, TimesAsFields) {
  FileWorld world(kTypesKeys + std::string("time = 'n'\ntime_zone = 'Europe/Berlin'\n"), {"t"});
  const std::shared_ptr<arrow::Array> local =
      array_of(arrow::timestamp(arrow::TimeUnit::MILLI), R"(["2025-08-25 12:00:00"])");
  world.files.write("/data/t.parquet", table_file({{"t", local}, {"n", local}}));
  world.look();
  EXPECT_THAT(world.take_rows(), ElementsAre("2025-08-25T10:00:00Z"));
}

}  // namespace
}  // namespace leeway
