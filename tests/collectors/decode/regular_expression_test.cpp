// What is known of a regular expression besides RE2, which is the oracle here: the fast way to match it, and texts that
// all of its matches contain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <cstring>
#include <random>

#include "agent/core/record_batch.h"
#include "collectors/decode/pattern_literals.h"
#include "collectors/decode/straight_pattern.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Random = std::mt19937;

std::string pick(Random& random, const std::vector<std::string>& from) { return from[random() % from.size()]; }

// Atoms of few characters, so that many texts match.
std::string random_pattern(Random& random) {
  static const std::vector<std::string> kAtoms = {
      "a",   "b",     "ab",    " ",   "\\.", "-", "1",   "\\d",    "\\w",         "\\s",    "\\S",      ".",
      "[a]", "[^ ]",  "[ab-]", "\\[", "]",   "}", "[^]", "[\\d.]", "[^\\]\\[a]",  "[a-b1]", "\xC3\xA9", "[-a]",
      "\\D", "[^a1]", "\\W",   "_",   "a|b", "{", "\\t", "x{2}",   "[[:alpha:]]", "(?i:a)", "a+?",      "\\b"};
  std::string pattern = random() % 4 == 0 ? "" : "^";
  std::size_t open = 0;
  for (std::size_t i = 1 + random() % 8; i > 0; --i) {
    if (random() % 4 == 0) {
      pattern += pick(random, {"(", "(?:", "(?P<g" + std::to_string(i) + ">"});
      ++open;
    }
    pattern += pick(random, kAtoms) + pick(random, {"", "", "", "*", "+", "?"});
    if (open > 0 && random() % 2 == 0) {
      pattern += ")" + pick(random, {"", "", "", "", "?", "*"});
      --open;
    }
  }
  return pattern + std::string(open, ')') + (random() % 4 == 0 ? "$" : "");
}

std::string random_text(Random& random) {
  std::string text;
  for (std::size_t i = random() % 10; i > 0; --i) {
    text += pick(random,
                 {"a", "b", "ab", " ", ".", "-", "1", "]", "[", "}", "\xC3\xA9", "\xFF", "\n", "_", "xx", "A", "{"});
  }
  return text;
}

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

// The groups of a match by RE2.
std::optional<std::vector<std::string>> expected(const RE2& pattern, const std::string& text) {
  std::vector<re2::StringPiece> pieces(static_cast<std::size_t>(pattern.NumberOfCapturingGroups()) + 1);
  if (!pattern.Match(text, 0, text.size(), RE2::UNANCHORED, pieces.data(), static_cast<int>(pieces.size()))) {
    return std::nullopt;
  }
  std::vector<std::string> groups;
  for (const re2::StringPiece& piece : pieces) {
    groups.emplace_back(piece.data() == nullptr ? "" : std::string(piece.data(), piece.size()));
  }
  return groups;
}

TEST(StraightPattern, MatchesWhatRe2Matches) {
  Random random(1);
  std::size_t compared = 0;
  std::size_t matched = 0;
  for (int i = 0; i < 60000; ++i) {
    const std::string pattern = random_pattern(random);
    const RE2 re2(pattern, quiet());
    const std::optional<StraightPattern> straight = re2.ok() ? StraightPattern::compile(pattern) : std::nullopt;
    for (int k = 0; straight && k < 30; ++k) {
      const std::string text = random_text(random);
      std::vector<std::string_view> found(static_cast<std::size_t>(re2.NumberOfCapturingGroups()) + 1);
      const StraightPattern::Result result = straight->match(text, found);
      if (result == StraightPattern::Result::kUnknown) {
        continue;
      }
      const auto groups = expected(re2, text);
      ASSERT_EQ(result == StraightPattern::Result::kMatch, groups.has_value()) << pattern << "\n" << text;
      ++compared;
      if (groups) {
        ASSERT_EQ(std::vector<std::string>(found.begin(), found.end()), *groups) << pattern << "\n" << text;
        ++matched;
      }
    }
  }
  EXPECT_GT(compared, 100000U);
  EXPECT_GT(matched, 10000U);
}

TEST(StraightPattern, IsWhatDoesNotGoBack) {
  for (const char* pattern : {R"(^(?P<time>\S+ \S+) (?P<level>\w+) \[(?P<thread>[^\]]+)\] (?P<rest>.*)$)", "^a*b", "^a",
                              "^(?:x)(y)", R"(^\[?\d+\]? *$)"}) {
    EXPECT_TRUE(StraightPattern::compile(pattern)) << pattern;
  }
  for (const char* pattern : {"a", "^a*a", "^.*a", "^a?b*a", "^(a)+b", "^a|b", "^a+?", "^a{2}", "(?i)^a", "^\\ba",
                              "^(a|b)c", "^\xC3\xA9", "^\\d*\\w", "^[[:alpha:]]", "^$a"}) {
    EXPECT_FALSE(StraightPattern::compile(pattern)) << pattern;
  }
}

TEST(PatternLiterals, AreInEveryMatch) {
  Random random(2);
  std::size_t matched = 0;
  for (int i = 0; i < 60000; ++i) {
    const std::string pattern = random_pattern(random);
    const RE2 re2(pattern, quiet());
    if (!re2.ok()) {
      continue;
    }
    const PatternLiterals literals(pattern);
    for (int k = 0; k < 30; ++k) {
      const std::string text = random_text(random);
      const std::string padded = text + std::string(kPadding, 'a');
      if (RE2::PartialMatch(text, re2)) {
        ASSERT_TRUE(literals.are_in({padded.data(), text.size()})) << pattern << "\n" << text;
        matched += literals.all().empty() ? 0 : 1;
      }
    }
  }
  EXPECT_GT(matched, 500U);
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
