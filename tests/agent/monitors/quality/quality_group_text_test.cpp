#include "agent/monitors/quality/quality_group_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(QualityGroupText, IsAsSavedStateHasAlwaysHadIt) {
  EXPECT_EQ(quality_group_text({}), "");
  EXPECT_EQ(quality_group_text({"a"}), R"(group="a")");
  EXPECT_EQ(quality_group_text({"a\\b", "c\"d", "e\nf"}), R"(group="a\\b",group_2="c\"d",group_3="e\nf")");
}

TEST(QualityGroupText, ReadsBackAsTheSameKeys) {
  for (const std::vector<std::string>& keys :
       {std::vector<std::string>{}, {""}, {"a", "b,group_2=\"c\""}, {"\\n", "\n", "\\\\\""}, {"\\", "\"", "n"}}) {
    EXPECT_EQ(quality_group_keys(quality_group_text(keys)), keys);
  }
}

TEST(QualityGroupText, OtherTextHasFewerKeys) {
  EXPECT_THAT(quality_group_keys("other=\"a\""), IsEmpty());
  EXPECT_THAT(quality_group_keys(R"(group="a",other="b")"), ElementsAre("a"));
  EXPECT_THAT(quality_group_keys(R"(group="a)"), ElementsAre("a"));
  EXPECT_THAT(quality_group_keys(R"(group="a\)"), ElementsAre("a\\"));
}

}  // namespace
}  // namespace leeway
