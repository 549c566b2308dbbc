#include "agent/init/access_tail.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> lines_with(const std::vector<std::string>& tails, const std::string& agent = R"( "-" "a b")") {
  std::vector<std::string> lines;
  for (const std::string& tail : tails) {
    lines.push_back("127.0.0.1 - - [30/Nov/2026:22:19:53 +0000] \"GET /items HTTP/1.1\" 200 2" + agent + tail);
  }
  return lines;
}

std::string pattern_with(const std::vector<std::string>& tails, const std::string& agent = R"( "-" "a b")") {
  const AccessTail tail = access_tail_of(lines_with(tails, agent));
  return tail.format ? tail.format->keys[1].second : "";
}

TEST(AccessTail, PairsAreFieldsOfTheirNames) {
  EXPECT_THAT(pattern_with({R"( rt=0.004 uct="-" urt="0.003, 0.002")", R"( rt=0.010 uct="0.001" urt="-")"}),
              HasSubstr("{agent:quoted} rt={duration:s} uct={connect_duration:sum} urt={upstream_duration:sum}"));
  EXPECT_THAT(pattern_with({" ms=7 cache=HIT", " ms=9 cache=MISS"}), HasSubstr(" ms={ms:number} cache={cache:word}"));
  EXPECT_THAT(pattern_with({" status=7 status=8"}), HasSubstr(" status={_:number} status={_:number}"));
}

TEST(AccessTail, TimesWithMillisecondsAreTheDurationAndThatOfTheUpstream) {
  EXPECT_THAT(pattern_with({" 0.088 -", " 0.582 0.580"}), HasSubstr(" {duration:s} {upstream_duration:sum}"));
  EXPECT_THAT(pattern_with({R"( "10.0.0.1" 0.088)", R"( "-" 0.582)"}, ""),
              HasSubstr("{bytes:int} {_:quoted} {duration:s}"));
}

TEST(AccessTail, WhatCannotBeReadIsShown) {
  const AccessTail tail = access_tail_of(lines_with({" hit a", " miss b c", " hit"}));
  EXPECT_FALSE(tail.format);
  EXPECT_EQ("hit a", tail.example);
}

TEST(AccessTail, LinesWithoutOneHaveNone) {
  EXPECT_EQ("", access_tail_of(lines_with({"", ""})).example);
  EXPECT_EQ("", access_tail_of(lines_with({R"( "-")", R"( "-")"})).example);
  EXPECT_EQ("", access_tail_of({}).example);
}

}  // namespace
}  // namespace leeway
