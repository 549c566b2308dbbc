// The language of templates: which lines a pattern matches, what its parts are, and what is wrong with a pattern.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/core/rfc3339.h"
#include "collectors/text/template_format.h"
#include "tests/collectors/text/text_lines.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;

std::string read_template(const std::string& pattern, const std::vector<std::string>& fields, const std::string& line) {
  TextLines lines(read_template_format, "pattern = '''" + pattern + "'''", fields);
  return lines.read(line);
}

std::string template_errors(const std::string& pattern) {
  return read_keys(read_template_format, "pattern = '''" + pattern + "'''").errors;
}

const std::string kLoguru = "{time} | {level} | {name}:{function}:{line} - {message}";
const std::vector<std::string> kLoguruFields = {"level", "name", "function", "line", "message"};

TEST(Template, ReadsALineOfLoguru) {
  EXPECT_EQ(read_template(kLoguru, kLoguruFields,
                          "2026-11-28 04:24:06.772 | INFO     | __main__:<module>:3 - default sink stderr 5"),
            "level=string INFO, name=string __main__, function=string <module>, line=int 3, "
            "message=string default sink stderr 5");
}

TEST(Template, ATimePartIsTheTimeOfTheRecord) {
  TextLines lines(read_template_format, "pattern = '" + kLoguru + "'\ntime_zone = 'Europe/Berlin'", {"level"});
  EXPECT_EQ(lines.read("2026-11-28 04:24:06.772 | INFO     | a:b:3 - x"), "level=string INFO");
  EXPECT_EQ(format_rfc3339(lines.time()), "2026-11-28T03:24:06.772Z");
  EXPECT_EQ(lines.read("yesterday | INFO     | a:b:3 - x"), "level=string INFO, time_invalid");
  EXPECT_FALSE(read_keys(read_template_format, "pattern = '{at} {b}'").has_time);
}

TEST(Template, AnotherPartCanBeTheTime) {
  TextLines lines(read_template_format,
                  "pattern = '{time:int} [{at}] {b}'\ntime = 'at'\ntime_format = '%d/%b/%Y:%H:%M:%S %z'", {"time"});
  EXPECT_EQ(lines.read("7 [28/Nov/2026:04:25:02 +0100] x"), "time=int 7");
  EXPECT_EQ(format_rfc3339(lines.time()), "2026-11-28T03:25:02Z");
}

TEST(Template, ADurationMaySayItsUnit) {
  const std::vector<std::pair<std::string, std::string>> durations{{"12.3ms", "double 0.0123"},
                                                                   {"500000µs", "double 0.5"},
                                                                   {"500000μs", "double 0.5"},
                                                                   {"1.2s", "double 1.2"},
                                                                   {"1m3.5s", "double 63.5"},
                                                                   {"12 ms", "double 0.012"},
                                                                   {"3 seconds", "double 3"},
                                                                   {"0:00:01.5", "double 1.5"},
                                                                   {"PT1.5S", "double 1.5"},
                                                                   {"0s", "double 0"},
                                                                   {"0", "double 0"},
                                                                   {"-1ms", "null"},
                                                                   {"-", "null"}};
  for (const auto& [duration, expected] : durations) {
    EXPECT_EQ(read_template("{d:duration} of {b:word}", {"d", "b"}, duration + " of it"),
              "d=" + expected + ", b=string it");
    EXPECT_EQ(read_template("({d:duration}) {b:word}", {"d"}, "(" + duration + ") it"), "d=" + expected);
  }
  for (const char* const other : {"12", "12 of", "ms", "12 apples", "1:2", ""}) {
    EXPECT_EQ(read_template("[{d:duration}]", {"d"}, "[" + std::string(other) + "]"), "no_match") << other;
  }
}

TEST(Template, ATimeMayHoldBlanks) {
  const std::vector<std::pair<std::string, std::string>> times{
      {"2026-11-28 04:24:06,772", "2026-11-28T04:24:06.772Z"},
      {"2026-11-28 04:24:06 UTC", "2026-11-28T04:24:06Z"},
      {"2026-11-28 04:24:06 +0100", "2026-11-28T03:24:06Z"},
      {"2026-11-28T04:24:06.772Z", "2026-11-28T04:24:06.772Z"},
      {"28 Nov 2026 04:24:06.772", "2026-11-28T04:24:06.772Z"},
      {"Sat, 28 Nov 2026 04:24:06 GMT", "2026-11-28T04:24:06Z"},
      {"2026-11-28", "2026-11-28T00:00:00Z"},
      {"1795839846", "2026-11-28T04:24:06Z"}};
  for (const auto& [time, expected] : times) {
    TextLines lines(read_template_format, "pattern = '{time} {level:word} {message}'", {"level", "message"});
    EXPECT_EQ(lines.read(time + " INFO done at 04:25:00"), "level=string INFO, message=string done at 04:25:00");
    EXPECT_EQ(format_rfc3339(lines.time()), expected) << time;
  }
  EXPECT_EQ(read_template("{at:time} {rest}", {"at", "rest"}, "Sat Nov 28 04:25:02 2026 x y"),
            "at=string Sat Nov 28 04:25:02 2026, rest=string x y");
  EXPECT_EQ(read_template("{at:time} - {rest}", {"at", "rest"}, "2026/11/28 04:25:02 -0500 - x"),
            "at=string 2026/11/28 04:25:02 -0500, rest=string x");
  EXPECT_EQ(read_template("{at:time} {rest}", {"at", "rest"}, "28/Nov/2026 04:25 x"),
            "at=string 28/Nov/2026 04:25, rest=string x");
}

TEST(Template, ATimeMayHaveTheDayFirst) {
  const auto read = [&](const std::string& line) { return read_template("{at:time} {rest}", {"at", "rest"}, line); };
  EXPECT_EQ(read("28.11.2026 04:25:02,5 x"), "at=string 28.11.2026 04:25:02,5, rest=string x");
  EXPECT_EQ(read("28/11/2026 04:25 x"), "at=string 28/11/2026 04:25, rest=string x");
  EXPECT_EQ(read("11/28/2026 4:25:02 PM x"), "at=string 11/28/2026 4:25:02 PM, rest=string x");
  EXPECT_EQ(read("2026-11-28  4:25:02 x"), "at=string 2026-11-28  4:25:02, rest=string x");
  EXPECT_EQ(read("28.11.2026 x"), "at=string 28.11.2026, rest=string x");
}

TEST(Template, OtherTextThanATimeEndsWhereTheTextAfterItMatches) {
  EXPECT_EQ(read_template("{at:time} {rest}", {"at", "rest"}, "04:25:02 x y"), "at=string 04:25:02, rest=string x y");
  EXPECT_EQ(read_template("{at:time} {rest}", {"at", "rest"}, "yesterday x"), "at=string yesterday, rest=string x");
  EXPECT_EQ(read_template("{at:time} 04:25 {rest}", {"at", "rest"}, "2026-11-28 04:25 x"),
            "at=string 2026-11-28, rest=string x");
}

TEST(Template, TheLastPartMayHoldNewlinesTheOthersNot) {
  EXPECT_EQ(read_template("{level}: {message}", {"level", "message"}, "E: a\n  b: c"),
            "level=string E, message=string a\n  b: c");
  EXPECT_EQ(read_template("{level}: {message}", {"level", "message"}, "a\n  b: c"), "no_match");
  EXPECT_EQ(read_template("{a} {b:int}", {"a", "b"}, "x\ny 5"), "no_match");
}

TEST(Template, APartRunsToTheFirstPlaceWhereTheTextAfterItMatches) {
  EXPECT_EQ(read_template("{client}:{port:int} - {rest}", {"client", "port"}, "2001:db8::1:443 - x"),
            "client=string 2001:db8::1, port=int 443");
  EXPECT_EQ(read_template("{a}, {b}", {"a", "b"}, "x,y, z, w"), "a=string x,y, b=string z, w");
  EXPECT_EQ(read_template("{message} ({id})", {"message", "id"}, "a (b) c (7)"), "message=string a, id=string b) c (7");
  EXPECT_EQ(read_template("{message} ({id:int})", {"message", "id"}, "a (8) c (7)"),
            "message=string a (8) c, id=int 7");
}

TEST(Template, BlanksOfThePatternMatchOneOrMore) {
  EXPECT_EQ(read_template("{a} {b}", {"a", "b"}, "  x \t  y  "), "a=string x, b=string y");
  EXPECT_EQ(read_template("[{a}] {b}", {"a", "b"}, "[  x  ]y"), "no_match");
  EXPECT_EQ(read_template("{a} | {b}", {"a", "b"}, "x|y | z"), "a=string x|y, b=string z");
  EXPECT_EQ(read_template("{a} {b}", {"a", "b"}, "x"), "no_match");
  EXPECT_EQ(read_template("({a}) {b}", {"a", "b"}, "(x) "), "a=string x, b=null");
}

TEST(Template, Types) {
  EXPECT_EQ(read_template("{a:int} {b:int} {c:int}", {"a", "b", "c"}, "+5 -007 -"), "a=int 5, b=string -007, c=null");
  EXPECT_EQ(read_template("{a:int}", {"a"}, "007"), "a=int 7");
  EXPECT_EQ(read_template("{a:int}", {"a"}, "1.5"), "no_match");
  EXPECT_EQ(read_template("{a:number}ms", {"a"}, "1.5e3ms"), "a=double 1500");
  EXPECT_EQ(read_template("{a:number}{unit}", {"a", "unit"}, "12ms"), "a=int 12, unit=string ms");
  EXPECT_EQ(read_template("{a:word}: {b}", {"a", "b"}, "x y: z"), "no_match");
  EXPECT_EQ(read_template("{a:word}: {b}", {"a", "b"}, "7: z"), "a=int 7, b=string z");
  EXPECT_EQ(read_template("{a:text} {b:text}", {"a", "b"}, "7 -"), "a=string 7, b=string -");
  EXPECT_EQ(read_template("{a} {b}", {"a", "b"}, "7 -"), "a=int 7, b=null");
  EXPECT_EQ(read_template("{a:ms} {b:us} {c:s} {d:ns} {e:ms}", {"a", "b", "c", "d", "e"}, "12 1500 0.25 1 -1"),
            "a=double 0.012, b=double 0.0015, c=double 0.25, d=double 1.0000000000000001e-09, e=null");
  EXPECT_EQ(read_template("{a:target} {b}", {"a", "path", "query"}, "/x?y=1 200"),
            "a=string /x?y=1, path=string /x, query=string y=1");
}

TEST(Template, QuotedText) {
  const std::string pattern = "{a:quoted} {b:quoted}";
  EXPECT_EQ(read_template(pattern, {"a", "b"}, R"("x \"y\" \\ \x41\t\q" "7")"),
            "a=string x \"y\" \\ A\t\\q, b=string 7");
  EXPECT_EQ(read_template(pattern, {"a", "b"}, R"("-" "")"), "a=null, b=string ");
  EXPECT_EQ(read_template(pattern, {"a", "b"}, R"("x" y)"), "no_match");
  EXPECT_EQ(read_template(pattern, {"a", "b"}, R"("x" "y)"), "no_match");
  EXPECT_EQ(read_template(pattern, {"a", "b"}, R"("x" "C:\")"), "a=string x, b=string C:\\");
  EXPECT_EQ(read_template("{a:quoted}", {"a"}, R"("\xff")"), "a=string \xEF\xBF\xBD, invalid_utf8");
}

TEST(Template, Lists) {
  const std::string pattern = "{t:sum} {s:last} {end}";
  EXPECT_EQ(read_template(pattern, {"t", "s", "end"}, "0.001, 0.002 : 0.5 502, 502 : 404 x"),
            "t=double 0.503, s=int 404, end=string x");
  EXPECT_EQ(read_template(pattern, {"t", "s", "end"}, R"("0.25, -, 0.5" "-" x)"),
            "t=double 0.75, s=null, end=string x");
  EXPECT_EQ(read_template(pattern, {"t", "s", "end"}, "- - x"), "t=null, s=null, end=string x");
  EXPECT_EQ(read_template(pattern, {"t", "s", "end"}, "abc 200 x"), "no_match");
}

TEST(Template, IgnoredPartsAndBracesOfTheLine) {
  EXPECT_EQ(read_template("{} {_} {{{a}}}", {"a", "_"}, "x y {z}"), "a=string z");
}

TEST(Template, OptionalParts) {
  const std::string pattern = "{time:word}{? [{thread}]?} {level:word}: {message}{? took {ms:int} ms?}";
  const std::vector<std::string> fields = {"thread", "level", "message", "ms"};
  const auto read = [&](const std::string& line) { return read_template(pattern, fields, line); };
  EXPECT_EQ(read("04:25 [main 1] INFO: done took 12 ms"),
            "thread=string main 1, level=string INFO, message=string done, ms=int 12, time_invalid");
  EXPECT_EQ(read("04:25 INFO: done took 12 ms"), "level=string INFO, message=string done, ms=int 12, time_invalid");
  EXPECT_EQ(read("04:25 [main] INFO: it took 12 ms or more"),
            "thread=string main, level=string INFO, message=string it took 12 ms or more, time_invalid");
  EXPECT_EQ(read("04:25 INFO: [x] y: z"), "level=string INFO, message=string [x] y: z, time_invalid");
  EXPECT_EQ(read_template("{a}{? b={b:int}?}{? c={c:int}?}", {"a", "b", "c"}, "x c=5"), "a=string x, c=int 5");
}

TEST(Template, PairsAtTheEndAreFields) {
  const std::string pattern = "{level:word}: {message}{? [{logger:word}]?}{? {_:pairs}?}";
  const std::vector<std::string> fields = {"level", "message", "logger", "status", "ms", "user", "error"};
  const auto read = [&](const std::string& line) { return read_template(pattern, fields, line); };
  EXPECT_EQ(read("info: request done    [app.http] status=200 ms=12.5 user='Ann B' error=\"a \\\"b\\\"\""),
            "level=string info, message=string request done, logger=string app.http, status=int 200, ms=double 12.5, "
            "user=string Ann B, error=string a \"b\"");
  EXPECT_EQ(read("info: request done status=200"), "level=string info, message=string request done, status=int 200");
  EXPECT_EQ(read("info: request [done]"), "level=string info, message=string request, logger=string done");
  EXPECT_EQ(read("info: status=200 was read"), "level=string info, message=string status=200 was read");
  EXPECT_EQ(read("info: ms=1 took, as ms=2 status=3 user="),
            "level=string info, message=string ms=1 took, as, status=int 3, ms=int 2, user=null");
  EXPECT_EQ(read("info: status=200"), "level=string info, message=null, status=int 200");
  EXPECT_EQ(read("info: see https://shop/?a=1"), "level=string info, message=string see https://shop/?a=1");
  EXPECT_EQ(read("error: it failed status=500\nTraceback\n  user=7"),
            "level=string error, message=string it failed, status=int 500");
  EXPECT_EQ(read_template("{level:word} {rest:pairs}", {"level", "rest", "a", "b"}, "I a=1 b=x"),
            "level=string I, rest=string a=1 b=x, a=int 1, b=string x");
  EXPECT_EQ(read_template("{level:word} {rest:pairs}", {"level", "rest", "a"}, "I x a=1"), "no_match");
  EXPECT_EQ(read_template("{a:word} {_:pairs}", {"a"}, "I a=1"), "a=string I");
  EXPECT_THAT(template_errors("{a} {_:pairs} x"), HasSubstr("column 5: something follows {_:pairs}"));
}

TEST(Template, TheTimeMayBeOneOfThePairs) {
  TextLines lines(read_template_format, "pattern = '{message} {_:pairs}'\ntime = 'ts'", {"message"});
  EXPECT_EQ(lines.read("done ts=2026-11-28T04:25:02Z"), "message=string done");
  EXPECT_EQ(format_rfc3339(lines.time()), "2026-11-28T04:25:02Z");
}

TEST(Template, NestedNames) {
  EXPECT_EQ(read_template(R"({http.status:int} {tags[0]} {["a:b} c"]})", {"http.status", "tags[0]", "[\"a:b} c\"]"},
                          "200 x y"),
            "http.status=int 200, tags[0]=string x, [\"a:b} c\"]=string y");
}

TEST(Template, MistakesAreExplained) {
  EXPECT_THAT(template_errors("{a} {b:itn}"),
              HasSubstr("'pattern': column 8: unknown type 'itn' in {b:itn}; expected \"word\", \"text\", \"int\", "
                        "\"number\", \"quoted\", \"s\", \"ms\", \"us\", \"ns\", \"request\", \"target\", \"sum\", "
                        "\"last\", \"time\", \"duration\" or \"pairs\"; did you mean 'int'?"));
  EXPECT_THAT(template_errors("{a}{b}"), HasSubstr("column 4: text is needed between {a} and {b}, so that it is known "
                                                   "where {a} ends"));
  EXPECT_THAT(template_errors("{a}{? {c}?}{b:int}"), HasSubstr("column 12: text is needed between {c} and {b:int}"));
  EXPECT_THAT(template_errors("{a} {a}"), HasSubstr("column 5: the field a is in the pattern twice"));
  EXPECT_THAT(template_errors("{a:request} {path}"), HasSubstr("column 13: the field path is in the pattern twice"));
  EXPECT_THAT(template_errors("x {a"), HasSubstr("column 3: '{' without '}' after it; expected '{{'"));
  EXPECT_THAT(template_errors("x} {a}"), HasSubstr("column 2: '}' without '{' before it; expected '}}'"));
  EXPECT_THAT(template_errors("{a}{? b"), HasSubstr("column 4: '{?' begins an optional part that does not end"));
  EXPECT_THAT(template_errors("{a}?}"), HasSubstr("column 4: '?}' ends an optional part that does not begin"));
  EXPECT_THAT(template_errors("{a}{? b{? c?}?}"), HasSubstr("column 8: an optional part inside another one"));
  EXPECT_THAT(template_errors("{a}{??}"), HasSubstr("column 4: the optional part is empty"));
  EXPECT_THAT(template_errors("x {_}"), HasSubstr("no part with a name; expected one such as {message}"));
  EXPECT_THAT(template_errors("{a b}"), HasSubstr("column 3"));
  EXPECT_THAT(template_errors("{}{?x?}{?x?}{?x?}{?x?}{?x?}{?x?}"), HasSubstr("more than 5 optional parts"));
  EXPECT_THAT(read_keys(read_template_format, "").errors, HasSubstr("pattern"));
  EXPECT_THAT(read_keys(read_template_format, "pattern = '{a}'\ntimes = 'a'").errors, HasSubstr("did you mean 'time'"));
}

// Each of these would take minutes if a part that is tried again read the rest of the line each time.
TEST(Template, HostileLinesTakeLinearTime) {
  std::string quotes;
  std::string lists = "a";
  std::string escapes = "a";
  for (int i = 0; i < 30'000; ++i) {
    quotes += "] \"";
    lists += " 1,";
    escapes += " \"\\";
  }
  EXPECT_EQ(read_template("[{time}] {request:request} {status:int}", {"status"}, "[" + quotes), "no_match");
  EXPECT_EQ(read_template("{a} {b:sum} x", {"a", "b"}, lists), "no_match");
  EXPECT_EQ(read_template("{a} {b:quoted} x", {"a", "b"}, escapes), "no_match");
  std::string pairs;
  for (int i = 0; i < 30'000; ++i) {
    pairs += "[a] a=1 ";
  }
  EXPECT_EQ(read_template("{a}{? [{b}] {_:pairs}?}", {"b"}, pairs + "x"), "");
  EXPECT_EQ(read_template("{a}{? {_:pairs}?}", {"b"}, pairs + "x"), "");
}

}  // namespace
}  // namespace leeway
