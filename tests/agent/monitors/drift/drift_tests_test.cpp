// Methods that are tests by p-value.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "agent/sketches/drift_profile.h"
#include "agent/sketches/reference_capture.h"
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

// Rows of 40 texts, each as often, 1,000 of them in the reference.
std::vector<std::string> notes_of_texts(const std::string& method, int window) {
  MonitorFixture fixture(
      "drift", "name = \"d\"\ncolumns = [\"city\"]\nmethod = [" + method +
                   "]\nreference = { first_rows = 1000 }\nwindow = { rows = " + std::to_string(window) + " }\n");
  EXPECT_EQ(fixture.errors(), "");
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (int i = 0; i < 1000; ++i) {
    batch.at(Duration{}).set("city", "city " + std::to_string(i * 7 % 40));
  }
  fixture.monitor().observe(batch.batch());
  return fixture.monitor().take_notes();
}

TEST(DriftTests, PValuesOfBinsWithFewRowsAreWarnedOf) {
  for (const std::string method : {"g_test_p_value", "chi_square_p_value"}) {
    EXPECT_THAT(notes_of_texts("\"" + method + "\"", 100),
                testing::ElementsAre(testing::AllOf(
                    testing::HasSubstr("'city' has 40 of 40 bins that expect fewer than 5 of 100 rows"),
                    testing::HasSubstr(method + " is not right"), testing::HasSubstr("'max_categories'"))));
    EXPECT_THAT(notes_of_texts("\"" + method + "\"", 400), testing::IsEmpty());
  }
  EXPECT_THAT(notes_of_texts("\"jensen_shannon\", \"chi_square\"", 100), testing::IsEmpty());
}

TEST(DriftTests, SoAreThoseOfAReferenceThatIsKnownBefore) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "few_rows.json";
  ReferenceCapture capture;
  for (int i = 0; i < 1000; ++i) {
    capture.add_number(i % 100 == 0 ? 1 : 0);
  }
  DriftProfile profile;
  profile.columns.emplace("flag", capture.freeze({}));
  std::ofstream(file) << to_json(profile);
  const auto errors = [&](const std::string& method, int rows) {
    return MonitorFixture("drift", "name = \"d\"\ncolumns = [\"flag\"]\nmethod = \"" + method +
                                       "\"\nreference = { profile = '" + file.string() +
                                       "' }\nwindow = { rows = " + std::to_string(rows) + " }\n")
        .errors();
  };
  EXPECT_THAT(errors("z_test_p_value", 300),
              testing::HasSubstr("warning: [[drift]]: the column 'flag' has 1 of 2 bins that expect fewer than 5 of "
                                 "300 rows, for which z_test_p_value is not right"));
  EXPECT_EQ(errors("z_test_p_value", 600), "");
  EXPECT_EQ(errors("ks_p_value", 300), "");

  // Windows whose length is not known beforehand.
  MonitorFixture fixture("drift",
                         "name = \"d\"\ncolumns = [\"flag\"]\nmethod = \"z_test_p_value\"\nreference = { profile = '" +
                             file.string() + "' }\nwindow = \"version\"\n");
  ASSERT_EQ(fixture.errors(), "");
  for (const std::uint64_t version : {std::uint64_t{1}, std::uint64_t{2}}) {
    BatchBuilder batch(fixture.schema(), kOrigin);
    for (int i = 0; i < 300; ++i) {
      batch.at(Duration{}).set("flag", i % 100 == 0 ? 1 : 0);
    }
    fixture.monitor().observe(batch.of_version({.file = 1, .id = version, .first = true, .last = true}).batch());
    EXPECT_THAT(fixture.monitor().take_notes(), version == 1 ? testing::Matcher<std::vector<std::string>>(
                                                                   testing::ElementsAre(testing::HasSubstr("300 rows")))
                                                             : testing::IsEmpty());
  }
}

}  // namespace
}  // namespace leeway
