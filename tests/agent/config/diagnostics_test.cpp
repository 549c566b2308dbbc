#include "agent/config/diagnostics.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

TEST(Diagnostics, NothingIsWrongAtFirst) {
  const Diagnostics diagnostics;
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.to_string(), "");
}

TEST(Diagnostics, AllErrorsByFileLineAndColumnNumbersAsNumbers) {
  Diagnostics diagnostics;
  diagnostics.error({"b.toml", 1, 1}, "in the second file");
  diagnostics.error({"a.toml", 10, 1}, "on line ten");
  diagnostics.error({"a.toml", 9, 20}, "at column twenty");
  diagnostics.error({"a.toml", 9, 3}, "at column three");
  EXPECT_EQ(diagnostics.to_string(),
            "a.toml:9:3: error: at column three\n"
            "a.toml:9:20: error: at column twenty\n"
            "a.toml:10:1: error: on line ten\n"
            "b.toml:1:1: error: in the second file\n");
  ASSERT_EQ(diagnostics.errors().size(), 4U);
  EXPECT_EQ(diagnostics.errors().front().code, ErrorCode::kConfiguration);
}

TEST(Diagnostics, ErrorsOfOnePlaceStayInTheirOrder) {
  Diagnostics diagnostics;
  diagnostics.error({"a.toml", 1, 1}, "second by name");
  diagnostics.error({"a.toml", 1, 1}, "first by name");
  EXPECT_EQ(diagnostics.to_string(), "a.toml:1:1: error: second by name\na.toml:1:1: error: first by name\n");
}

TEST(Diagnostics, WhatIsUnknownOfAPositionIsLeftOut) {
  Diagnostics diagnostics;
  diagnostics.error({}, "somewhere");
  diagnostics.error({"a.toml", 0, 0}, "in the file");
  diagnostics.error({"a.toml", 3, 0}, "on the line");
  EXPECT_EQ(diagnostics.to_string(), "error: somewhere\na.toml: error: in the file\na.toml:3: error: on the line\n");
}

TEST(Diagnostics, AWarningIsNoErrorAndComesAfterThem) {
  Diagnostics diagnostics;
  diagnostics.warning({"a.toml", 1, 1}, "odd");
  EXPECT_FALSE(diagnostics.has_errors());
  diagnostics.error({"a.toml", 2, 1}, "wrong");
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.to_string(), "a.toml:2:1: error: wrong\na.toml:1:1: warning: odd\n");
  EXPECT_EQ(diagnostics.warnings().size(), 1U);
}

TEST(Diagnostics, WhatIsReportedTwiceIsWrittenOnce) {
  Diagnostics diagnostics;
  diagnostics.error({"a.toml", 2, 1}, "no");
  diagnostics.error({"a.toml", 2, 1}, "never");
  diagnostics.error({"a.toml", 2, 1}, "no");
  diagnostics.error({"a.toml", 3, 1}, "no");
  EXPECT_EQ(diagnostics.to_string(), "a.toml:2:1: error: no\na.toml:2:1: error: never\na.toml:3:1: error: no\n");
}

}  // namespace
}  // namespace leeway
