// What is known of a regular expression besides RE2, which is the oracle here: the fast way to match it, and texts that
// all of its matches contain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <cstring>
#include <random>

#include "agent/core/record_batch.h"
#include "collectors/decode/pattern_literals.h"
#include "collectors/decode/step_pattern.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Random = std::mt19937;

// Other patterns with --gtest_shuffle --gtest_random_seed=N.
Random seeded() { return Random(static_cast<unsigned>(testing::UnitTest::GetInstance()->random_seed()) + 1); }

std::string pick(Random& random, const std::vector<std::string>& from) { return from[random() % from.size()]; }

// Atoms of few characters, so that many texts match.
std::string random_pattern(Random& random) {
  static const std::vector<std::string> kAtoms = {
      "a",      "b",        "ab",      " ",           "\\.",      "-",         "1",
      "\\d",    "\\w",      "\\s",     "\\S",         ".",        "[a]",       "[^ ]",
      "[ab-]",  "\\[",      "]",       "}",           "[^]",      "[\\d.]",    "[^\\]\\[a]",
      "[a-b1]", "\xC3\xA9", "[-a]",    "\\D",         "(?:a|b1)", "(ab|a|-*)", "(?:a| (?:b+|.)|1)",
      "a*?",    ".*",       ".+?",     "a{2}",        "\\w{1,3}", "b{2,}",     "[^\\n]",
      "\\D",    "[^a1]",    "[^k]",    "s",           "\\W",      "_",         "a|b",
      "{",      "\\t",      "x{2}",    "[[:alpha:]]", "(?i:a)",   "a+?",       "\\b",
      "\\B",    "$",        "(?: |$)", "(a|^)"};
  std::string pattern = std::string(random() % 6 == 0 ? "(?i)" : "") + (random() % 4 == 0 ? "" : "^");
  std::size_t open = 0;
  for (std::size_t i = 1 + random() % 8; i > 0; --i) {
    if (random() % 4 == 0) {
      pattern += pick(random, {"(", "(?:", "(?P<g" + std::to_string(i) + ">"});
      ++open;
    }
    pattern += pick(random, kAtoms) + pick(random, {"", "", "", "*", "+", "?"}) +
               (open > 0 ? pick(random, {"", "", "", "|"}) : "");
    if (open > 0 && random() % 2 == 0) {
      pattern += ")" + pick(random, {"", "", "", "", "?", "*", "+", "{2}", "{1,3}", "{0,2}", "{2,}", "{02}"});
      --open;
    }
  }
  return pattern + std::string(open, ')') + (random() % 4 == 0 ? "$" : "");
}

std::string random_text(Random& random) {
  std::string text;
  for (std::size_t i = random() % 10; i > 0; --i) {
    text += pick(random, {"a",
                          "b",
                          "ab",
                          " ",
                          ".",
                          "-",
                          "1",
                          "]",
                          "[",
                          "}",
                          "\xC3\xA9",
                          "\xFF",
                          "\xE2\x82\xAC",
                          "\xE2\x84\xAA",
                          "\xC5\xBF",
                          "S",
                          "k",
                          "\xE2",
                          "\x80",
                          "\xED\xA0\x80",
                          "\xF4\x90\x80\x80",
                          "\n",
                          "_",
                          "xx",
                          "A",
                          "{"});
  }
  return text;
}

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

std::string group_text(std::string_view group) { return group.data() == nullptr ? "none" : std::string(group); }

// The groups of a match by RE2.
std::optional<std::vector<std::string>> expected(const RE2& pattern, const std::string& text) {
  std::vector<re2::StringPiece> pieces(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) + 1);
  if (!pattern.Match(text, 0, text.size(), RE2::UNANCHORED, pieces.data(), static_cast<int>(pieces.size()))) {
    return std::nullopt;
  }
  std::vector<std::string> groups;
  for (const re2::StringPiece& piece : pieces) {
    groups.push_back(group_text({piece.data(), piece.size()}));
  }
  return groups;
}

TEST(StepPattern, MatchesWhatRe2Matches) {
  Random random = seeded();
  std::size_t compared = 0;
  std::size_t unknown = 0;
  std::size_t matched = 0;
  for (int i = 0; i < 6000; ++i) {
    const std::string pattern = random_pattern(random);
    const RE2 re2(pattern, quiet());
    const std::optional<StepPattern> steps = re2.ok() ? StepPattern::compile(pattern) : std::nullopt;
    for (int k = 0; steps && k < 30; ++k) {
      const std::string text = random_text(random);
      std::vector<std::string_view> found(static_cast<std::size_t>(re2.NumberOfCapturingGroups()) + 1);
      const StepPattern::Result result = steps->match(text, found);
      if (result == StepPattern::Result::kUnknown) {
        unknown += pattern.starts_with("(?i)") ? 0 : 1;
        continue;
      }
      const auto groups = expected(re2, text);
      ASSERT_EQ(result == StepPattern::Result::kMatch, groups.has_value()) << pattern << "\n" << text;
      ++compared;
      if (groups) {
        std::vector<std::string> texts;
        std::transform(found.begin(), found.end(), std::back_inserter(texts), group_text);
        ASSERT_EQ(texts, *groups) << pattern << "\n" << text;
        ++matched;
      }
    }
  }
  EXPECT_GT(compared, 50000U);
  EXPECT_GT(matched, 10000U);
  EXPECT_LT(unknown, compared / 200);
}

TEST(StepPattern, IsMostOfWhatIsWrittenForLogs) {
  for (const char* pattern :
       {R"(^(?P<time>\S+ \S+) (?P<level>\w+) \[(?P<thread>[^\]]+)\] (?P<rest>.*)$)", "^a*b", "a", "^.*a+?(?:x)(y)$",
        R"((?P<level>INFO|WARN|ERROR).* took (?P<ms>\d+(?:ms|s)))", R"(^\d{4}-\d{2}-\d{1,2}[T ](\S{2,}))",
        R"(^(?P<time>\S+)(?: \[(?P<thread>[^\]]+)\])? (?P<rest>.*)$)", R"((?P<ip>(?:\d{1,3}\.){3}\d{1,3}))",
        R"(\b(?:user=(?P<user>\w+)|id=(?P<id>\d+))\b)", "a|b", "(a)*", "(?:a|b)+c", "((a)|b)", "\xC3\xA9",
        "(?i)^(?P<level>error|warn) ", "^a|b", "a(?: |$)"}) {
    EXPECT_TRUE(StepPattern::compile(pattern)) << pattern;
  }
  for (const char* pattern : {"(a*)*", "(?:a|b*)+", "(?:a)??", "(?:a)+?", "a??", "^(?i)a", "\xC3\xA9+", "[[:alpha:]]",
                              "^*a", "a{1000}", "a{02}", "(a){1,02}", "[\xC3\xA9]"}) {
    EXPECT_FALSE(StepPattern::compile(pattern)) << pattern;
  }
}

TEST(StepPattern, GivesUpWhereTooMuchHasToBeTried) {
  const auto pattern = StepPattern::compile("^.*a.*a.*a.*a.*b");
  ASSERT_TRUE(pattern);
  EXPECT_EQ(pattern->match(std::string(1000, 'a'), {}), StepPattern::Result::kUnknown);
  EXPECT_EQ(pattern->match("\xFF", {}), StepPattern::Result::kNoMatch);
  const auto loop = StepPattern::compile("^(?:a|aa|(b))*c");
  ASSERT_TRUE(loop);
  EXPECT_EQ(loop->match(std::string(1000, 'a'), {}), StepPattern::Result::kUnknown);
}

TEST(PatternLiterals, AreInEveryMatch) {
  Random random = seeded();
  std::size_t matched = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string pattern = random_pattern(random);
    const RE2 re2(pattern, quiet());
    if (!re2.ok()) {
      continue;
    }
    const PatternLiterals literals(pattern);
    for (int k = 0; k < 30; ++k) {
      std::string text = random_text(random);
      for (const std::string& literal : literals.all()) {
        text += literal + random_text(random);
      }
      const std::string padded = text + std::string(kPadding, 'a');
      if (RE2::PartialMatch(text, re2)) {
        ASSERT_TRUE(literals.are_in({padded.data(), text.size()})) << pattern << "\n" << text;
        matched += literals.all().empty() ? 0 : 1;
      }
    }
  }
  EXPECT_GT(matched, 20U);
}

TEST(PatternLiterals, AreFound) {
  const auto of = [](const char* pattern) { return PatternLiterals(pattern).all(); };
  EXPECT_THAT(of(R"(^(?P<level>\w+) order (?P<id>\d+) shipped\.$)"), ElementsAre(" order ", " shipped."));
  EXPECT_THAT(of("abc+de?f{2}gh*"), ElementsAre("ab"));
  EXPECT_THAT(of("(ab)?[cd]ef"), ElementsAre("ef"));
  for (const char* pattern : {"ab|cd", "(?i)ab", "\\Qab\\E", "a.b", "(?P<all>ab)", "\\x{61}bc"}) {
    EXPECT_THAT(of(pattern), IsEmpty()) << pattern;
  }
  const std::string line = "INFO order shipped order 7 shippe" + std::string(kPadding, 'd');
  const PatternLiterals literals("order 7 ship");
  EXPECT_TRUE(literals.are_in({line.data(), 33}));
  EXPECT_FALSE(literals.are_in({line.data(), 29}));
  EXPECT_FALSE(PatternLiterals("shipped order shipped").are_in({line.data(), 33}));
}

}  // namespace
}  // namespace leeway
