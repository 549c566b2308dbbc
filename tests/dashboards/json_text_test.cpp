#include "dashboards/json_text.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

TEST(JsonText, NumbersHaveNoNoise) {
  EXPECT_EQ("0.001", json_number(1 - 0.999).dump());
  EXPECT_EQ("14.4", json_number(14.4).dump());
  EXPECT_EQ("2000000000", json_number(2e9).dump());
  EXPECT_EQ("-1", json_number(-1).dump());
  EXPECT_EQ("0", json_number(0).dump());
  EXPECT_EQ("1e+300", json_number(1e300).dump());
}

TEST(JsonText, TitlesHoldNoVariable) {
  EXPECT_EQ("Costs in $ and 5 $", title_text("Costs in $ and 5 $"));
  EXPECT_EQ("\xEF\xBC\x84job \xEF\xBC\x84{job} [ [job]] {{job}}", title_text("$job ${job} [[job]] {{job}}"));
  EXPECT_EQ(std::string::npos, title_text("[[[[a").find("[["));
  EXPECT_EQ("a b", title_text("a\nb"));
}

TEST(JsonText, DescriptionsHoldNoMarkup) {
  EXPECT_EQ("\\<b> \\*x\\* a_b \\[\\[job]] \\`c\\` \\\\", markdown_text("<b> *x* a_b [[job]] `c` \\"));
}

TEST(JsonText, WhatNobodySeesIsEscaped) {
  const std::string text = json_text(Json{{"a", "\n\x01\u0085\u2028\U000E0001\xFFz"}});
  EXPECT_EQ("{\n  \"a\": \"\\n\\u0001\\u0085\\u2028\\udb40\\udc01\uFFFDz\"\n}\n", text);
  EXPECT_EQ("\n\x01\u0085\u2028\U000E0001\uFFFDz", Json::parse(text)["a"]);
}

}  // namespace
}  // namespace leeway
