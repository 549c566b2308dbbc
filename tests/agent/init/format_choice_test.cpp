#include "agent/init/format_choice.h"

#include <gmock/gmock.h>
#include <re2/re2.h>

#include "collectors/builtin.h"

namespace leeway {
namespace {

LogSample sample_of(std::string text) {
  LogSample sample;
  sample.info.modified = TimePoint(std::chrono::seconds(1796061600));
  sample.size = text.size();
  sample.text = std::move(text);
  return sample;
}

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) {
    result += text;
  }
  return result;
}

std::vector<std::string> names_of(const FormatChoice& choice) {
  std::vector<std::string> names;
  for (const FormatCandidate& format : choice.formats) {
    names.push_back(format.name);
  }
  return names;
}

TEST(FormatChoice, FindsEachFormatByItsSample) {
  for (const FormatKind& kind : builtin_formats()) {
    if (kind.sample.empty() || kind.use == FormatUse::kFiles) {
      continue;
    }
    const FormatChoice choice = choose_formats(sample_of(repeated(std::string(kind.sample) + "\n", 30)));
    // Those of which the server cannot be told are all "access".
    const bool any = kind.name == "common" || kind.name == "combined" || kind.name == "gunicorn";
    EXPECT_THAT(names_of(choice), testing::ElementsAre(any ? "access" : std::string(kind.name)));
  }
}

TEST(FormatChoice, FindsWhatProgramsWriteByDefault) {
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"s3",
       "owner bucket [28/Nov/2026:04:25:02 +0000] 203.0.113.7 - ID REST.GET.OBJECT k \"GET /k HTTP/1.1\" 200 - 113 113 "
       "7 6 \"-\" \"ua\" -"},
      {"aws load balancer",
       "https 2026-11-28T04:25:02.945958Z app/lb/5 203.0.113.7:28 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 \"GET "
       "https://h:443/i HTTP/1.1\" \"curl/8\" - - arn"},
      {"squid",
       "1796067525.603      5 127.0.0.1 TCP_MISS/200 293 POST http://localhost/items/507 - FIRSTUP_PARENT/127.0.0.1 -"},
      {"zap console", "2026-11-28T04:26:51Z\tERROR\tm.go:27\tdone\t{\"d\":\"1.5ms\"}"},
      {"celery", "[2026-11-28 04:29:59,416: INFO/MainProcess] Task m.add[1] succeeded in 0.00026s: 3"},
      {"spring", "2026-11-28T04:30:55.841Z  INFO 1577 --- [exec-1] c.e.OrderService   : text"},
      {"redis", "28:M 28 Nov 2026 04:28:05.703 * Ready"},
      {"postgresql with a zone", "2026-11-28 05:28:03.583 CET [9] LOG:  duration: 120.567 ms  statement: select 1"},
      {"nginx error", "2026/11/28 04:27:42 [error] 9#9: *6 open() failed"},
      {"mysql", "2026-11-28T04:25:02.835618Z 0 [Warning] [MY-010068] [Server] text"},
      {"rails", "I, [2026-11-28T17:00:04.497736 #9]  INFO -- : [id] Processing by Orders#index as HTML"},
      {"uwsgi",
       "[pid: 9|app: 0|req: 1/1] 203.0.113.7 () {30 vars in 400 bytes} [Sun Mar 13 22:49:12 2026] POST /u => generated "
       "47 bytes in 129 msecs (HTTP/1.1 200)"},
      {"time and text", "2026-11-28 04:25:02,562 INFO app text"},
      {"time and text", "2026-11-28 04:25:02 - LiteLLM:DEBUG: utils.py:3775 - text"},
      {"time of day", "01:14:19 - LiteLLM Proxy:DEBUG: proxy_server.py:1434 - text"},
      {"time of day", "01:14:19,562 [INFO] text"},
      {"time of day", "[01:14:19] ERROR    text"},
      {"level and logger around the time", "[W 2026-12-01 01:14:40.287 ServerApp] text"},
      {"level and logger around the time", "[I 261201 01:14:40 web:2271] ready"},
  };
  for (const auto& [name, line] : lines) {
    EXPECT_THAT(names_of(choose_formats(sample_of(repeated(line + "\n", 30)))), testing::ElementsAre(name)) << line;
  }
  const FormatChoice short_date = choose_formats(sample_of(repeated("[I 261201 01:14:40 web:2271] ready\n", 30)));
  EXPECT_THAT(to_toml(short_date.formats.front().keys), testing::HasSubstr("time_format = \"%y%m%d %H:%M:%S\""));
}

TEST(FormatChoice, ANumberOfALineIsNoTime) {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text += std::to_string(i) + (i % 3 == 0 ? " verbose cli ready\n" : " info using a b\n");
  }
  EXPECT_THAT(names_of(choose_formats(sample_of(text))), testing::ElementsAre("level and text"));
}

TEST(FormatChoice, AMixedLogHasAListOfFormats) {
  const std::string text = repeated("{\"level\": \"info\"}\nINFO:     203.0.113.7:0 - \"GET / HTTP/1.1\" 200 OK\n", 20);
  EXPECT_THAT(names_of(choose_formats(sample_of(text))), testing::UnorderedElementsAre("json", "uvicorn"));
}

TEST(FormatChoice, ALibraryMayWriteItsLevelsInAnotherPlace) {
  const std::string text = repeated(
      "2026/12/01 01:23:17 INFO app.jobs: ready\n2026/12/01 01:27:10 INFO:     127.0.0.1:45 - \"GET / HTTP/1.1\" 200 "
      "OK\n"
      "2026/12/01 01:29:56 WARNING:  Finished server process [9]\n",
      20);
  const FormatChoice choice = choose_formats(sample_of(text));
  EXPECT_THAT(names_of(choice), testing::ElementsAre("uvicorn behind a time", "time and text", "time and text"));
}

TEST(FormatChoice, RequestsInMessagesHaveAFormatOfTheirOwn) {
  const std::string begin = "2026-11-28T04:30:55.841Z  INFO 1577 --- [exec-1] shop.requests   : ";
  const FormatChoice choice = choose_formats(
      sample_of(repeated(begin + "GET /items/{id} 200 12 ms\n" + begin + "Starting the server on port 8080 ms\n", 20)));
  EXPECT_THAT(names_of(choice), testing::ElementsAre("requests of spring", "spring"));
}

TEST(FormatChoice, RequestsMaySayTheirDurationInAnyUnit) {
  for (const char* const form : {"GET /x 200 ", "GET /x 200 in ", "GET /x -> 200 in ", "GET /x 200 - "}) {
    std::string text;
    for (const char* const duration : {"12.3ms", "880µs", "1.2s"}) {
      text += "2026/11/30 20:00:00 " + std::string(form) + duration + "\n";
    }
    const FormatChoice choice = choose_formats(sample_of(repeated(text, 20)));
    EXPECT_THAT(names_of(choice), testing::ElementsAre("requests of time and text", "time and text")) << form;
    EXPECT_DOUBLE_EQ(1, choice.shares.front()) << form;
    EXPECT_THAT(choice.doubts, testing::IsEmpty());
  }
}

TEST(FormatChoice, RequestsInAnotherFormAreSaid) {
  const std::string text = repeated(
      "2026/11/30 20:00:00 GET /x 200 12.3ms\n2026/11/30 20:00:00 slow: GET /y 200 took 7 s\n"
      "2026/11/30 20:00:00 ready\n",
      20);
  const FormatChoice choice = choose_formats(sample_of(text));
  EXPECT_THAT(names_of(choice), testing::ElementsAre("requests of time and text", "time and text"));
  EXPECT_THAT(choice.doubts,
              testing::ElementsAre(testing::AllOf(testing::HasSubstr("33 % of the lines tell of requests"),
                                                  testing::HasSubstr("slow: GET /y"))));
}

TEST(FormatChoice, WhatBeginsWithATimeIsNoFurtherLine) {
  const std::string unread = repeated("01:02:03 worker seven is ready\n", 2);
  EXPECT_EQ("", choose_formats(sample_of(repeated("2026-11-28 04:25:02 INFO a: text\n" + unread, 20))).multiline);
}

TEST(FormatChoice, PairsComeLastBecauseAnyLineMayHoldOne) {
  const std::string text =
      repeated("level=info msg=\"request done\" n=1\n2026-11-28 04:25:02 INFO app.db: n=1 read\n", 20);
  EXPECT_THAT(names_of(choose_formats(sample_of(text))), testing::ElementsAre("time and text", "logfmt"));
}

TEST(FormatChoice, PairsMayHaveATimeInFrontOfThem) {
  for (const int more : {0, 3}) {
    std::string line = "2026-11-30T18:00:00.000Z at=info method=GET path=\"/u/0\" status=200";
    for (int i = 0; i < more; ++i) {
      line += " key" + std::to_string(i) + "=12345678";
    }
    const FormatChoice choice = choose_formats(sample_of(repeated(line + "\n", 100)));
    EXPECT_THAT(names_of(choice), testing::ElementsAre("logfmt"));
    EXPECT_EQ("", choice.multiline);
  }
}

TEST(FormatChoice, WhatFollowsAnAccessLineIsRead) {
  const std::string line = R"(127.0.0.1 - - [30/Nov/2026:22:19:53 +0000] "GET /i HTTP/1.1" 200 2 "-" "-" )";
  const FormatChoice choice = choose_formats(sample_of(repeated(line + "rt=0.004 urt=\"-\"\n", 20)));
  EXPECT_THAT(names_of(choice), testing::ElementsAre("access and what follows"));
  const FormatChoice other = choose_formats(sample_of(repeated(line + "a\n" + line + "b c\n", 20)));
  EXPECT_THAT(names_of(other), testing::ElementsAre("access"));
  EXPECT_THAT(other.doubts, testing::ElementsAre(testing::HasSubstr("is not read")));
}

TEST(FormatChoice, TakesRuntimesEnvelopesAway) {
  const FormatChoice choice =
      choose_formats(sample_of(repeated("2026-11-28T05:25:02.97+01:00 stderr F {\"level\": \"info\"}\n", 20)));
  EXPECT_EQ("cri", choice.container);
  EXPECT_THAT(names_of(choice), testing::ElementsAre("json"));
}

TEST(FormatChoice, JoinsTracesWithTheirRecord) {
  const FormatChoice choice = choose_formats(sample_of(
      repeated("2026-11-28 04:25:02,562 ERROR app failed\nTraceback (most recent call last):\n  File \"a.py\", "
               "line 5, in f\n    g()\nKeyError: 5\n",
               20)));
  EXPECT_EQ("\"traces\"", choice.multiline);
}

TEST(FormatChoice, ATraceBetweenObjectsIsPartOfTheOneBefore) {
  const FormatChoice choice = choose_formats(
      sample_of(repeated("{\"level\": \"info\", \"ms\": 5}\n{\"level\": \"error\", \"ms\": 7}\nTraceback (most "
                         "recent call last):\n  File \"a.py\", line 5, in f\nKeyError: 5\n",
                         20)));
  EXPECT_THAT(names_of(choice), testing::ElementsAre("json"));
  EXPECT_EQ("\"traces\"", choice.multiline);
}

TEST(FormatChoice, LinesThatNoFormatReadsAreNotSwallowedByAFewRecords) {
  const FormatChoice choice = choose_formats(
      sample_of(repeated("INFO:     127.0.0.1:51444 - \"POST /v1/chat HTTP/1.1\" 400 Bad Request\n" +
                             repeated("01:14:19 - LiteLLM Proxy:DEBUG: proxy.py:1434 - checking the user\n", 20),
                         20)));
  EXPECT_EQ("", choice.multiline);
}

TEST(FormatChoice, ALevelThatIsADashIsNone) {
  const std::string line = "2026-11-30 00:58:48,613 [myid:] - INFO  [main:QuorumPeerConfig@177] - Reading it\n";
  EXPECT_THAT(names_of(choose_formats(sample_of(repeated(line, 30)))),
              testing::ElementsAre("zookeeper with a context"));
}

TEST(FormatChoice, ObjectsAreNotJoinedWhereThereAreNone) {
  const std::string request =
      "[pid: 9|app: 0|req: 1/1] 203.0.113.7 () {30 vars in 400 bytes} [Sun Mar 13 22:49:12 2026] GET /u => generated "
      "47 bytes in 129 msecs (HTTP/1.1 200)\n";
  const std::string scan =
      "[pid: 9|app: 0|req: 4/8] 203.0.113.7 () {8 vars in 76 bytes} [Sun Mar 13 22:49:13 2026]   => generated 0 bytes "
      "in 0 msecs ( 500)\n";
  const FormatChoice choice = choose_formats(
      sample_of("*** Starting uWSGI 2.0.21 ***\ncompiled with version: 12.2.0\nspawned uWSGI worker 1\n" +
                repeated(request + request + scan +
                             "Traceback (most recent call last):\n  File \"a.py\", line 7, in app\n    raise\n"
                             "RuntimeError: failed\nin two lines\n",
                         20)));
  EXPECT_THAT(names_of(choice), testing::ElementsAre("uwsgi"));
  EXPECT_NEAR(0.36, choice.shares.front(), 0.02);
  EXPECT_NE("\"json\"", choice.multiline);
}

TEST(FormatChoice, TextWithoutStructureHasNoFormat) {
  EXPECT_TRUE(choose_formats(sample_of(repeated("something happened\n\n", 20))).formats.empty());
}

TEST(FormatChoice, BeginningsAreAlikeWhereDigitsAndLettersAre) {
  EXPECT_TRUE(RE2::FullMatch("2026-11-28 04:", common_beginning({"2026-11-28 04:", "2025-01-02 05:"})));
  EXPECT_FALSE(RE2::FullMatch("2026/11-28 04:", common_beginning({"2026-11-28 04:", "2025-01-02 05:"})));
  EXPECT_EQ("", common_beginning({"INFO a", "WARN b"}));
  EXPECT_EQ("", common_beginning({}));
}

TEST(FormatCandidates, PairsCoverTheLine) {
  EXPECT_TRUE(is_pairs("level=info msg=\"request done\" path=/a"));
  EXPECT_FALSE(is_pairs("the value of x=1 and y=2 was not what anybody expected"));
  EXPECT_FALSE(is_pairs("level=info"));
  EXPECT_TRUE(is_level_word("WARN"));
  EXPECT_FALSE(is_level_word("Starting"));
}

}  // namespace
}  // namespace leeway
