#include "agent/metrics/series_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "agent/core/utf8.h"
#include "agent/metrics/snapshot.h"
#include "tests/agent/metrics/series_fixture.h"
#include "tests/support/label_words.h"

namespace leeway {
namespace {

using std::chrono::seconds;
using testing::StartsWith;

std::uint64_t count(const FailureCounts& failures, Failure failure) {
  return failures[static_cast<std::size_t>(failure)];
}

TEST(SeriesTable, GivesEachCombinationItsOwnSeries) {
  SeriesTable table(options_of({"code", "method"}));
  Resolver resolve(table);
  const Series first = resolve({Value::of_int(200), Value::of_string("GET")});
  const Series second = resolve({Value::of_int(200), Value::of_string("POST")});
  EXPECT_NE(first, second);
  EXPECT_EQ(resolve({Value::of_int(200), Value::of_string("GET")}), first);
  EXPECT_EQ(label_words(table.labels(first)), R"(code="200",method="GET")");
  EXPECT_EQ(label_words(table.labels(second)), R"(code="200",method="POST")");
  EXPECT_EQ(table.size(), 3U);
}

TEST(SeriesTable, WritesValuesShortAndUnitesThoseThatAreWrittenAlike) {
  SeriesTable table(options_of({"x"}));
  Resolver resolve(table);
  const auto label = [&](Value value) { return label_words(table.labels(resolve({value}))); };
  EXPECT_EQ(label(Value::of_int(-7)), R"(x="-7")");
  EXPECT_EQ(label(Value::of_double(0.1)), R"(x="0.1")");
  EXPECT_EQ(label(Value::of_unsigned(18446744073709551614U)), R"(x="18446744073709551614")");
  EXPECT_EQ(label(Value::of_unsigned(18446744073709551615U)), R"(x="18446744073709551615")");
  EXPECT_EQ(label(Value::of_double(-0.0)), R"(x="0")");
  EXPECT_EQ(label(Value::of_bool(true)), R"(x="true")");
  EXPECT_EQ(label(Value::of_bool(false)), R"(x="false")");
  EXPECT_EQ(label(Value::of_string("")), R"(x="")");
  EXPECT_EQ(label(Value::of_string("a\"b")), R"(x="a"b")");
  const Series whole = resolve({Value::of_int(200)});
  EXPECT_EQ(resolve({Value::of_double(200.0)}), whole);
  EXPECT_EQ(resolve({Value::of_string("200")}), whole);
  EXPECT_EQ(resolve({Value::of_string("true")}), resolve({Value::of_bool(true)}));
}

TEST(SeriesTable, TellsApartTextsThatShareLengthBeginningAndEnd) {
  SeriesTable table(options_of({"x"}));
  Resolver resolve(table);
  std::set<Series> series;
  const std::vector<std::string> shorts{"", "a", "b", "ab", "ba", "aab", "aba", std::string(1, '\0'), "abcdefgh"};
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 500; ++i) {
      const std::string text = "/api/v1/users/" + std::to_string(100 + i) + "/profile";
      series.insert(resolve({Value::of_string(text)}));
    }
    for (const std::string& text : shorts) {
      series.insert(resolve({Value::of_string(text)}));
    }
  }
  EXPECT_EQ(series.size(), 509U);
}

TEST(SeriesTable, ARecordWithoutAUsableValueIsSkippedByReason) {
  SeriesTable table(options_of({"x", "y"}));
  Resolver resolve(table);
  const Value good = Value::of_int(1);
  EXPECT_EQ(resolve({Value::missing(), good}), kNoSeries);
  EXPECT_EQ(resolve({good, Value::null()}), kNoSeries);
  EXPECT_EQ(resolve({Value::error(Failure::kDivisionByZero), Value::null()}), kNoSeries);
  EXPECT_EQ(resolve({good, Value::list(2)}), kNoSeries);
  EXPECT_EQ(resolve({Value::of_double(std::numeric_limits<double>::quiet_NaN()), good}), kNoSeries);
  EXPECT_EQ(count(resolve.failures, Failure::kMissingField), 1U);
  EXPECT_EQ(count(resolve.failures, Failure::kNullField), 1U);
  EXPECT_EQ(count(resolve.failures, Failure::kDivisionByZero), 1U);
  EXPECT_EQ(count(resolve.failures, Failure::kWrongType), 1U);
  EXPECT_EQ(count(resolve.failures, Failure::kNotFinite), 1U);
  EXPECT_EQ(table.size(), 1U);
}

TEST(SeriesTable, CutsLongValuesAtACharacterAndKeepsThemApart) {
  SeriesOptions options = options_of({"x"});
  options.max_label_length = 32;
  SeriesTable table(options);
  Resolver resolve(table);
  const std::string common = "0123456789abc\xE2\x82\xAC";  // the 15-byte cut falls into the euro sign
  const Series first = resolve({Value::of_string(common + std::string(50'000, 'x'))});
  const Series second = resolve({Value::of_string(common + std::string(50'001, 'x'))});
  EXPECT_NE(first, second);
  EXPECT_EQ(resolve({Value::of_string(common + std::string(50'000, 'x'))}), first);
  EXPECT_THAT(label_words(table.labels(first)), StartsWith("x=\"0123456789abc~"));
  EXPECT_EQ(label_words(table.labels(first)).size(), 4 + 13 + 1 + 16U);
  const std::string fits(32, 'y');
  EXPECT_EQ(label_words(table.labels(resolve({Value::of_string(fits)}))), "x=\"" + fits + "\"");
}

TEST(SeriesTable, LabelsOutliveTheTableInASnapshot) {
  std::shared_ptr<const Snapshot> snapshot;
  {
    SeriesTable table(options_of({"x"}));
    SnapshotBuilder builder(at(1));
    const Series series = Resolver(table)({Value::of_string("a value that no string holds in itself")});
    builder.add(builder.family({"a", MetricType::kGauge, "help", {"x"}, {}}), table.labels(series), 1);
    snapshot = builder.build();
  }
  EXPECT_EQ(label_words(snapshot->families()[0].samples[0].labels), R"(x="a value that no string holds in itself")");
}

TEST(SeriesTable, SeriesOfAnotherTableHaveOtherIdsThoughTheyAreNamedAlike) {
  SeriesTable table(options_of({"x"}));
  const std::uint64_t before = table.labels(Resolver(table)({Value::of_int(1)})).id();
  EXPECT_EQ(table.labels(Resolver(table)({Value::of_int(1)})).id(), before);
  table = SeriesTable(options_of({"x"}));
  EXPECT_NE(table.labels(Resolver(table)({Value::of_int(1)})).id(), before);
}

TEST(SeriesTable, BadUtf8NeverMakesTwoSeriesThatAreWrittenAlike) {
  SeriesTable table(options_of({"x"}));
  Resolver resolve(table);
  EXPECT_EQ(resolve({Value::of_string("\xFF")}), resolve({Value::of_string("\xFE")}));
  EXPECT_EQ(label_words(table.labels(kFirstSeries)), "x=\"\xEF\xBF\xBD\"");
}

TEST(SeriesTable, MapsValuesAndAllOthers) {
  SeriesOptions options;
  options.labels.push_back({"status", {{"200", "ok"}, {"404", "missing"}}, "other"});
  options.labels.push_back({"plain", {{"a", "b"}}, {}});
  SeriesTable table(options);
  Resolver resolve(table);
  const Value b = Value::of_string("b");
  EXPECT_EQ(label_words(table.labels(resolve({Value::of_int(200), Value::of_string("a")}))),
            R"(status="ok",plain="b")");
  EXPECT_EQ(resolve({Value::of_string("200"), b}), kFirstSeries);
  const Series other = resolve({Value::of_int(503), b});
  EXPECT_EQ(label_words(table.labels(other)), R"(status="other",plain="b")");
  EXPECT_EQ(resolve({Value::of_string("a value that is longer than a key of the cache"), b}), other);
  EXPECT_EQ(table.size(), 3U);
}

TEST(SeriesTable, PastTheCapAllGoesToOneOverflowSeries) {
  SeriesOptions options = options_of({"x"});
  options.max_series = 3;
  SeriesTable table(options);
  Resolver resolve(table);
  EXPECT_FALSE(table.visible(kOverflowSeries));
  for (int i = 0; i < 10'000; ++i) {
    const Series series = resolve({Value::of_int(i)});
    EXPECT_EQ(series, i < 3 ? kFirstSeries + static_cast<Series>(i) : kOverflowSeries);
  }
  EXPECT_EQ(resolve({Value::of_int(2)}), kFirstSeries + 2);
  EXPECT_EQ(label_words(table.labels(kOverflowSeries)), R"(overflow="true")");
  EXPECT_TRUE(table.visible(kOverflowSeries));
  MetricStatus status;
  table.report(status);
  EXPECT_EQ(status.held, 3U);
  EXPECT_EQ(status.series_limit, 3U);
  EXPECT_EQ(status.overflowed_records, 9'997U);
}

TEST(SeriesTable, MemoryIsBoundedWhateverTheValues) {
  SeriesOptions options = options_of({"x", "y"});
  options.max_series = 100;
  SeriesTable table(options);
  Resolver resolve(table);
  for (int i = 0; i < 1000; ++i) {
    const std::string text = "y" + std::to_string(i % 500);
    resolve({Value::of_int(i % 500), Value::of_string(text)});
  }
  const std::size_t capacity = table.capacity();
  for (int i = 0; i < 30'000; ++i) {
    const std::string text = "a text that does not fit a key " + std::to_string(i);
    resolve({Value::of_int(i), Value::of_string(text)});
  }
  EXPECT_EQ(table.capacity(), capacity);
  EXPECT_EQ(table.size(), 101U);
}

TEST(SeriesTable, AnIdleSeriesIsHiddenAndReturns) {
  SeriesOptions options = options_of({"x"});
  options.expire = seconds(10);
  SeriesTable table(options);
  Resolver resolve(table);
  const Series series = resolve({Value::of_int(1)}, at(100));
  resolve({Value::of_int(1)}, at(90));  // late: does not make it older
  table.advance(at(110));
  EXPECT_TRUE(table.visible(series));
  table.advance(at(111));
  EXPECT_FALSE(table.visible(series));
  EXPECT_EQ(resolve({Value::of_int(1)}, at(111)), series);
  EXPECT_TRUE(table.visible(series));
  EXPECT_EQ(table.created(series), at(100));
}

TEST(SeriesTable, WithoutLabelsThereIsOneSeries) {
  SeriesTable table(options_of({}));
  Resolver resolve(table);
  EXPECT_FALSE(table.visible(kFirstSeries));
  EXPECT_EQ(table.create({}, at(5)), kFirstSeries);
  EXPECT_TRUE(table.visible(kFirstSeries));
  EXPECT_EQ(resolve({}), kFirstSeries);
  EXPECT_EQ(label_words(table.labels(kFirstSeries)), "");
  EXPECT_EQ(table.created(kFirstSeries), at(5));
}

TEST(SeriesTable, WithoutLabelsTheLatestRowSaysHowOldTheSeriesIs) {
  SeriesOptions options = options_of({});
  options.expire = seconds(10);
  SeriesTable table(options);
  FailureCounts failures{};
  std::vector<Series> found;
  table.resolve({}, std::vector<Row>{}, {}, found, failures);
  EXPECT_FALSE(table.updated(kFirstSeries));
  const std::vector<TimePoint> times{at(900), at(101), at(105), at(102), at(900)};
  table.resolve({}, std::vector<Row>{1, 2, 3}, times, found, failures);
  EXPECT_THAT(found, testing::Each(kFirstSeries));
  EXPECT_EQ(found.size(), 3U);
  EXPECT_EQ(table.created(kFirstSeries), at(101));
  table.advance(at(115));
  EXPECT_TRUE(table.visible(kFirstSeries));
  table.advance(at(116));
  EXPECT_FALSE(table.visible(kFirstSeries));
}

TEST(SeriesTable, DeclaredSeriesExistBeforeAnyRecordAndUpToTheCap) {
  SeriesOptions options = options_of({"x"});
  options.max_series = 2;
  SeriesTable table(options);
  const Series first = table.create(std::vector<std::string>{"200"}, at(5));
  EXPECT_EQ(table.create(std::vector<std::string>{"500"}, at(5)), first + 1);
  EXPECT_EQ(table.create(std::vector<std::string>{"404"}, at(5)), kNoSeries);
  EXPECT_TRUE(table.visible(first));
  EXPECT_FALSE(table.updated(first));
  Resolver resolve(table);
  EXPECT_EQ(resolve({Value::of_int(200)}), first);
  EXPECT_TRUE(table.updated(first));
}

// New values, known ones, unusable ones and the overflow, mixed in one batch, from dense columns and by row.
TEST(SeriesTable, ABatchIsResolvedAsItsRowsOneByOne) {
  const std::vector<Value> codes = {Value::of_int(200),       Value::of_string("200"), Value::of_int(404),
                                    Value::missing(),         Value::of_double(5.5),   Value::null(),
                                    Value::of_string("other")};
  const std::vector<Value> methods = {Value::of_string("GET"), Value::of_string("POST"), Value::of_bool(true),
                                      Value::missing()};
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    SeriesOptions options = options_of({"code", "method"});
    options.max_series = 1 + random() % 12;
    SeriesTable whole(options);
    SeriesTable single(options);
    FailureCounts failures{};
    Resolver resolve(single);
    for (int batch = 0; batch < 4; ++batch) {
      const std::size_t size = 1 + random() % 40;
      std::vector<Value> by_row;
      std::vector<Value> dense;
      std::vector<Row> rows;
      const std::vector<TimePoint> times(size, at(1));
      for (Row row = 0; row < size; ++row) {
        by_row.push_back(codes[random() % codes.size()]);
        if (random() % 3 != 0) {
          rows.push_back(row);
          dense.push_back(methods[random() % methods.size()]);
        }
      }
      const std::vector<LabelColumn> columns{{by_row.data(), true}, {dense.data(), false}};
      std::vector<Series> found;
      whole.resolve(columns, rows, times, found, failures);
      ASSERT_EQ(found.size(), rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(found[i], resolve({by_row[rows[i]], dense[i]})) << "seed " << seed << " row " << i;
      }
    }
    EXPECT_EQ(failures, resolve.failures);
    ASSERT_EQ(whole.size(), single.size());
    for (Series series = 0; series < whole.size(); ++series) {
      EXPECT_EQ(label_words(whole.labels(series)), label_words(single.labels(series)));
    }
  }
}

// Of a log that begins with a line without a time.
TEST(SeriesTable, ASeriesOfARecordWithoutATimeIsVisible) {
  SeriesTable table(options_of({"level"}));
  Resolver resolve(table);
  const std::vector<Value> info{Value::of_string("INFO")};
  const Series series = resolve(info, kNoTime);
  EXPECT_TRUE(table.visible(series));
  EXPECT_TRUE(table.updated(series));
  EXPECT_EQ(table.created(series), kNoTime);
  EXPECT_EQ(resolve(info, at(7)), series);
  EXPECT_EQ(table.created(series), at(7));
}

}  // namespace
}  // namespace leeway
