#include "agent/init/source_trial.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

const auto kNoFields = [](Schema&) {};
const auto kNobody = [](const RecordBatch&) {};

TEST(SourceTrial, CountsRecordsRejectsAndTimes) {
  const SourceKeys keys = {{"format", "\"json\""}, {"time", "\"ts\""}};
  const Expected<SourceTrial> trial =
      try_source(keys, {"{\"ts\": 1795840002}\n{\"ts\": 1795840001}\nno json\n{\"n\": 1}"}, kNoFields, kNobody);
  ASSERT_TRUE(trial) << trial.error().to_string();
  EXPECT_EQ(3U, trial->records);
  EXPECT_EQ(1U, trial->rejected);
  EXPECT_EQ(2U, trial->timed);
  EXPECT_EQ(1U, trial->backwards);
  EXPECT_THAT(trial->rejects, testing::ElementsAre("no json"));
}

TEST(SourceTrial, KeysThatAreWrongAreAnError) {
  EXPECT_FALSE(try_source({{"format", "\"jsn\""}}, {"{}\n"}, kNoFields, kNobody));
}

TEST(SourceTrial, WritesTextsAsToml) {
  EXPECT_EQ("\"a b\"", toml_text("a b"));
  EXPECT_EQ("'^\\d \"x\"'", toml_text("^\\d \"x\""));
  EXPECT_EQ("'''it's \"\\d\"'''", toml_text("it's \"\\d\""));
  EXPECT_EQ("\"it's \\\\d\\t\"", toml_text("it's \\d\t"));
}

TEST(SourceTrial, AFormatAloneIsAWordInAList) {
  EXPECT_EQ("\"json\"", to_list_element({{"format", "\"json\""}}));
  EXPECT_EQ("{ format = \"json\", time = \"ts\" }", to_list_element({{"format", "\"json\""}, {"time", "\"ts\""}}));
}

}  // namespace
}  // namespace leeway
