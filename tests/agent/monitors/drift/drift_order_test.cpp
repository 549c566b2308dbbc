// References of a [[drift]] whose rows are sorted or grouped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

// 1,000 normal rows, which are the reference, in ascending order, and a version of as many around 1.
class DriftOrder : public testing::Test {
 protected:
  static std::string config(const std::string& keys) {
    return "name = \"inputs\"\ncolumns = [\"age\"]\nreference = { first_rows = 1000 }\nmethod = \"wasserstein\"\n" +
           keys;
  }
  static void version(MonitorFixture& fixture, double mean, bool sorted) {
    BatchBuilder batch(fixture.schema(), kOrigin);
    static std::uint64_t id = 0;
    Random random(++id);
    std::vector<double> values(1000);
    std::generate(values.begin(), values.end(), [&] { return mean + random.normal(); });
    if (sorted) {
      std::sort(values.begin(), values.end());
    }
    for (const double value : values) {
      batch.at({}).set("age", value);
    }
    fixture.monitor().observe(
        batch.of_version({.file = 1, .id = id, .modified = kOrigin, .first = true, .last = true}).batch());
    fixture.monitor().advance(kOrigin);
  }
  static double of_column(const MonitorFixture& fixture, const std::string& metric) {
    return fixture.value("leeway_drift_" + metric + "{drift=\"inputs\",column=\"age\"}");
  }
  static double of_score(const MonitorFixture& fixture, const std::string& metric) {
    return fixture.value("leeway_drift_" + metric + "{drift=\"inputs\",column=\"age\",method=\"wasserstein\"}");
  }
};

TEST_F(DriftOrder, ASortedTableHasTheThresholdsOfTheSameRowsInAnyOrder) {
  MonitorFixture fixture("drift", config(""));
  version(fixture, 0, true);
  version(fixture, 1, true);
  EXPECT_LT(of_score(fixture, "threshold"), 0.2);
  EXPECT_EQ(of_score(fixture, "band"), 1);
  EXPECT_EQ(of_column(fixture, "reference_effective_rows"), 1000);
  EXPECT_THAT(fixture.monitor().take_notes(), testing::IsEmpty());
}

TEST_F(DriftOrder, MuchDependenceIsSaid) {
  MonitorFixture fixture("drift", config("row_order = \"time\"\n"));
  ASSERT_EQ(fixture.errors(), "");
  version(fixture, 0, true);
  version(fixture, 1, true);
  EXPECT_GT(of_score(fixture, "threshold"), 0.8);
  EXPECT_LT(of_column(fixture, "reference_effective_rows"), 100);
  EXPECT_THAT(fixture.monitor().take_notes(),
              testing::ElementsAre(testing::AllOf(testing::HasSubstr("1000 rows of column 'age' count as"),
                                                  testing::HasSubstr("row_order = \"any\""))));
  version(fixture, 1, true);
  EXPECT_THAT(fixture.monitor().take_notes(), testing::IsEmpty()) << "once";
}

TEST_F(DriftOrder, AnyOrderHasNoDependence) {
  MonitorFixture fixture("drift", config("row_order = \"any\"\n"));
  version(fixture, 0, true);
  version(fixture, 0, false);
  EXPECT_LT(of_score(fixture, "threshold"), 0.2);
  EXPECT_EQ(of_score(fixture, "band"), 0);
  const MonitorFixture other("drift", config("row_order = \"random\"\n"));
  EXPECT_THAT(other.errors(), testing::HasSubstr("row_order"));
}

}  // namespace
}  // namespace leeway
