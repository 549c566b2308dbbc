#include "agent/core/nearest_word.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

const std::vector<std::string> kWords = {"log", "labels", "startsWith", "path"};

TEST(NearestWord, IsTheOneMeant) {
  EXPECT_EQ(nearest_word("lables", kWords), "labels");
  EXPECT_EQ(nearest_word("lgo", kWords), "log");
  EXPECT_EQ(nearest_word("starts_with", kWords), "startsWith");
  EXPECT_EQ(nearest_word("pat", kWords), "path");
  EXPECT_EQ(nearest_word("PATH", kWords), "path");
}

TEST(NearestWord, IsTheOneWithTheSameBeginningIfNoneIsNear) {
  const std::vector<std::string> words = {"state_dir", "state", "poll_interval", "log"};
  EXPECT_EQ(nearest_word("state_directory", words), "state_dir");
  EXPECT_EQ(nearest_word("Poll_", words), "poll_interval");
  EXPECT_EQ(nearest_word("poll", words), "");
  EXPECT_EQ(nearest_word("logging_level", words), "");
}

TEST(NearestWord, IsNoneWhereNothingIsNear) {
  EXPECT_EQ(nearest_word("timeout", kWords), "");
  EXPECT_EQ(nearest_word("x", kWords), "");
  EXPECT_EQ(nearest_word("", kWords), "");
  EXPECT_EQ(nearest_word("log", {}), "");
  EXPECT_EQ(did_you_mean("timeout", kWords), "");
  EXPECT_EQ(did_you_mean("lables", kWords), "; did you mean 'labels'?");
}

TEST(QuotedWords, AreAListInWords) {
  EXPECT_EQ(quoted_words({}, "or"), "");
  EXPECT_EQ(quoted_words(std::span(kWords).first(1), "or"), "\"log\"");
  EXPECT_EQ(quoted_words(std::span(kWords).first(2), "and"), "\"log\" and \"labels\"");
  EXPECT_EQ(quoted_words(kWords, "or"), "\"log\", \"labels\", \"startsWith\" or \"path\"");
}

}  // namespace
}  // namespace leeway
