// What kind of column a [[drift]] takes a column for, what it says about it, and columns without enough values.
#include <gmock/gmock.h>

#include <cmath>

#include "agent/metrics/catalog.h"
#include "agent/monitors/drift/drift.h"
#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kX[] =
    "name = \"inputs\"\ncolumns = [\"x\", \"n\"]\nreference = { first_rows = 1000 }\nwindow = { rows = 200 }\n"
    "method = [\"wasserstein\", \"jensen_shannon\", \"null_rate\"]\n";

std::string of(const std::string& metric, const std::string& column, const std::string& more = "") {
  return "leeway_drift_" + metric + "{drift=\"inputs\",column=\"" + column + "\"" + more + "}";
}

// Rows whose column n is a number; what x is says `set`, by the number of the row.
template <typename Set>
void feed(MonitorFixture& fixture, int from, int to, Set set) {
  BatchBuilder batch(fixture.schema(), kOrigin);
  Random random(7);
  for (int i = 0; i < to; ++i) {
    const double number = random.normal();
    if (i < from) {
      continue;
    }
    if (batch.full()) {
      fixture.monitor().observe(batch.batch());
      batch.clear();
    }
    set(batch.at(std::chrono::seconds(i)).set("n", number), i);
  }
  fixture.monitor().observe(batch.batch());
}

// The labels of the column's info metric, after its name: "kind number distinct 5 ...".
std::string info(const MonitorFixture& fixture, const std::string& column) {
  std::string found;
  for (const auto& [name, value] : fixture.samples()) {
    if (name.starts_with(of("column_info", column).substr(0, of("column_info", column).size() - 1))) {
      found += name.substr(name.find("kind="));
    }
  }
  return found;
}

// Its column would have no score, for ever.
TEST(DriftKinds, AMethodThatSuitsNoColumnIsSaid) {
  const auto said = [](const std::string& method, auto set) {
    MonitorFixture fixture("drift",
                           "name = \"inputs\"\ncolumns = [\"x\", \"n\"]\nreference = { first_rows = 1000 }\n"
                           "window = { rows = 200 }\nmethod = \"" +
                               method + "\"\n");
    feed(fixture, 0, 1000, set);
    return std::to_string(static_cast<int>(fixture.value(of("comparable", "x")))) + " " + info(fixture, "x");
  };
  const auto texts = [](BatchBuilder& row, int i) { row.set("x", i % 2 == 0 ? "a" : "b"); };
  const auto many = [](BatchBuilder& row, int i) { row.set("x", "c" + std::to_string(i % 3)); };
  const auto numbers = [](BatchBuilder& row, int i) { row.set("x", i * 1.0); };
  EXPECT_THAT(said("wasserstein", texts), AllOf(HasSubstr("0 kind=\"text\""), HasSubstr("method_for_numbers")));
  EXPECT_THAT(said("unseen_category", numbers), AllOf(HasSubstr("0 kind"), HasSubstr("method_for_text")));
  EXPECT_THAT(said("z_test_p_value", many), AllOf(HasSubstr("0 kind"), HasSubstr("method_for_two_values")));
  EXPECT_THAT(said("z_test_p_value", texts), HasSubstr("1 kind"));
  EXPECT_THAT(said("psi", many), HasSubstr("1 kind"));
}

// The column's first value is the 150th row of a window.
TEST(DriftKinds, RowsBeforeTheFirstValueAreNotOfALateReference) {
  MonitorFixture fixture("drift", kX);
  const auto late = [](BatchBuilder& row, int i) {
    if (i >= 1350) {
      row.set("x", std::fmod(i * 0.618, 1));
    }
  };
  feed(fixture, 0, 3000, late);
  EXPECT_THAT(info(fixture, "x"), AllOf(HasSubstr("kind=\"number\""), HasSubstr("missing=\"0\"")));
  EXPECT_EQ(fixture.value(of("reference_rows", "x")), 1050);
  EXPECT_EQ(fixture.value(of("score", "x", ",method=\"null_rate\"")), 0);
}

// Squares of larger numbers are no doubles, so that every distance would be 0 deviations.
TEST(DriftKinds, NumbersOfHugeSizeAreMissing) {
  for (const double huge : {1e154, 1e200, 1.7e308, -1.7e308}) {
    MonitorFixture fixture("drift", kX);
    feed(fixture, 0, 1200,
         [&](BatchBuilder& row, int i) { row.set("x", i >= 1000 && i % 4 == 0 ? huge : std::fmod(i * 0.618, 1)); });
    EXPECT_EQ(fixture.value(of("score", "x", ",method=\"null_rate\"")), 0.25) << huge;
    EXPECT_LT(fixture.value(of("score", "x", ",method=\"wasserstein\"")), 0.1) << huge;
    MonitorFixture all("drift", kX);
    feed(all, 0, 1200, [&](BatchBuilder& row, int i) { row.set("x", huge * (0.5 + std::fmod(i * 0.618, 0.5))); });
    EXPECT_EQ(all.value(of("comparable", "x")), 0) << huge;
    EXPECT_THAT(info(all, "x"), HasSubstr("no_values"));
  }
  MonitorFixture large("drift", kX);
  feed(large, 0, 1200,
       [&](BatchBuilder& row, int i) { row.set("x", 1e99 * (std::fmod(i * 0.618, 1) + (i >= 1000 ? 1 : 0))); });
  EXPECT_NEAR(large.value(of("score", "x", ",method=\"wasserstein\"")), std::sqrt(12.0), 0.05);
}

TEST(DriftKinds, AShiftOfTheMeanIsExactFarFromZero) {
  MonitorFixture fixture("drift",
                         "name = \"inputs\"\ncolumns = [\"x\", \"n\"]\nreference = { first_rows = 1000 }\n"
                         "window = { rows = 1000 }\nmethod = [\"wasserstein\", \"mean_shift\"]\n");
  // 0 and 10 by turns, and 8 more, 2^50 above 0.
  feed(fixture, 0, 2000,
       [](BatchBuilder& row, int i) { row.set("x", 0x1p50 + (i % 2 == 0 ? 0 : 10) + (i >= 1000 ? 8 : 0)); });
  const double exact = 8 / (5 * std::sqrt(1000.0 / 999));
  EXPECT_NEAR(fixture.value(of("score", "x", ",method=\"wasserstein\"")), exact, 1e-12);
  EXPECT_NEAR(fixture.value(of("score", "x", ",method=\"mean_shift\"")), exact, 1e-12);
}

// Times in microseconds: the numbers and the expected scores, of SciPy, are those of FarFromZero.
TEST(DriftKinds, ScoresOfTimesInMicroseconds) {
  const auto time = [](BatchBuilder& row, std::int64_t i) {
    const std::int64_t w = i - 2000;
    row.set("x", 1.7e15 + static_cast<double>(i < 2000 ? i * i * 31 % 11 : (w * w * 17 + 5) % 11 + 1));
  };
  for (const char* const methods : {"[\"wasserstein\", \"mean_shift\"]", "[\"mean_shift\", \"total_variation\"]"}) {
    MonitorFixture fixture("drift",
                           "name = \"inputs\"\ncolumns = [\"x\", \"n\"]\nreference = { first_rows = 2000 }\n"
                           "window = { rows = 1000 }\nmethod = " +
                               std::string(methods) + "\n");
    feed(fixture, 0, 3000, time);
    EXPECT_NEAR(fixture.value(of("score", "x", ",method=\"mean_shift\"")), 0.001767877946286683, 1e-12) << methods;
    if (std::string(methods).find("wasserstein") != std::string::npos) {
      EXPECT_NEAR(fixture.value(of("score", "x", ",method=\"wasserstein\"")), 0.25775660456859845, 1e-12);
    }
  }
}

TEST(DriftKinds, InfoSaysWhatAColumnIsAndWhy) {
  const auto said = [](auto set) {
    MonitorFixture fixture("drift", kX);
    feed(fixture, 0, 999, set);
    EXPECT_EQ(info(fixture, "x"), "");
    feed(fixture, 999, 1000, set);
    EXPECT_EQ(fixture.value(of("comparable", "x")), info(fixture, "x").starts_with("kind=\"none\"") ? 0 : 1);
    return info(fixture, "x");
  };
  const auto labels = [](const char* kind, const char* distinct, const char* missing, const char* reason) {
    return std::string("kind=\"") + kind + "\",distinct=\"" + distinct + "\",missing=\"" + missing + "\",reason=\"" +
           reason + "\"}";
  };
  EXPECT_EQ(said([](BatchBuilder& row, int i) { row.set("x", i % 5); }), labels("number", "5", "0", "all_numbers"));
  EXPECT_EQ(said([](BatchBuilder& row, int i) { i % 10 == 0 ? row.set("x", "none") : row.set("x", i % 5 * 1.0); }),
            labels("number", "6", "0.1", "mostly_numbers"));
  EXPECT_EQ(said([](BatchBuilder& row, int i) { row.set("x", i % 2 == 0 ? "a" : "b"); }),
            labels("text", "2", "0", "all_texts"));
  EXPECT_EQ(said([](BatchBuilder& row, int i) { i % 10 == 0 ? row.set("x", 1.0) : row.set("x", "a"); }),
            labels("text", "2", "0.1", "mostly_texts"));
  EXPECT_EQ(said([](BatchBuilder& row, int i) { row.set("x", i % 2 == 0); }), labels("text", "2", "0", "all_booleans"));
  EXPECT_EQ(said([](BatchBuilder& row, int i) { row.set("x", i % 2 == 0 ? "10" : "-2.5e3"); }),
            labels("text", "2", "0", "numbers_as_text"));
  EXPECT_EQ(said([](BatchBuilder& row, int i) { row.set("x", i % 2 == 0 ? "007" : "1."); }),
            labels("text", "2", "0", "all_texts"));
  EXPECT_EQ(said([](BatchBuilder& row, int) { row.null("x"); }), labels("none", "0", "1", "no_values"));
  EXPECT_EQ(said([](BatchBuilder& row, int i) {
              if (i % 2 == 0) {
                row.set("x", Value::list(2));
              }
            }),
            labels("none", "0", "1", "lists_or_objects"));
  EXPECT_EQ(said([](BatchBuilder& row, int i) { i % 2 == 0 ? row.set("x", "NaN") : row.set("x", std::nan("")); }),
            labels("none", "0", "1", "no_values"));
  EXPECT_EQ(said([](BatchBuilder&, int) {}), labels("none", "0", "1", "absent"));
  EXPECT_EQ(said([](BatchBuilder& row, int i) { i < 9 ? row.set("x", 1.0) : row.null("x"); }),
            labels("none", "1", "0.991", "too_few_values"));
  // About 1.6 % from 1000.
  const std::string many = said([](BatchBuilder& row, int i) { row.set("x", i * 0.1); });
  EXPECT_NEAR(std::stod(many.substr(many.find("distinct=\"") + 10)), 1000, 60);
}

TEST(DriftKinds, NaNAndEmptyTextsOfATableAreMissingNotCategories) {
  MonitorFixture fixture("drift", kX);
  feed(fixture, 0, 1200,
       [](BatchBuilder& row, int i) { i % 3 != 0 ? row.set("x", "NaN") : row.set("x", i % 7 * 1.0); });
  EXPECT_THAT(info(fixture, "x"), HasSubstr("reason=\"all_numbers\""));
  MonitorFixture empty("drift", kX);
  feed(empty, 0, 1000, [](BatchBuilder& row, int i) { i % 3 != 0 ? row.set("x", "") : row.set("x", i % 7 * 1.0); });
  EXPECT_THAT(info(empty, "x"), HasSubstr("missing=\"0.666\",reason=\"all_numbers\""));
  EXPECT_LT(fixture.value(of("score", "x", ",method=\"null_rate\"")), 0.05);
}

// Without values in the reference a column was taken for text, for ever, with a score of 0.
TEST(DriftKinds, AColumnThatBeginsAsNullIsComparedOnceItHasValues) {
  MonitorFixture fixture("drift", kX);
  ASSERT_EQ(fixture.errors(), "");
  const auto set = [](BatchBuilder& row, int i) {
    i < 2100 ? row.null("x") : i < 4200 ? row.set("x", i % 10 * 1.0) : row.set("x", i % 10 + 100.0);
  };
  feed(fixture, 0, 1000, set);
  EXPECT_EQ(fixture.value(of("comparable", "x")), 0);
  feed(fixture, 1000, 2000, set);
  EXPECT_THAT(info(fixture, "x"), HasSubstr("reason=\"no_values\""));
  EXPECT_FALSE(fixture.shown(of("score", "x", ",method=\"jensen_shannon\"")));
  EXPECT_FALSE(fixture.shown(of("rows", "x")));
  EXPECT_EQ(fixture.value(of("rows", "n")), 200);
  feed(fixture, 2000, 2200, set);  // the first values
  EXPECT_THAT(info(fixture, "x"), HasSubstr("reason=\"capturing\""));
  feed(fixture, 2200, 3200, set);
  EXPECT_EQ(fixture.value(of("reference_rows", "x")), 1100) << "from the first value on";
  EXPECT_EQ(fixture.value(of("comparable", "x")), 1);
  EXPECT_THAT(info(fixture, "x"), HasSubstr("kind=\"number\",distinct=\"10\",missing=\"0\""));
  EXPECT_FALSE(fixture.shown(of("rows", "x")));
  feed(fixture, 3200, 4200, set);
  EXPECT_EQ(fixture.value(of("band", "x", ",method=\"wasserstein\"")), 0);
  feed(fixture, 4200, 4400, set);
  EXPECT_EQ(fixture.value(of("band", "x", ",method=\"wasserstein\"")), 1);
  EXPECT_GT(fixture.value(of("score", "x", ",method=\"wasserstein\"")), 10);
}

TEST(DriftKinds, AFewStrayValuesDoNotDecideTheKind) {
  MonitorFixture fixture("drift", kX);
  const auto set = [](BatchBuilder& row, int i) {
    i == 500 || i == 1200 ? row.set("x", "?") : i < 1500 ? row.null("x") : row.set("x", i % 10 * 1.0);
  };
  feed(fixture, 0, 1000, set);
  EXPECT_THAT(info(fixture, "x"), HasSubstr("reason=\"too_few_values\""));
  feed(fixture, 1000, 2000, set);
  EXPECT_THAT(info(fixture, "x"), HasSubstr("kind=\"number\""));
}

// A window of several steps is whole once all of its steps are after the capture.
TEST(DriftKinds, SlidingWindowsOfALateColumnAreWhole) {
  MonitorFixture fixture("drift",
                         "name = \"inputs\"\ncolumns = [\"x\", \"n\"]\nreference = { first_rows = 200 }\n"
                         "window = { rows = 300, step = 100 }\nmin_rows = 300\n");
  ASSERT_EQ(fixture.errors(), "");
  const auto set = [](BatchBuilder& row, int i) { i < 1000 ? row.null("x") : row.set("x", i % 10 * 1.0); };
  feed(fixture, 0, 1200, set);
  EXPECT_EQ(fixture.value(of("comparable", "x")), 1);
  feed(fixture, 1200, 1499, set);
  EXPECT_FALSE(fixture.shown(of("rows", "x")));
  feed(fixture, 1499, 1500, set);
  EXPECT_EQ(fixture.value(of("rows", "x")), 300);
  EXPECT_EQ(fixture.value(of("band", "x", ",method=\"wasserstein\"")), 0);
}

TEST(DriftKinds, RowsThatLackTheColumnAreTold) {
  MonitorFixture fixture("drift", std::string(kX) + "export_bins = true\n");
  const auto set = [](BatchBuilder& row, int i) {
    if (i < 1000) {
      row.set("x", i % 10 * 1.0);
    } else if (i % 4 == 0) {
      row.null("x");
    }
  };
  feed(fixture, 0, 1200, set);
  EXPECT_EQ(fixture.value(of("absent_rows", "x")), 150);
  EXPECT_EQ(fixture.value(of("absent_rows", "n")), 0);
  EXPECT_EQ(fixture.value(of("bin_rows", "x", ",bin=\"missing\"")), 200);
}

TEST(DriftKinds, ARestartAnywhereChangesNothing) {
  const std::string config =
      "name = \"inputs\"\ncolumns = [\"x\", \"n\"]\nreference = { first_rows = 300 }\nexport_bins = true\n"
      "window = { time = \"100s\", step = \"50s\" }\nthreshold = 0.3\n";
  const auto set = [](BatchBuilder& row, int i) {
    if (i >= 620 && i % 5 != 0) {
      row.set("x", i % 10 * 1.0);
    } else if (i % 2 == 0) {
      row.null("x");
    }
  };
  MonitorFixture whole("drift", config);
  ASSERT_EQ(whole.errors(), "");
  feed(whole, 0, 1400, set);
  EXPECT_EQ(whole.value(of("rows", "x")), 100);
  EXPECT_EQ(whole.value(of("absent_rows", "x")), 10);
  for (const int stop : {1, 299, 300, 301, 500, 621, 700, 920, 960, 1020, 1399}) {
    MonitorFixture first("drift", config);
    feed(first, 0, stop, set);
    MonitorFixture second("drift", config);
    ASSERT_TRUE(second.load(first.saved())) << stop;
    EXPECT_TRUE(second.saved() == first.saved()) << stop;
    feed(second, stop, 1400, set);
    EXPECT_TRUE(second.saved() == whole.saved()) << stop;
    EXPECT_EQ(second.samples(), whole.samples()) << stop;
  }
}

TEST(DriftKinds, AlertsIfAColumnIsNotComparable) {
  MonitorFixture fixture("drift", kX);
  Catalog catalog;
  fixture.monitor().describe(catalog.metrics);
  fixture.monitor().declare(catalog);
  const auto alert = std::find_if(catalog.alerts.begin(), catalog.alerts.end(),
                                  [](const AlertRule& rule) { return rule.name == "DriftColumnNotComparable"; });
  ASSERT_NE(alert, catalog.alerts.end());
  EXPECT_EQ(alert->expr, "leeway_drift_comparable{drift=\"inputs\"} == 0");
  EXPECT_FALSE(alert->tests.empty());
}

// A reference that cannot be compared is shown, exported and read again as such.
TEST(DriftKinds, AProfileKeepsWhatItsColumnsAre) {
  MonitorFixture fixture("drift", kX);
  feed(fixture, 0, 1000, [](BatchBuilder& row, int i) { i % 2 == 0 ? row.null("x") : row; });
  const std::optional<DriftProfile> profile = drift_monitors(fixture.monitor()).front()->profile();
  ASSERT_TRUE(profile);
  const Expected<DriftProfile> read = parse_profile(to_json(*profile));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(*profile));
  EXPECT_TRUE(read->has("x"));
  ASSERT_FALSE(read->columns.contains("x"));
  EXPECT_EQ(read->not_comparable.at("x").explanation(), "none of its 1000 records has a value");
  EXPECT_EQ(read->columns.at("n").facts.explanation(), "all 1000 values are numbers");
}

}  // namespace
}  // namespace leeway
