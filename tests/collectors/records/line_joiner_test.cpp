// Records of several lines. The oracle knows which lines it wrote for which record; how the text is divided into chunks
// must not matter.
#include "collectors/records/line_joiner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>
#include <set>

namespace leeway {
namespace {

using ::testing::ElementsAre;

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back({text.substr(at, end - at), end + 1});
    at = end + 1;
  }
  return lines;
}

std::vector<std::string> texts(const std::vector<Line>& lines) {
  std::vector<std::string> all;
  for (const Line& line : lines) {
    all.emplace_back(line.text);
  }
  return all;
}

LineJoiner joiner(const std::string& preset, Envelope envelope = Envelope::kNone) {
  JoinRules rules;
  rules.envelope = envelope;
  if (!preset.empty()) {
    rules.multiline = MultilineRule::preset(preset).value();
  }
  return LineJoiner(rules);
}

std::vector<std::string> records(LineJoiner rules, std::string_view text, bool begin_file = true) {
  std::vector<Line> lines = lines_of(text);
  rules.join(lines, begin_file);
  return texts(lines);
}

struct Trace {
  const char* preset;
  std::string text;  // of one record, as the runtime prints it
};

// Printed by the runtimes named, but for shortened paths.
const std::vector<Trace>& traces() {
  static const std::vector<Trace> all = {
      {"java",
       "2026-11-28T04:30:55.841Z ERROR 9 --- [exec-1] c.e.OrderService : failed\n\njava.lang.IllegalStateException: no "
       "order\n\tat c.e.B.m(B.java:2) ~[x.jar:1]\n\tat c.e.A.main(A.java:1)\nCaused by: java.io.IOException: "
       "gone\n\t... "
       "52 common frames omitted"},
      {"python",
       "2026-11-28 04:25:02,562 ERROR app failed\nTraceback (most recent call last):\n  File \"a.py\", line 5, in f\n  "
       "  "
       "1 / 0\n    ~~^~~\nZeroDivisionError: division by zero\n\nDuring handling of the above exception, another "
       "exception occurred:\n\nTraceback (most recent call last):\n  File \"a.py\", line 7, in g\nValueError"},
      {"go",
       "panic: runtime error: index out of range [3] with length 0\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:36 "
       "+0x24d1\ncreated by main.start\n\t/a.go:12 +0x1\nexit status 2"},
      {"node",
       "unhandled failure\nError: gone\n    at f (/a.js:1:7)\n    at Object.<anonymous> (/a.js:3:1) {\n  code: 'E'\n}"},
      {"ruby", "a.rb:1:in `f': gone (RuntimeError)\n\tfrom a.rb:3:in `<main>'"},
      {"indent", "first\n  second\n\tthird"},
      {"json", "{\n  \"level\": \"error\",\n  \"n\": [\n    1\n  ]\n}"},
      {"time", "2026-11-28 04:24:06.772 | INFO | a:b:3 - \nsecond line\n  third"},
  };
  return all;
}

TEST(LineJoiner, ATraceIsOneRecord) {
  for (const Trace& trace : traces()) {
    // `ruby` and `go` begin without a header of their own.
    const std::string other = trace.preset == std::string("json") ? "{}" : "2026-11-28 04:24:07.000 next";
    EXPECT_THAT(records(joiner(trace.preset), other + "\n" + trace.text + "\n" + other + "\n"),
                ElementsAre(other, trace.text, other))
        << trace.preset;
  }
}

TEST(LineJoiner, CountsTheLinesThatItJoins) {
  const auto joined = [](const std::string& text, bool begin_file = true) {
    LineJoiner rules = joiner("indent");
    std::vector<Line> lines = lines_of(text);
    rules.open_lines(lines);  // what may go on is not counted
    rules.join(lines, begin_file);
    return rules.joined();
  };
  EXPECT_EQ(joined("a\n b\n c\nd\n e\n"), 3U);
  EXPECT_EQ(joined("a\nb\n"), 0U);
  EXPECT_EQ(joined(" late\n"), 0U) << "of a record before the file";
  EXPECT_EQ(joined(" late\na\n b\n", false), 1U);
}

TEST(LineJoiner, AllTracesTogether) {
  for (const Trace& trace : traces()) {
    if (trace.preset == std::string("json") || trace.preset == std::string("time")) {
      continue;
    }
    EXPECT_THAT(records(joiner("traces"), "next\n" + trace.text + "\nnext\n"), ElementsAre("next", trace.text, "next"))
        << trace.preset;
  }
}

// The exception has a line of its own, whatever its name.
TEST(LineJoiner, ExceptionsOfPythonAreKnownByTheFrameBefore) {
  for (const char* name :
       {"requests.exceptions.Timeout: read timed out", "django.http.response.Http404: x", "queue.Empty",
        "subprocess.TimeoutExpired: Command", "ValueError", "psycopg2.errors.UniqueViolation: x"}) {
    const std::string trace =
        std::string("it failed\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n") + "    g()\n" +
        name;
    EXPECT_THAT(records(joiner("python"), trace + "\nnext\n"), ElementsAre(trace, "next"));
    EXPECT_THAT(records(joiner("traces"), trace + "\nnext\n"), ElementsAre(trace, "next"));
  }
  EXPECT_THAT(records(joiner("traces"), "x\n\tat a.B.c(B.java:1)\nshop.Cart: started\n"),
              ElementsAre("x\n\tat a.B.c(B.java:1)", "shop.Cart: started"));
}

TEST(LineJoiner, LevelsMayBeAlignedToTheRight) {
  const std::string lines = " INFO app: started\n WARN app: slow\nERROR app: bad\n INFO app: next\n";
  EXPECT_EQ(records(joiner("traces"), lines).size(), 4U);
  EXPECT_EQ(records(joiner("indent"), lines).size(), 2U);
}

TEST(LineJoiner, TimesThatBeginARecord) {
  const MultilineRule rule = MultilineRule::preset("time").value();
  for (const char* line :
       {"2026-11-28T04:25:02Z x", "[2026-11-28 04:29:59,416: INFO/Main] x", "2026/11/28 04:26:51 text",
        "[28/Nov/2026:04:25:02] x", "[Sat Nov 28 04:27:45.452038 2026] [core:info]", "Nov  8 04:25:02 host su: x",
        "04:31:04.387 [main] ERROR x", "I1128 04:26:51.371907 265 main.go:33] x", "INFO  2026-11-28 04:25:02 x",
        "\x1b[32m2026-11-28 04:24:06.780\x1b[0m | x"}) {
    EXPECT_TRUE(rule.begins(line, false)) << line;
  }
  for (const char* line : {"", "text", "  at c.B.m(B.java:2)", "Caused by: x", "404 not found", "127.0.0.1 - -"}) {
    EXPECT_FALSE(rule.begins(line, false)) << line;
  }
}

TEST(LineJoiner, PartsOfALineAreJoinedForEachStream) {
  const std::string out = "2026-11-28T05:25:02Z stdout ";
  const std::string err = "2026-11-28T05:25:02Z stderr ";
  const std::string cut = out + "P a\n" + err + "F x\n" + out + "F b";
  EXPECT_THAT(records(joiner("", Envelope::kCri), out + "F 1\n" + cut + "\n" + err + "F 2\n"),
              ElementsAre(out + "F 1", cut, err + "F 2"));
  LineJoiner rules = joiner("", Envelope::kCri);
  const std::string text = out + "F 1\n" + out + "P a\n" + err + "F x\n";
  EXPECT_EQ(rules.open_lines(lines_of(text)), 2U);
  const std::string complete = text + out + "F b\n";
  EXPECT_EQ(rules.open_lines(lines_of(complete)), 0U);
}

TEST(LineJoiner, PartsOfTwoStreamsAtTheSameTimeStayTogether) {
  const std::string out = "2026-11-28T05:25:02Z stdout ";
  const std::string err = "2026-11-28T05:25:02Z stderr ";
  LineJoiner rules = joiner("", Envelope::kCri);
  const std::string one = out + "F 1";
  const std::string both = out + "P a\n" + err + "P x\n" + out + "F b\n";
  EXPECT_EQ(rules.open_lines(lines_of(one + "\n" + both)), 3U);
  const std::string closed = both + out + "P c\n" + err + "F y\n" + out + "F d";
  EXPECT_EQ(rules.open_lines(lines_of(one + "\n" + closed + "\n")), 0U);
  EXPECT_THAT(records(rules, one + "\n" + closed + "\n" + one + "\n"), ElementsAre(one, closed, one));
}

TEST(LineJoiner, TracesOfTwoStreamsStayTogether) {
  const std::string out = "2026-11-28T05:25:02Z stdout F ";
  const std::string err = "2026-11-28T05:25:02Z stderr F ";
  LineJoiner rules = joiner("java", Envelope::kCri);
  const std::string trace = err + "failed\n" + out + "GET /\n" + err + "\tat c.B.m(B.java:2)";
  EXPECT_EQ(rules.open_lines(lines_of(out + "first\n" + trace + "\n")), 3U);
  EXPECT_THAT(records(rules, out + "first\n" + trace + "\n" + out + "next\n" + err + "other\n"),
              ElementsAre(out + "first", trace, out + "next", err + "other"));
}

// A stream that is silent does not hold back the other one for long: what comes later than `wait` is late.
TEST(LineJoiner, ARecordOfAStreamIsCompleteWhenTheOtherIsMuchLater) {
  const std::string err = "2026-11-28T05:25:02Z stderr F failed\n";
  const std::string soon = "2026-11-28T05:25:02.9Z stdout F a\n";
  const std::string later = "2026-11-28T05:25:03Z stdout F b\n";
  LineJoiner rules = joiner("java", Envelope::kCri);
  EXPECT_EQ(rules.open_lines(lines_of(err + soon)), 2U);
  EXPECT_EQ(rules.open_lines(lines_of(err + soon + later)), 1U);
  const std::string late = "2026-11-28T05:25:03Z stderr F \tat c.B.m(B.java:2)\n";
  const std::string all = err + soon + later + late;
  std::vector<Line> lines = lines_of(all);
  EXPECT_EQ(rules.join(lines, true), 1U);
  EXPECT_EQ(lines.size(), 3U);
}

TEST(LineJoiner, LinesBeyondTheLimitAreCounted) {
  JoinRules limited;
  limited.multiline = MultilineRule::preset("indent").value();
  limited.max_lines = 3;
  LineJoiner rules(limited);
  std::vector<Line> lines = lines_of("a\n 1\n 2\n 3\n 4\nb\n");
  EXPECT_EQ(rules.join(lines, true), 2U);
  EXPECT_THAT(texts(lines), ElementsAre("a\n 1\n 2", "b"));
  lines = lines_of(" late\nc\n");
  EXPECT_EQ(rules.join(lines, false), 1U);
  EXPECT_THAT(texts(lines), ElementsAre("c"));
}

// The lines of what is written, and the record that each is of.
struct Written {
  std::string text;
  std::map<std::string, int> record_of;
  int records = 0;
};

// Two streams whose records have one to four lines, which alternate by chance.
Written write_log(std::mt19937& random, Envelope envelope) {
  Written written;
  std::array<std::vector<std::string>, 2> left;
  std::array<int, 2> record{};
  for (int i = 0; i < 200; ++i) {
    const std::size_t stream = envelope == Envelope::kNone ? 0 : random() % 4 == 0 ? 1 : 0;
    std::vector<std::string>& lines = left[stream];
    const std::string id = std::to_string(i);
    if (lines.empty()) {
      record[stream] = written.records++;
      const bool cut = envelope != Envelope::kNone && random() % 3 == 0;
      if (cut) {
        lines.assign(1 + random() % 3, "P looks like one");
        lines.front() = "F end";
      } else {
        lines.assign(random() % 4, "F  more");
      }
      lines.emplace_back(cut ? "P record" : "F record");
    }
    std::string line = lines.back() + ' ' + id;
    lines.pop_back();
    line = envelope == Envelope::kNone
               ? line.substr(2)
               : "2026-11-28T05:25:02Z " + std::string(stream == 0 ? "stdout " : "stderr ") + line;
    written.record_of[line] = record[stream];
    written.text += line + "\n";
  }
  return written;
}

// A reader that takes any number of lines at a time, as the tail does: no record is divided.
TEST(LineJoiner, HowALogIsDividedDoesNotMatter) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const Envelope envelope = random() % 3 == 0 ? Envelope::kNone : Envelope::kCri;
    const Written written = write_log(random, envelope);
    LineJoiner rules = joiner("indent", envelope);
    const std::vector<Line> all = lines_of(written.text);
    std::map<int, int> texts_with;  // by record
    std::size_t read = 0;
    for (std::size_t at = 0; at < all.size();) {
      std::size_t count = std::min<std::size_t>(1 + random() % 9, all.size() - at);
      std::size_t open = 0;
      for (;;) {
        open = at + count == all.size() ? 0 : rules.open_lines(std::span(all).subspan(at, count));
        if (open < count) {
          break;
        }
        ++count;
      }
      std::vector<Line> lines(all.begin() + static_cast<std::ptrdiff_t>(at),
                              all.begin() + static_cast<std::ptrdiff_t>(at + count - open));
      EXPECT_EQ(rules.join(lines, at == 0), 0U);
      for (const std::string& text : texts(lines)) {
        std::set<int> records;
        const std::string ended = text + "\n";
        for (const Line& line : lines_of(ended)) {
          records.insert(written.record_of.at(std::string(line.text)));
          ++read;
        }
        for (const int record : records) {
          ++texts_with[record];
        }
        EXPECT_TRUE(envelope != Envelope::kNone || records.size() == 1);
      }
      at += count - open;
    }
    EXPECT_EQ(read, all.size());
    EXPECT_EQ(texts_with.size(), static_cast<std::size_t>(written.records));
    EXPECT_TRUE(std::all_of(texts_with.begin(), texts_with.end(), [](const auto& one) { return one.second == 1; }));
    if (testing::Test::HasFailure()) {
      return;
    }
  }
}

}  // namespace
}  // namespace leeway
