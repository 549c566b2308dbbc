// Envelopes of container runtimes and colours: lines as the runtimes write them.
#include "collectors/records/envelope.h"

#include <gtest/gtest.h>

#include "collectors/records/colours.h"

namespace leeway {
namespace {

class EnvelopeTest : public testing::Test {
 protected:
  // "name stream time partial [content]", or "none".
  std::string read(Envelope envelope, std::string_view line) {
    Unwrapped out;
    const bool whole = unwrap(envelope, line, scratch_, out);
    EXPECT_TRUE(!whole || !out.partial || looks_cut(envelope, line)) << line;
    if (!whole) {
      return "none";
    }
    return std::string(out.name) + " " + std::string(out.stream) + " " + std::string(out.time) +
           (out.partial ? " P [" : " F [") + std::string(out.content) + "]";
  }

 private:
  std::string scratch_;
};

TEST_F(EnvelopeTest, ReadsLinesOfContainerd) {
  EXPECT_EQ(read(Envelope::kCri, "2026-11-28T05:25:02.97+01:00 stderr F text  of a line"),
            " stderr 2026-11-28T05:25:02.97+01:00 F [text  of a line]");
  EXPECT_EQ(read(Envelope::kCri, "2026-11-28T05:25:02.97Z stdout P part"), " stdout 2026-11-28T05:25:02.97Z P [part]");
  EXPECT_EQ(read(Envelope::kCri, "2026-11-28T05:25:02.97Z stdout F "), " stdout 2026-11-28T05:25:02.97Z F []");
  EXPECT_EQ(read(Envelope::kCri, "2026-11-28T05:25:02.97Z stdout F"), " stdout 2026-11-28T05:25:02.97Z F []");
  EXPECT_EQ(read(Envelope::kCri, "2026-11-28T05:25:02.97Z stdout F:tag text"),
            " stdout 2026-11-28T05:25:02.97Z F [text]");
}

TEST_F(EnvelopeTest, OtherLinesHaveNone) {
  for (const char* line : {"", "text", "2026-11-28T05:25:02.97Z", "2026-11-28T05:25:02.97Z stdout ",
                           "2026-11-28T05:25:02.97Z other F text", "2026-11-28T05:25:02.97Z stdout X text",
                           "2026-11-28T05:25:02.97Z stdout Full text", "yesterday at noon, stdout F text"}) {
    EXPECT_EQ(read(Envelope::kCri, line), "none") << line;
  }
  for (const char* line : {"", "{}", R"({"log":"open)", R"({"log":"a\x"})", R"({"log":"\u12"})", R"({"log":"a\n",)"}) {
    EXPECT_EQ(read(Envelope::kDocker, line), "none") << line;
  }
  for (const char* line : {"", "text", "two words | text", " | text"}) {
    EXPECT_EQ(read(Envelope::kCompose, line), "none") << line;
  }
}

TEST_F(EnvelopeTest, ReadsLinesOfDocker) {
  EXPECT_EQ(read(Envelope::kDocker, R"({"log":"text\n","stream":"stdout","time":"2026-11-28T04:25:02.97Z"})"),
            " stdout 2026-11-28T04:25:02.97Z F [text]");
  EXPECT_EQ(read(Envelope::kDocker, R"({"log":"text\r\n","stream":"stdout","time":"2026-11-28T04:25:02.97Z"})"),
            " stdout 2026-11-28T04:25:02.97Z F [text]");
  EXPECT_EQ(
      read(Envelope::kDocker, R"({"log":"part","stream":"stderr","attrs":{"a":"b"},"time":"2026-11-28T04:25:02Z"})"),
      " stderr 2026-11-28T04:25:02Z P [part]");
  EXPECT_EQ(read(Envelope::kDocker,
                 R"({"log":"{\"a\":\"\u003cb\u003e \\ \u00e9 \ud83d\ude00 \ud83d\"}\n","stream":"stdout","time":"t"})"),
            " stdout t F [{\"a\":\"<b> \\ é 😀 \xEF\xBF\xBD\"}]");
}

TEST_F(EnvelopeTest, LinesThatWereNotCutDoNotLookSo) {
  EXPECT_FALSE(looks_cut(Envelope::kCri, "2026-11-28T05:25:02.97Z stdout F text"));
  const std::string behind = R"(","stream":"stdout","time":"2026-11-28T04:25:02.97Z"})";
  for (const char* text : {R"(text\n)", R"(\n)", R"(a \"quoted\" text\r\n)"}) {
    EXPECT_FALSE(looks_cut(Envelope::kDocker, R"({"log":")" + (text + behind))) << text;
  }
  for (const char* text : {"part", "", R"(C:\\n)", R"(part\n\",\"stream\":\"stdout\",\"time\":\"t)"}) {
    EXPECT_TRUE(looks_cut(Envelope::kDocker, R"({"log":")" + (text + behind))) << text;
  }
}

TEST_F(EnvelopeTest, ReadsLinesOfCompose) {
  EXPECT_EQ(read(Envelope::kCompose, "web-1  | text | more"), "web-1   F [text | more]");
  EXPECT_EQ(read(Envelope::kCompose, "\x1b[36mweb-1  | \x1b[0mtext"), "web-1   F [text]");
  EXPECT_EQ(read(Envelope::kCompose, "web-1|"), "web-1   F []");
}

TEST(Colours, AreRemoved) {
  const auto plain = [](std::string_view text) {
    std::string out(text.size(), '\0');
    out.resize(without_colours(text, out.data()));
    return out;
  };
  EXPECT_EQ(plain("\x1b[32m2026\x1b[0m | \x1b[1;33mWARN\x1b[0m"), "2026 | WARN");
  EXPECT_EQ(plain("\x1b[2K\x1b]8;;http://x\x07link\x1b]8;;\x1b\\ end"), "link end");
  EXPECT_EQ(plain("\x1b[3"), "[3");
  EXPECT_EQ(plain("a\x1b"), "a");
  EXPECT_EQ(plain("none"), "none");
}

}  // namespace
}  // namespace leeway
