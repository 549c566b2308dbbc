#include "agent/init/kind_name.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

std::string name_of(const std::string& line) { return kind_name(words_of(line)); }

TEST(KindName, HasNoDatesZonesLevelsUnitsAndSmallWords) {
  EXPECT_EQ("import_started", name_of("[warn] import started at Mon Nov 30 10:00:00 UTC 2026"));
  EXPECT_EQ("import_failed", name_of("[error] the import failed on Tue Dec 1 at 10:07 CET"));
  EXPECT_EQ("connection_refused", name_of("connection to 10.0.0.7:5432 refused"));
  EXPECT_EQ("processed_rows", name_of("processed 128 rows in 3.4 s"));
  EXPECT_EQ("wrote", name_of("wrote 17 bytes to /data/x"));
  EXPECT_EQ("query", name_of("query[A] 127.0.0.1 from 10.0.0.7"));
}

TEST(KindName, HasAtMostFiveWords) {
  EXPECT_EQ("could_not_reach_payment_provider", name_of("could not reach payment provider after 3 attempts in time"));
}

TEST(KindName, PairsAndOddWordsAreNoPart) {
  EXPECT_EQ("step", name_of("step 3 loss=0.5 samples/s a.b.c x-y"));
  EXPECT_EQ("", name_of("17 2026-11-30 10.0.0.7"));
  EXPECT_EQ("failed_badly", name_of("Failed: (badly)"));
}

TEST(Units, OfTimesAndSizes) {
  EXPECT_EQ(1e6, units_per_second("µs"));
  EXPECT_EQ(1, units_per_second("seconds"));
  EXPECT_EQ(0, units_per_second("rows"));
  EXPECT_EQ(1024, bytes_per_unit("KiB"));
  EXPECT_EQ(0, bytes_per_unit("ms"));
}

}  // namespace
}  // namespace leeway
