// A [[drift]] of all columns of a file.
#include "agent/monitors/drift/drift_columns.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;
using Names = std::vector<std::string>;

constexpr char kAll[] =
    "name = \"inputs\"\ncolumns = \"*\"\nreference = { first_rows = 300 }\nwindow = { rows = 100 }\nmethod = \"psi\"\n";

std::string series_of(const std::string& metric, const std::string& column = "", const std::string& more = "") {
  return "leeway_drift_" + metric + "{drift=\"inputs\"" + (column.empty() ? "" : ",column=\"" + column + "\"") + more +
         "}";
}
std::string band_of(const std::string& column) { return series_of("band", column, ",method=\"psi\""); }

// A monitor of a file with these columns.
class OfFile : public MonitorFixture {
 public:
  OfFile(const Names& names, const std::string& toml = kAll)
      : MonitorFixture("drift", toml, [names]() -> Expected<Names> { return names; }) {}

  void add(const Names& names, int rows, double mean) {
    BatchBuilder batch(schema(), kOrigin);
    for (int row = 0; row < rows; ++row) {
      if (batch.full()) {
        monitor().observe(batch.batch());
        batch.clear();
      }
      batch.at({});
      for (const std::string& name : names) {
        batch.set(name, mean + random_.normal());
      }
    }
    monitor().observe(batch.batch());
    monitor().advance(kOrigin);
  }

 private:
  Random random_{3};
};

TEST(DriftColumns, PatternsOfNames) {
  EXPECT_TRUE(matches_wildcards("id", "id"));
  EXPECT_FALSE(matches_wildcards("id", "ids"));
  EXPECT_TRUE(matches_wildcards("*_id", "user_id"));
  EXPECT_FALSE(matches_wildcards("*_id", "user_ids"));
  EXPECT_TRUE(matches_wildcards("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches_wildcards("a*b*c", "a-b-b-cd"));
  EXPECT_TRUE(matches_wildcards("c?", "c1"));
  EXPECT_FALSE(matches_wildcards("c?", "c"));
  EXPECT_TRUE(matches_wildcards("*", ""));
  EXPECT_FALSE(matches_wildcards("", "a"));
}

TEST(DriftColumns, AllOfTheFileButTheExcluded) {
  OfFile file({"a", "unit price", "true", "row_id", "b"}, std::string(kAll) + "exclude = [\"row_*\", \"b\"]\n");
  ASSERT_EQ(file.errors(), "");
  EXPECT_EQ(file.value(series_of("columns")), 3);
  file.add({"a", "[\"unit price\"]", "[\"true\"]", "row_id", "b"}, 300, 0);
  file.add({"a", "[\"unit price\"]", "[\"true\"]", "row_id", "b"}, 100, 3);
  for (const char* const label : {"a", "[\"unit price\"]", "[\"true\"]"}) {
    EXPECT_EQ(file.value(band_of(label)), 1) << label;
  }
  EXPECT_FALSE(file.shown(band_of("b")));
}

TEST(DriftColumns, SavedStateIsOfNames) {
  OfFile before({"a", "gone", "b"});
  before.add({"a", "gone", "b"}, 400, 0);
  OfFile after({"new", "b", "a"});
  ASSERT_TRUE(after.load(before.saved()));
  EXPECT_EQ(after.value(series_of("reference_ready")), 1);
  EXPECT_EQ(after.value(series_of("reference_rows", "b")), 300);
  EXPECT_EQ(after.value(series_of("reference_rows", "new")), 0);
  EXPECT_EQ(after.value(series_of("score", "b", ",method=\"psi\"")),
            before.value(series_of("score", "b", ",method=\"psi\"")));
  after.add({"new", "b", "a"}, 100, 3);
  EXPECT_EQ(after.value(band_of("b")), 1);
  EXPECT_FALSE(after.shown(band_of("new")));  // it has no reference
  OfFile again({"new", "b", "a"});
  ASSERT_TRUE(again.load(after.saved()));
  EXPECT_EQ(again.samples(), after.samples());
}

TEST(DriftColumns, NewColumnsOfAVersionAreCounted) {
  OfFile file({"a", "b"}, std::string(kAll) + "exclude = [\"*_id\", \"b\"]\n");
  ASSERT_EQ(file.errors(), "");
  RecordBatch batch;
  batch.reset(file.schema().size());
  const Names names{"a", "b", "row_id", "c", "d"};
  batch.set_file_version({1, 1, kOrigin, true, true, names});
  file.monitor().observe(batch);
  EXPECT_EQ(file.value(series_of("new_columns")), 2);
}

TEST(DriftColumns, WithoutAFileNothingIsComparedYet) {
  MonitorFixture waiting("drift", kAll, []() -> Expected<Names> { return Error{ErrorCode::kNotFound, "no file"}; });
  ASSERT_TRUE(waiting.built());
  EXPECT_THAT(waiting.errors(), HasSubstr("the columns are not known: no file"));
  BatchBuilder batch(waiting.schema(), kOrigin);
  batch.at({});
  waiting.monitor().observe(batch.batch());
  waiting.monitor().advance(kOrigin);
  EXPECT_EQ(waiting.value(series_of("columns")), 0);
  OfFile known({"a"});
  EXPECT_TRUE(known.load(waiting.saved()));
}

// As an expression the first is a difference, the second a constant, the others nothing.
TEST(DriftColumns, AnEntryThatIsTheNameOfAColumnIsThatColumn) {
  const std::string listed =
      "name = \"inputs\"\ncolumns = [\"price-usd\", \"2020\", \"a b\", \"price - usd\"]\n"
      "reference = { first_rows = 300 }\nwindow = { rows = 100 }\nmethod = \"psi\"\n";
  OfFile file({"price", "usd", "price-usd", "2020", "a b"}, listed);
  EXPECT_EQ(file.errors(), "");
  Names fields;
  for (const FieldPath& field : file.schema().fields()) {
    fields.push_back(field.to_string());
  }
  EXPECT_EQ(fields, (Names{"[\"price-usd\"]", "[\"2020\"]", "[\"a b\"]", "price", "usd"}));
  const std::string without =
      "name = \"x\"\ncolumns = \"a b\"\nreference = { first_rows = 300 }\nwindow = { rows = 100 }\n";
  EXPECT_THAT(MonitorFixture("drift", without).errors(), HasSubstr("write it in brackets and quotes: '[\"a b\"]'"));
}

TEST(DriftColumns, SaysWhatIsWrong) {
  EXPECT_THAT(OfFile({"a"}, std::string(kAll) + "exclude = \"*\"\n").errors(), HasSubstr("leaves no column"));
  EXPECT_THAT(OfFile({"a"}, std::string(kAll) + "exclude = \"b\"\n").errors(), HasSubstr("which is not a column"));
  EXPECT_THAT(MonitorFixture("drift", kAll,
                             []() -> Expected<Names> {
                               return Error{ErrorCode::kConfiguration, "the format 'json' does not name columns"};
                             })
                  .errors(),
              HasSubstr("does not name columns; name the columns"));
  const std::string listed =
      "name = \"x\"\ncolumns = \"a\"\nreference = { first_rows = 300 }\nwindow = { rows = 100 }\n";
  EXPECT_THAT(MonitorFixture("drift", listed + "exclude = \"b\"\n").errors(), HasSubstr("is for columns = \"*\""));
  Names many;
  for (int i = 0; i < 500; ++i) {
    many.push_back("c" + std::to_string(i));
  }
  EXPECT_EQ(OfFile(many).errors(), "");
  EXPECT_THAT(OfFile(many, std::string(kAll) + "segment = \"c0\"\nmax_segments = 100\n").errors(),
              HasSubstr("750000 series: 500 columns, 1 methods, 100 segments; expected at most 200000"));
}

}  // namespace
}  // namespace leeway
