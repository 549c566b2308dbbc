#include "agent/core/reject_examples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace leeway {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(const RejectExamples& examples, const std::string& reason) {
  std::vector<std::string> found;
  for (const RejectExample& example : examples.by_reason().at(reason)) {
    found.push_back(example.file + ":" + example.text + (example.cut ? "..." : ""));
  }
  return found;
}

TEST(RejectExamples, TheLastOfEachReasonAreKept) {
  RejectExamples examples;
  for (int i = 0; i < 7; ++i) {
    examples.begin("f" + std::to_string(i));
    examples.add("syntax", "line");
  }
  examples.add("no_match", "other");
  EXPECT_THAT(texts(examples, "syntax"), ElementsAre("f2:line", "f3:line", "f4:line", "f5:line", "f6:line"));
  EXPECT_THAT(texts(examples, "no_match"), ElementsAre("f6:other"));
}

TEST(RejectExamples, OfLinesReadTogetherOnlyTheFirst) {
  RejectExamples examples;
  examples.begin("f");
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(examples.wants("syntax"), i < 5);
    examples.add("syntax", std::to_string(i));
  }
  EXPECT_TRUE(examples.wants("no_match"));
  EXPECT_THAT(texts(examples, "syntax"), ElementsAre("f:0", "f:1", "f:2", "f:3", "f:4"));
  examples.begin("g");
  examples.add("syntax", "next");
  EXPECT_THAT(texts(examples, "syntax"), ElementsAre("f:1", "f:2", "f:3", "f:4", "g:next"));
}

TEST(RejectExamples, TextsAreShortAndValid) {
  RejectExamples examples;
  examples.begin("f");
  examples.add("a", std::string(256, 'x'));
  examples.add("a", std::string(257, 'x'));
  examples.add("a", std::string(255, 'x') + "\xC3\xA9");  // é would be cut in two
  examples.add("a", "caf\xE9!");
  examples.add("a", "");
  EXPECT_THAT(texts(examples, "a"), ElementsAre("f:" + std::string(256, 'x'), "f:" + std::string(256, 'x') + "...",
                                                "f:" + std::string(255, 'x') + "...", "f:caf\xEF\xBF\xBD!", "f:"));
}

TEST(RejectExamples, TakeMovesAll) {
  RejectExamples step;
  RejectExamples all;
  for (const char* const file : {"f", "g"}) {
    step.begin(file);
    for (int i = 0; i < 3; ++i) {
      step.add("a", std::to_string(i));
    }
    all.take(step);
    EXPECT_TRUE(step.by_reason().empty());
  }
  EXPECT_THAT(texts(all, "a"), ElementsAre("f:1", "f:2", "g:0", "g:1", "g:2"));
}

TEST(RejectExamples, HidePrivatePartsBeforeTheTextIsCut) {
  RejectExamples examples;
  const std::string before(RejectExamples::kLongestText - 10, 'x');
  examples.add("a", before + " ann@example.org");
  EXPECT_EQ(examples.by_reason().at("a").back().text, before + " <email>");
  examples.add("a", "login password=hunter2");
  EXPECT_EQ(examples.by_reason().at("a").back().text, "login password=<token>");
}

}  // namespace
}  // namespace leeway
