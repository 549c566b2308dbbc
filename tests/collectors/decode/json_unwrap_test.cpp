// Lines of JSON in which a text is the record, itself in JSON.
#include "collectors/decode/json_unwrap.h"

#include <gtest/gtest.h>

#include "agent/core/rfc3339.h"
#include "tests/collectors/decode/decode_lines.h"

namespace leeway {
namespace {

LineDecoder unwrapping(const std::vector<std::string>& paths, bool prefix = false) {
  return LineDecoder(paths, [prefix](const Schema& schema) {
    TimeKeys time;
    time.field = parse_field_path("time").value();
    return std::make_unique<UnwrappingJsonDecoder>(prefix, time, parse_field_path("log").value(), schema);
  });
}

TEST(JsonUnwrap, FieldsOfTheTextComeFirst) {
  LineDecoder lines = unwrapping({"level", "unit", "user.id", "log"});
  lines.decode({R"({"log":"{\"level\":\"error\",\"user\":{\"id\":7}}","level":3,"unit":"a","time":1})",
                R"({"log":"started","level":6,"unit":"b","time":"2026-11-28T00:00:00Z"})",
                R"({"log":"[1]","level":5,"time":2})", R"({"level":4,"log":{"level":1},"time":3})"});
  ASSERT_EQ(lines.batch.rows(), 4U);
  EXPECT_EQ(text_of(lines.value(0, 0)), "string error");
  EXPECT_EQ(text_of(lines.value(1, 0)), "string a");
  EXPECT_EQ(text_of(lines.value(2, 0)), "int 7");
  EXPECT_EQ(text_of(lines.value(3, 0)), R"(string {"level":"error","user":{"id":7}})");
  EXPECT_EQ(text_of(lines.value(0, 1)), "int 6");
  EXPECT_EQ(text_of(lines.value(3, 1)), "string started");
  EXPECT_EQ(text_of(lines.value(0, 2)), "int 5");
  EXPECT_EQ(text_of(lines.value(0, 3)), "int 4");
  EXPECT_TRUE(lines.clean());
}

TEST(JsonUnwrap, TheTimeIsThatOfTheTextOrElseOfTheLine) {
  LineDecoder lines = unwrapping({"n"});
  lines.decode({R"({"time":"2026-11-28T00:00:00Z","log":"{\"time\":\"2026-11-27T00:00:00Z\",\"n\":1}"})",
                R"({"time":"2026-11-28T00:00:00Z","log":"{\"n\":2}"})",
                R"({"log":"{\"n\":3,\"time\":\"2026-11-26T00:00:00Z\"}"})", R"({"log":"{\"n\":4}"})", R"({"n":5})"});
  ASSERT_EQ(lines.batch.rows(), 5U);
  EXPECT_EQ(lines.batch.times()[0], parse_rfc3339("2026-11-27T00:00:00Z").value());
  EXPECT_EQ(lines.batch.times()[1], parse_rfc3339("2026-11-28T00:00:00Z").value());
  EXPECT_EQ(lines.batch.times()[2], parse_rfc3339("2026-11-26T00:00:00Z").value());
  EXPECT_EQ(lines.batch.times()[3], kNoTime);
  EXPECT_EQ(lines.anomalies("time_missing"), 2U);
}

TEST(JsonUnwrap, LinesThatAreNoObjectAreRejected) {
  LineDecoder lines = unwrapping({"n"});
  lines.decode({"text", R"({"log":"{\"n\":1","time":1})", R"({"log":"{\"n\":1}","time":1)"});
  EXPECT_EQ(lines.batch.rows(), 1U);
  EXPECT_EQ(text_of(lines.value(0)), "missing");
  EXPECT_EQ(lines.rejected("not_an_object"), 1U);
  EXPECT_EQ(lines.rejected("truncated"), 1U);
}

TEST(JsonUnwrap, OtherTextMayComeBefore) {
  LineDecoder lines = unwrapping({"n"}, true);
  lines.decode({R"(web-1 {"log":"{\"n\":1}","time":1} end)"});
  ASSERT_EQ(lines.batch.rows(), 1U);
  EXPECT_EQ(text_of(lines.value(0)), "int 1");
}

}  // namespace
}  // namespace leeway
