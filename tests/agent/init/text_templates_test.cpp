#include "agent/init/text_templates.h"

#include <gmock/gmock.h>
#include <re2/re2.h>

#include <random>

namespace leeway {
namespace {

std::vector<TextTemplate> templates_of(const std::vector<std::string>& messages, std::size_t most = 10) {
  TextTemplates templates;
  for (const std::string& message : messages) {
    templates.add(message);
  }
  return templates.most_frequent(most);
}

std::vector<std::string> texts_of(const std::vector<TextTemplate>& templates) {
  std::vector<std::string> texts;
  for (const TextTemplate& found : templates) {
    texts.push_back(found.text);
  }
  return texts;
}

std::string line_of(const std::vector<TextWord>& words) {
  std::string line;
  for (const TextWord& word : words) {
    line += (line.empty() ? "" : "|") + word.text;
  }
  return line;
}

TEST(TextWords, WhatVariesIsAStar) {
  EXPECT_EQ("took|*|(*),|ok", line_of(words_of("took 3.5ms (7), ok")));
  EXPECT_EQ("from|*|*|by|*", line_of(words_of("from /srv/data https://a/b by ann@example.org")));
  EXPECT_EQ("opened|\"*\"|and|'*'|key=*|path=*", line_of(words_of("opened \"a b\" and 'c' key=5 path=\"/a b\"")));
  EXPECT_EQ("id|*", line_of(words_of("id deadbeefcafe")));
  EXPECT_EQ("*|*|*|[ERR]|import", line_of(words_of("11/30/2026 09:12:44 PM [ERR] import")));
  EXPECT_EQ("at|*|*|*|*", line_of(words_of("at Mon Nov 30 22:00:00")));
  EXPECT_EQ("may|I|AM|here", line_of(words_of("may I AM here")));
  EXPECT_EQ("it's|the|user's|turn", line_of(words_of("it's the user's turn")));
  EXPECT_EQ("", line_of(words_of("  ")));
}

TEST(TextTemplates, WhatDiffersFromLineToLineIsLeftOut) {
  const std::vector<TextTemplate> found = templates_of(
      {"request 1 took 5ms", "request 2 took 7ms", "opened \"a b\"", "opened \"c\"", "request 3 took 9ms", "once"});
  ASSERT_THAT(texts_of(found), testing::ElementsAre("request * took *", "opened \"*\""));
  EXPECT_EQ(3U, found[0].count);
  EXPECT_EQ("request", found[0].name);
  EXPECT_EQ(R"re(^request \S+ took \S+$)re", found[0].pattern);
}

TEST(TextTemplates, WordsWithManyValuesVaryEvenWithoutDigits) {
  std::vector<std::string> messages;
  for (const char* const name : {"ann", "bob", "eve", "joe", "kim", "lea"}) {
    messages.push_back("user " + std::string(name) + " logged in");
  }
  messages.insert(messages.end(), {"cache hit today", "cache miss today", "cache hit today", "cache miss today"});
  EXPECT_THAT(texts_of(templates_of(messages)),
              testing::ElementsAre("user * logged in", "cache hit today", "cache miss today"));
}

TEST(TextTemplates, WhatWentWrongComesFirstAndIsNotMerged) {
  std::vector<std::string> messages;
  for (const char* const how : {"done", "queued", "sent", "kept", "checked", "failed"}) {
    messages.insert(messages.end(), 3, "payment " + std::string(how) + " soon");
  }
  EXPECT_THAT(texts_of(templates_of(messages)), testing::ElementsAre("payment failed soon", "payment * soon"));
}

TEST(TextTemplates, ThePatternMatchesEachMessageOfItsTemplate) {
  const std::vector<std::string> messages = {"a.b (x) [y] {z} cost 3$ + 4|5?",
                                             "  padded   by\tblanks 7 ",
                                             "user=\"a b\" did 'x y' at 5",
                                             "user=c did 'z' at 6",
                                             "one two three 4\r",
                                             "a.b (x) [y] {z} cost 5$ + 4|9?",
                                             "padded by blanks 9",
                                             "one two three 5"};
  const std::vector<TextTemplate> found = templates_of(messages);
  ASSERT_EQ(4U, found.size());
  for (const TextTemplate& one : found) {
    const RE2 pattern(one.pattern);
    ASSERT_TRUE(pattern.ok()) << one.pattern;
    EXPECT_EQ(one.count, std::count_if(messages.begin(), messages.end(),
                                       [&](const std::string& message) { return RE2::PartialMatch(message, pattern); }))
        << one.pattern;
  }
}

TEST(TextTemplates, TheFirstLineOfAMessageCounts) {
  const std::vector<TextTemplate> found = templates_of({"job 1 broke\nTraceback\n  x", "job 2 broke"});
  ASSERT_THAT(texts_of(found), testing::ElementsAre("job * broke"));
  EXPECT_TRUE(RE2::PartialMatch("job 3 broke\nmore", found[0].pattern));
  EXPECT_TRUE(RE2::PartialMatch("job 3 broke", found[0].pattern));
  EXPECT_FALSE(RE2::PartialMatch("job 3 broke down\nmore", found[0].pattern));
}

TEST(TextTemplates, SeveralLinesMayBeExpected) {
  TextTemplates templates;
  templates.add("job 1 broke");
  templates.add("job 2 broke");
  templates.expect_several_lines();
  EXPECT_TRUE(RE2::PartialMatch("job 3 broke\nmore", templates.most_frequent(1).front().pattern));
}

TEST(TextTemplates, MemoryIsBoundedWhateverTheMessagesAre) {
  TextTemplates templates;
  std::mt19937 random(7);
  for (int i = 0; i < 5'000; ++i) {
    std::string message;
    for (int word = 0; word < 6; ++word) {
      message += (word == 0 ? "" : " ") + std::string(1 + random() % 5, static_cast<char>('g' + random() % 20));
    }
    templates.add(message);
  }
  std::uint64_t counted = 0;
  const std::vector<TextTemplate> found = templates.most_frequent(100'000);
  EXPECT_LT(found.size(), 65U * 64);
  for (const TextTemplate& one : found) {
    counted += one.count;
  }
  EXPECT_LE(counted, templates.messages());
}

TEST(TextTemplates, LongMessagesEndInWhatVaries) {
  std::string message = "values";
  for (int i = 0; i < 100; ++i) {
    message += " word";
  }
  const std::vector<TextTemplate> found = templates_of({message, message + " more"});
  ASSERT_EQ(1U, found.size());
  EXPECT_TRUE(found[0].text.ends_with("word *"));
}

}  // namespace
}  // namespace leeway
