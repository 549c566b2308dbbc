#include "agent/init/text_header.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

std::string keys_of_header(const std::vector<std::string>& lines) {
  const std::optional<FormatCandidate> header = header_of(lines);
  return header ? to_toml({header->keys.begin() + 1, header->keys.end()}) : "";
}

TEST(TextHeader, FindsTheLevelBehindTheTime) {
  EXPECT_EQ(
      "pattern = \"[{pid:int}] {time} [{level:word}] {message}\"\n",
      keys_of_header({"[11137] 2026/12/01 00:43:23.373306 [DBG] 127.0.0.1:52548 - cid:54 - Client connection created",
                      "[11137] 2026/12/01 00:43:23.409084 [TRC] 127.0.0.1:52548 - cid:54 - <<- [CONNECT {}]",
                      "[11137] 2026/12/01 00:43:25.441425 [INF] Server Exiting.."}));
  EXPECT_EQ(
      "pattern = \"{time} {logger:word}: {level:word}{? {_:int}?}: {message}\"\n"
      "time_format = \"%d-%b-%Y %H:%M:%S.%f\"\n",
      keys_of_header({"01-Dec-2026 00:53:18.661 general: debug 1: exclusive task mode: ending",
                      "01-Dec-2026 00:53:19.705 queries: info: client @0x7f09efce8098 127.0.0.1#33966: query",
                      "01-Dec-2026 00:53:20.905 general: notice: exiting"}));
  EXPECT_EQ("pattern = \"{time} [{thread}] {level:word} {logger:word}: {message}\"\n",
            keys_of_header({"2026-12-01 00:53:20,905 [main] INFO app.Db: opened it",
                            "2026-12-01 00:53:21,905 [w 1] WARN app.Db: x y"}));
}

TEST(TextHeader, ThereMayBeBlanksAndNothingInBrackets) {
  EXPECT_EQ(
      "pattern = \"{time} [{thread}] {{{context}}} <{level:word}> {logger:word}: {message}\"\n"
      "time_format = \"%Y.%m.%d %H:%M:%S.%f\"\n",
      keys_of_header({"2026.12.01 00:47:02.289519 [ 20 ] {} <Information> HTTPHandler: Done processing query",
                      "2026.12.01 00:47:02.403994 [ 20 ] {4cb78a91-2af3} <Debug> executeQuery: Query pipeline:"}));
}

TEST(TextHeader, FindsSecondsSinceTheEpoch) {
  EXPECT_EQ("pattern = \"{time}: {message}\"\n",
            keys_of_header({"1796066007: Sending CONNACK to auto (0, 0)", "1796066007: Denied PUBLISH from auto"}));
  EXPECT_EQ("pattern = \"[{time}] {message}\"\n", keys_of_header({"[1796066007] one two", "[1796066008] two one"}));
}

TEST(TextHeader, WhatStandsBeforeTheTimeMayBeTheLevel) {
  EXPECT_EQ("pattern = \"{level:word} - {time} - {message}\"\n",
            keys_of_header({"WARN - 2026-12-01 00:53:20 - a text", "INFO - 2026-12-01 00:53:20 - another"}));
}

TEST(TextHeader, MachinesAndProgramsBeforeTheTimeMayBeOthersTomorrow) {
  EXPECT_EQ(
      "pattern = \"{host:word} {time} {logger:word} {level:word} {message}\"\n",
      keys_of_header({"web01 2026-12-01 00:53:20 shop ERROR a text", "web-2.example 2026-12-01 00:53:20 shop INFO it",
                      "localhost 2026-12-01 00:53:20 shop INFO it"}));
  EXPECT_EQ("pattern = \"{program:word} {time} {message}\"\n",
            keys_of_header({"shop 2026-12-01 00:53:20 a text", "bank 2026-12-01 00:53:20 another text"}));
}

TEST(TextHeader, WordsOfAMessageAreNoneOfTheHeader) {
  EXPECT_EQ("pattern = \"{time} {message}\"\n",
            keys_of_header({"2026-12-01 00:53:45 1xY6yX-0006tB-1W ** nobody@mx.example: Unrouteable address",
                            "2026-12-01 00:53:45 1xY6yX-0006tE-1j <= <> R=1xY6yX-0006tB-1W U=root",
                            "2026-12-01 00:53:45 Warning: purging"}));
}

TEST(TextHeader, AMarkEndsTheLogger) {
  EXPECT_EQ("pattern = \"{time} {level:word} {logger:word} - {message}\"\n",
            keys_of_header({"2026-12-01 00:53:20,905 INFO  c.a.s.OrderService - opened",
                            "2026-12-01 00:53:21,905 WARN  c.a.s.Db - x"}));
  EXPECT_EQ("pattern = \"{time} {level:word} {file:word}:{line:int} -- {message}\"\n",
            keys_of_header({"2026-12-01 00:53:20,905\tINFO worker.py:1612 -- started",
                            "2026-12-01 00:53:21,905\tWARN node.py:7 -- x"}));
  EXPECT_EQ("pattern = \"{time} {level:word} {logger:word} [{thread}] {message}\"\n",
            keys_of_header(
                {"2026-12-01T00:53:20.905Z I NETWORK  [conn1] a", "2026-12-01T00:53:20.905Z E COMMAND  [conn22] b"}));
}

TEST(TextHeader, BracketsMayBePaddedOrRound) {
  EXPECT_EQ("pattern = \"[{time}][{level:word}][{logger}] [{thread}] {message}\"\n",
            keys_of_header({"[2026-12-01T00:53:20,905][INFO ][o.e.n.Node               ] [node-1] started",
                            "[2026-12-01T00:53:20,905][ERROR][o.e.c.r.AllocationService] [node-2] failed"}));
  EXPECT_EQ("pattern = \"{time} {level:word} [{logger}] ({thread}) {message}\"\n",
            keys_of_header({"2026-12-01 00:53:20,905 INFO  [org.acme.Cart] (main) a",
                            "2026-12-01 00:53:20,905 ERROR [org.acme.Db] (executor-1) b"}));
  EXPECT_EQ("pattern = \"{level:word} [{thread}] {time} {message}\"\n",
            keys_of_header({"INFO  [main] 2026-12-01 00:53:20,905 one text",
                            "ERROR [Gossip:1] 2026-12-01 00:53:20,905 another text"}));
}

TEST(TextHeader, ALevelMayBeAPartOfAWord) {
  EXPECT_EQ(
      "pattern = \"[{time}] {logger:word}.{level:word}: {message}\"\n",
      keys_of_header({"[2026-12-01T00:53:20+00:00] app.INFO: a", "[2026-12-01T00:53:20+00:00] request.ERROR: b"}));
  EXPECT_EQ("pattern = \"{time} {logger:word}: {message}\"\n",
            keys_of_header({"2026-12-01T00:53:20 main.c: a", "2026-12-01T00:53:20 socket.c: b"}));
}

TEST(TextHeader, PairsInFrontOfTheLevelKeepTheirNames) {
  EXPECT_EQ("pattern = \"{time} pid={pid:int} class={class:word} {level:word}: {message}\"\n",
            keys_of_header({"2026-12-01T00:53:20Z pid=9 class=HardJob INFO: start",
                            "2026-12-01T00:53:21Z pid=9 class=MailJob WARN: done"}));
}

TEST(TextHeader, ColumnsAndDatesWithTheDayFirst) {
  EXPECT_EQ("pattern = \"{time} | {level:word} | {logger} | {message}\"\ntime_format = \"%d/%m/%Y %H:%M:%S\"\n",
            keys_of_header(
                {"30/11/2026 12:00:00 | INFO | app.db | opened | it", "30/11/2026 12:00:01 | WARN | app.http | x"}));
  EXPECT_EQ(
      "pattern = \"{time}|{level:word}|{logger}|{message}\"\n",
      keys_of_header({"2026-11-30 12:00:00.1234|INFO|Shop.Db|opened it", "2026-11-30 12:00:01.1234|WARN|Shop.Web|x"}));
  EXPECT_EQ("pattern = \"{time} {level:word} {message}\"\ntime_format = \"%d.%m.%Y %H:%M:%S\"\n",
            keys_of_header({"30.11.2026 12:00:00 INFO opened it", "30.11.2026 12:00:01 WARN x y"}));
}

TEST(TextHeader, ALevelTellsWhereNoTimeDoes) {
  const std::optional<FormatCandidate> header = header_without_time(
      {"[0.005s][info][gc] Using G1", "[0.011s][warning][gc,init] Version: 17", "[1.023s][info][gc] GC(0) Pause"});
  ASSERT_TRUE(header);
  EXPECT_EQ("pattern = \"[{_}][{level:word}][{context}] {message}\"\n",
            to_toml({header->keys.begin() + 1, header->keys.end()}));
  EXPECT_FALSE(header_without_time({"something happened", "and again", "now"}));
}

TEST(TextHeader, LinesWithoutATimeHaveNone) {
  EXPECT_EQ("", keys_of_header({"something happened", "2026-12-01 00:53:45 now", "and", "again", "and", "again"}));
  EXPECT_EQ("", keys_of_header({}));
}

}  // namespace
}  // namespace leeway
