#include "agent/init/time_formats.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

std::string format_of(const std::vector<std::string>& times) { return time_format_of(times).value_or("none"); }

TEST(TimeFormats, WhatAutoReadsNeedsNoFormat) {
  EXPECT_EQ("auto", format_of({"2026-11-30T12:00:00Z", "2026-11-30 12:00:00,123"}));
  EXPECT_EQ("%Y-%m-%d %H:%M:%S", format_of({"2026-11-30  6:12:01", "2026-11-30 16:12:01"}));
  EXPECT_EQ("none", format_of({"yesterday"}));
  EXPECT_EQ("none", format_of({}));
}

TEST(TimeFormats, TheDayOrTheMonthIsFirstAsAllTimesSay) {
  EXPECT_EQ("%d/%m/%Y %H:%M:%S", format_of({"30/11/2026 12:00:00", "01/12/2026 12:00:00"}));
  EXPECT_EQ("%m/%d/%Y %I:%M:%S %p", format_of({"11/30/2026 12:00:00 PM", "12/01/2026 1:00:00 AM"}));
  // One of them makes the log three months long.
  EXPECT_EQ("%m/%d/%Y %H:%M", format_of({"05/02/2026 12:00", "05/04/2026 12:00"}));
  EXPECT_EQ("%d/%m/%Y %H:%M", format_of({"05/04/2026 12:00", "06/04/2026 12:00"}));
  EXPECT_EQ("%d/%m/%Y", format_of({"05/04/2026"}));
}

TEST(TimeFormats, FractionsMayHaveACommaBeforeThem) {
  EXPECT_EQ("%d.%m.%Y %H:%M:%S,%f", format_of({"30.11.2026 12:00:00,5"}));
  EXPECT_EQ("%d.%m.%Y %H:%M", format_of({"30.11.2026 12:00"}));
}

TEST(TimeFormats, ATimeEndsWithItsZone) {
  EXPECT_EQ(22U, time_size("30.11.2026 12:00:00 PM x"));
  EXPECT_EQ(13U, time_size("1796066007123 x"));
  EXPECT_EQ(0U, time_size("2026-11-30 x"));
  EXPECT_EQ(0U, time_size("12:00:00 x"));
}

}  // namespace
}  // namespace leeway
