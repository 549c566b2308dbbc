// What a record is before its format reads it: without envelope and colours, joined, ignored or with parts hidden.
#include "collectors/records/record_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/core/rfc3339.h"
#include "collectors/decode/field_path.h"
#include "collectors/decode/json_decoder.h"
#include "collectors/decode/time_keys.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TextDecoder final : public Decoder {
 public:
  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& /*counts*/) override {
    for (const Line& line : lines) {
      batch.cell(0, batch.append(kNoTime, line.end)) = Value::of_string(batch.own(line.text));
    }
  }
};

class RecordDecoderTest : public testing::Test {
 protected:
  RecordDecoderTest() {
    for (const char* path : {"text", "container.stream", "container.name"}) {
      schema_.intern(parse_field_path(path).value());
    }
  }

  std::vector<std::string> decode(const std::vector<std::string>& lines) {
    std::unique_ptr<Decoder> format;
    if (rules_.json) {
      format = std::make_unique<JsonDecoder>(JsonOptions{}, TimeKeys().parser(), schema_);
    } else {
      format = std::make_unique<TextDecoder>();
    }
    RecordDecoder decoder(rules_, std::move(format), schema_);
    batch_.reset(schema_.size());
    std::string text;
    for (const std::string& line : lines) {
      text += line + "\n";
    }
    char* const buffer = batch_.raw_buffer(text.size());
    text.copy(buffer, text.size());
    std::vector<Line> cut;
    std::uint64_t end = 0;
    for (const std::string& line : lines) {
      cut.push_back({{buffer + end, line.size()}, end + line.size() + 1});
      end += line.size() + 1;
    }
    counts_ = {};
    examples_.begin("f");
    counts_.examples = &examples_;
    decoder.decode(cut, batch_, counts_);
    std::vector<std::string> found;
    for (Row row = 0; row < batch_.rows(); ++row) {
      std::string all;
      for (FieldId field = 0; field < schema_.size(); ++field) {
        const Value& value = batch_.cell(field, row);
        all += (field > 0 ? "|" : "") + (value.kind == ValueKind::kString ? std::string(value.string()) : "");
      }
      found.push_back(all);
    }
    return found;
  }

  RecordRules rules_;
  Schema schema_;
  RecordBatch batch_;
  DecodeCounts counts_;
  RejectExamples examples_;
};

// `--log-opt tag=...` and `labels=...`, as moby's json-file writes them; names and texts may be escaped.
TEST_F(RecordDecoderTest, AttributesOfDockerAreFields) {
  rules_.join.envelope = Envelope::kDocker;
  schema_.intern(parse_field_path("container.attrs.tag").value());
  schema_.intern(parse_field_path("container.attrs[\"com.example/role\"]").value());
  const std::string rest = R"("time":"2026-11-28T04:25:02Z"})";
  EXPECT_THAT(
      decode(
          {R"({"log":"a\n","stream":"stdout","attrs":{"tag":"web","time":"x","com.example/role":"\u003cui\u003e"},)" +
               rest,
           R"({"log":"b ","stream":"stdout","attrs":{"tag":"web"},)" + rest,
           R"({"log":"\"attrs\":{\"tag\":\"no\"}\n","stream":"stderr",)" + rest,
           R"({"log":"c\n","stream":"stdout","attrs":{},)" + rest}),
      ElementsAre("a|stdout||web|<ui>", "b |stdout||web|", R"("attrs":{"tag":"no"}|stderr|||)", "c|stdout|||"));
}

TEST_F(RecordDecoderTest, PartsAndStreamsAreTakenApart) {
  rules_.join.envelope = Envelope::kCri;
  rules_.time_of_envelope = true;
  const std::string record =
      "2026-11-28T05:25:02Z stdout P a\n2026-11-28T05:25:03Z stderr F x\n2026-11-28T05:25:04Z stdout F b";
  EXPECT_THAT(decode({record, "2026-11-28T05:25:05Z stdout F c", "no envelope"}),
              ElementsAre("ab|stdout|", "x|stderr|", "c|stdout|"));
  EXPECT_EQ(counts_.rejects.at("no_envelope"), 1U);
  EXPECT_EQ(batch_.times()[0], parse_rfc3339("2026-11-28T05:25:02Z").value());
  EXPECT_EQ(batch_.times()[2], parse_rfc3339("2026-11-28T05:25:05Z").value());
}

TEST_F(RecordDecoderTest, LinesInEnvelopesAreJoined) {
  rules_.join.envelope = Envelope::kDocker;
  rules_.join.multiline = MultilineRule::preset("java").value();
  EXPECT_THAT(decode({R"({"log":"failed\n","stream":"stdout","time":"2026-11-28T04:25:02Z"})"
                      "\n"
                      R"({"log":"\tat c.B.m(B.java:2)\n","stream":"stdout","time":"2026-11-28T04:25:02Z"})"}),
              ElementsAre("failed\n\tat c.B.m(B.java:2)|stdout|"));
  rules_.join.envelope = Envelope::kCompose;
  EXPECT_THAT(decode({"web-1  | failed\nweb-1  | \tat c.B.m(B.java:2)", "db-1   | next"}),
              ElementsAre("failed\n\tat c.B.m(B.java:2)|stdout|web-1", "next||db-1"));
}

TEST_F(RecordDecoderTest, TracesOfTwoStreamsAreTakenApart) {
  rules_.join.envelope = Envelope::kCri;
  rules_.join.multiline = MultilineRule::preset("java").value();
  const std::string out = "2026-11-28T05:25:02Z stdout ";
  const std::string err = "2026-11-28T05:25:02Z stderr ";
  EXPECT_THAT(
      decode({err + "F failed\n" + out + "F GET /\n" + err + "P \tat c.B.m(\n" + out + "F GET /x\n" + err +
              "F B.java:2)\n" + err + "F \tat c.A.main(A.java:1)"}),
      ElementsAre("GET /|stdout|", "GET /x|stdout|", "failed\n\tat c.B.m(B.java:2)\n\tat c.A.main(A.java:1)|stderr|"));
}

TEST_F(RecordDecoderTest, JsonInColoursIsRead) {
  rules_.json = true;
  EXPECT_THAT(decode({"\x1b[32m{\"text\":\"a\"}\x1b[0m", R"({"text":"b"})"}), ElementsAre("a||", "b||"));
  EXPECT_TRUE(counts_.rejects.empty());
}

// Several lines are read together: each has the fields of its own envelope.
TEST_F(RecordDecoderTest, LinesThatAreReadTogetherAreToldApart) {
  rules_.json = true;
  rules_.join.envelope = Envelope::kCri;
  const std::string out = "2026-11-28T05:25:02.9Z stdout F ";
  const std::string err = "2026-11-28T05:25:02.9Z stderr F ";
  EXPECT_THAT(decode({out + R"({"text":"a"})", out + "no object", err + R"({"text":"b"})", err + "{\"text\":}",
                      out + R"({"text":"c"})"}),
              ElementsAre("a|stdout|", "b|stderr|", "c|stdout|"));
  EXPECT_EQ(counts_.rejects.at("not_an_object"), 1U);
  EXPECT_EQ(decode({out + R"({"text":"a","text":"b"})"}), std::vector<std::string>{"a|stdout|"});
  EXPECT_EQ(counts_.anomalies.at("duplicate_key"), 1U);
  EXPECT_TRUE(counts_.rejects.empty());
  EXPECT_THAT(decode({out + R"({"text":"a","text":"b"})", err + "{\x1b[32m\"text\"\x1b[0m:\"b\"}", out + "no object",
                      out + R"({"text":"c"})"}),
              ElementsAre("a|stdout|", "b|stderr|", "c|stdout|"));
  EXPECT_EQ(counts_.anomalies.at("duplicate_key"), 1U);
  EXPECT_EQ(counts_.rejects.at("not_an_object"), 1U);
  EXPECT_EQ(counts_.rejects.size(), 1U);
}

TEST_F(RecordDecoderTest, AnObjectWithATraceBehindItIsRead) {
  rules_.json = true;
  rules_.join.multiline = MultilineRule::preset("python").value();
  EXPECT_THAT(decode({"{\"text\":\"a\"}\nTraceback (most recent call last):\n  File", "{\"text\":\n\"b\"}"}),
              ElementsAre("a||", "b||"));
  EXPECT_TRUE(counts_.rejects.empty());
}

TEST_F(RecordDecoderTest, WhatIsIgnoredIsCountedApart) {
  ASSERT_TRUE(rules_.ignore.add("^#"));
  ASSERT_TRUE(rules_.ignore.add("health(z|check)"));
  EXPECT_THAT(decode({"# comment", "GET /healthz", "GET /items", "a # b"}), ElementsAre("GET /items||", "a # b||"));
  EXPECT_EQ(counts_.ignored, 2U);
  EXPECT_TRUE(counts_.rejects.empty());
  EXPECT_FALSE(rules_.ignore.add("("));
}

TEST_F(RecordDecoderTest, AnObjectIsReadThoughOtherLinesFollow) {
  rules_.json = true;
  rules_.join.multiline = MultilineRule::preset("json").value();
  EXPECT_THAT(decode({"{\n  \"text\": \"a } \\\" {\"\n}\nServer listening on 3000",
                      "{\"text\":\"b\"}\r\n  at c (d.js:1)", "{\n  \"text\": \"not closed\"\n"}),
              ElementsAre("a } \" {||", "b||"));
  EXPECT_EQ(counts_.rejects.at("truncated"), 1U);
}

TEST_F(RecordDecoderTest, ColoursAreRemovedFromObjects) {
  rules_.json = true;
  EXPECT_THAT(decode({"{\"text\":\"a\"}", "\x1b[32m{\"text\":\"b\"}\x1b[0m", "{\"text\":\"\x1b[1mc\x1b[0m\"}", "x"}),
              ElementsAre("a||", "b||", "c||"));
  EXPECT_EQ(counts_.rejects.at("not_an_object"), 1U);
}

TEST_F(RecordDecoderTest, PrivatePartsAreHidden) {
  for (const char* name : {"email", "ip", "card", "token"}) {
    ASSERT_TRUE(rules_.redact.add_named(name));
  }
  ASSERT_TRUE(rules_.redact.add_pattern("user=(\\w+)"));
  EXPECT_THAT(
      decode({"mail from ann.lee@example.org to bob@example.com", "203.0.113.7 - 2001:db8::1 -",
              "paid with 4111 1111 1111 1111, not 4111 1111 1111 1112", "Authorization: Bearer abcdef123456",
              "user=ann did it", "nothing at 10:20:30"}),
      ElementsAre("mail from <email> to <email>||", "<ip> - <ip> -||", "paid with <card>, not 4111 1111 1111 1112||",
                  "Authorization: Bearer <token>||", "user=<redacted> did it||", "nothing at 10:20:30||"));
}

TEST_F(RecordDecoderTest, PrivatePartsOfEscapedTextsAreHidden) {
  for (const char* name : {"email", "ip", "card", "token"}) {
    ASSERT_TRUE(rules_.redact.add_named(name));
  }
  rules_.json = true;
  EXPECT_THAT(
      decode({R"({"text":"contact:\nbob@example.com"})", R"({"text":"m\u00fcller@example.com \ud83d\ude00"})",
              R"({"text":"peer\n10.1.2.3"})", R"({"text":"a\ttoken=abcdefghijklmnop"})",
              R"({"text":"bob\u0040example.com"})", R"({"text":"{\"mail\":\"x\\nann@example.org\"}"})",
              R"({"text": 4111111111111111 })", R"({"text":"https://ann:secret@host/ ghp_abcdefghijklmnop"})"}),
      ElementsAre("contact:\n<email>||", "<email> \xF0\x9F\x98\x80||", "peer\n<ip>||", "a\ttoken=<token>||",
                  "<email>||", R"({"mail":"x\n<email>"}||)", "<card>||", "https://ann:<token>@host/ <token>||"));
  EXPECT_TRUE(counts_.anomalies.empty());
}

TEST_F(RecordDecoderTest, PrivatePartsOfRejectedLinesAreHidden) {
  ASSERT_TRUE(rules_.redact.add_named("email"));
  rules_.json = true;
  EXPECT_THAT(decode({"{\"to\": \"ann@example.org\"", "\x1b[31m{\"to\": bob@example.org\x1b[0m"}), IsEmpty());
  EXPECT_EQ(examples_.by_reason().at("truncated").front().text, "{\"to\": \"<email>\"");
  EXPECT_EQ(examples_.by_reason().at("truncated").back().text, "{\"to\": <email>");
  rules_.join.envelope = Envelope::kDocker;
  EXPECT_THAT(decode({"no object, " + std::string(300, ' ') + "carl@example.org", "carl@example.org"}), IsEmpty());
  ASSERT_EQ(examples_.by_reason().at("no_envelope").size(), 2U);
  EXPECT_TRUE(examples_.by_reason().at("no_envelope").front().cut);
  EXPECT_EQ(examples_.by_reason().at("no_envelope").back().text, "<email>");
}

// Cutting first would leave "ann@exampl", which no pattern finds.
TEST_F(RecordDecoderTest, PartsAreHiddenBeforeExamplesAreCut) {
  ASSERT_TRUE(rules_.redact.add_named("email"));
  rules_.json = true;
  const std::string before(RejectExamples::kLongestText - 10, 'x');
  EXPECT_THAT(decode({before + " ann@example.org"}), IsEmpty());
  const RejectExample& example = examples_.by_reason().at("not_an_object").back();
  EXPECT_EQ(example.text, before + " <email>");
  EXPECT_FALSE(example.cut);
}

}  // namespace
}  // namespace leeway
