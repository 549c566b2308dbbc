// Methods that are tests by p-value.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/agent/monitors/shared/monitor_fixture.h"
#include "tests/support/batch_builder.h"

namespace leeway {
namespace {

constexpr const char* kKsTest = R"(
name = "inputs"
columns = ["age"]
method = ["ks_p_value", "wasserstein"]
reference = { first_rows = 100 }
window = { rows = 110 }
false_alarm_rate = 0.02
family = "none"
)";

std::string of_method(const std::string& metric, const std::string& method) {
  return "leeway_drift_" + metric + "{drift=\"inputs\",column=\"age\",method=\"" + method + "\"}";
}

// In no order: neighbours that resemble each other widen thresholds.
void add_spaced(MonitorFixture& fixture, int count, double shift) {
  constexpr int kStride = 37;  // divides no count
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (int i = 0; i < count; ++i) {
    batch.at(Duration{}).set("age", 1 + 99.0 * (i * kStride % count) / (count - 1) + shift);
  }
  fixture.monitor().observe(batch.batch());
}

// scipy.stats.ks_2samp of the same samples.
TEST(DriftTests, ScoreIsTheLogarithmOfAPValueThatIsExported) {
  MonitorFixture fixture("drift", kKsTest);
  ASSERT_EQ(fixture.errors(), "");
  add_spaced(fixture, 100, 0);
  add_spaced(fixture, 110, 20.1);
  EXPECT_NEAR(fixture.value(of_method("p_value", "ks_p_value")), 0.015739183865606153, 1e-12);
  EXPECT_NEAR(fixture.value(of_method("score", "ks_p_value")), 1.8030178, 1e-6);
  EXPECT_NEAR(fixture.value(of_method("threshold", "ks_p_value")), 1.69897, 1e-6);  // -log10 of 0.02
  EXPECT_EQ(fixture.value(of_method("band", "ks_p_value")), 1);
  EXPECT_FALSE(fixture.shown(of_method("p_value", "wasserstein")));
}

TEST(DriftTests, ALimitThatLooksLikeAPValueIsWarnedOf) {
  const std::string config = kKsTest;
  const std::string warning = MonitorFixture("drift", config + "threshold = 0.05\n").errors();
  EXPECT_THAT(warning, testing::HasSubstr("warning"));
  EXPECT_THAT(warning, testing::HasSubstr("each p below 0.8913 is above; expected 1.301 for p = 0.05"));
  EXPECT_TRUE(MonitorFixture("drift", config + "threshold = 0.05\n").built());
  EXPECT_THAT(MonitorFixture("drift", config + "bands = { moderate = 0.1, severe = 2 }\n").errors(),
              testing::HasSubstr("'moderate' of 'bands' = 0.1"));
  EXPECT_EQ(MonitorFixture("drift", config + "threshold = 1.3\nbands = { moderate = 2, severe = 3 }\n").errors(), "");
  std::string other = config;
  other.replace(other.find("ks_p_value"), 10, "ks");
  EXPECT_EQ(MonitorFixture("drift", other + "threshold = 0.05\n").errors(), "");
}

TEST(DriftTests, NoRateIsTooSmallForPValues) {
  std::string config = kKsTest;
  config.replace(config.find("0.02"), 4, "1e-9");
  config.replace(config.find(", \"wasserstein\""), 15, "");
  EXPECT_EQ(MonitorFixture("drift", config).errors(), "");
  config.replace(config.find("ks_p_value"), 10, "ks");
  EXPECT_NE(MonitorFixture("drift", config).errors(), "");
}

TEST(DriftTests, BinsMayBeThoseOfOtherTools) {
  for (const char* const bins : {"\"evidently\"", "\"nannyml\"", "[10, 50, 90.5]"}) {
    std::string config = kKsTest;
    config.replace(config.find("\"wasserstein\""), 13, "\"jensen_shannon\"");
    MonitorFixture fixture("drift", config + "bins = " + bins + "\n");
    ASSERT_EQ(fixture.errors(), "");
    add_spaced(fixture, 100, 0);
    add_spaced(fixture, 110, 20.1);
    EXPECT_TRUE(fixture.shown(of_method("score", "jensen_shannon"))) << bins;
    EXPECT_EQ(fixture.value(of_method("band", "jensen_shannon")), 1) << bins;
  }
}

TEST(DriftTests, BinsAreANumberANameOrEdges) {
  for (const char* const bins : {"\"sturges\"", "[]", "[2, 1]", "[1, 1]", "1", "51"}) {
    EXPECT_NE(MonitorFixture("drift", kKsTest + ("bins = " + std::string(bins)) + "\n").errors(), "") << bins;
  }
}

}  // namespace
}  // namespace leeway
