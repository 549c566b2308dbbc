#include "collectors/decode/json_decoder.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "tests/collectors/decode/decode_lines.h"

namespace leeway {
namespace {

TEST(JsonDecoder, FillsOneColumnAField) {
  LineDecoder decoder({"endpoint", "status", "ms", "ok", "user", "absent"});
  decoder.decode({R"({"endpoint": "/score", "status": 200, "other": [1, {"status": 1}], "ms": 12.5, "ok": true, )"
                  R"("user": null})"});
  ASSERT_EQ(decoder.batch.rows(), 1U);
  EXPECT_EQ(text_of(decoder.value(0)), "string /score");
  EXPECT_EQ(text_of(decoder.value(1)), "int 200");
  EXPECT_EQ(text_of(decoder.value(2)), "double 12.5");
  EXPECT_EQ(text_of(decoder.value(3)), "true");
  EXPECT_EQ(text_of(decoder.value(4)), "null");
  EXPECT_EQ(text_of(decoder.value(5)), "missing");
  EXPECT_EQ(decoder.batch.times()[0], kNoTime);
  EXPECT_TRUE(decoder.clean());
}

TEST(JsonDecoder, KeepsTheEndOfEachRecordThroughRejects) {
  LineDecoder decoder({"a"});
  decoder.decode({R"({"a":1})", "nonsense", "", R"({"a":2})"});
  ASSERT_EQ(decoder.batch.rows(), 2U);
  EXPECT_EQ(decoder.batch.ends()[0], 8U);
  EXPECT_EQ(decoder.batch.ends()[1], 26U);
  EXPECT_EQ(text_of(decoder.value(0, 1)), "int 2");
  EXPECT_EQ(decoder.rejected("not_an_object"), 1U);
}

TEST(JsonDecoder, PlainStringsAreNotCopied) {
  LineDecoder decoder({"a"});
  decoder.decode({R"({"a":"xyz"})"});
  const std::string_view text = decoder.value(0).string();
  const char* const raw = decoder.batch.raw_buffer(1);
  EXPECT_EQ(text.data(), raw + 6);
}

TEST(JsonDecoder, ReadsNestedFieldsAndNotTheirLookAlikes) {
  LineDecoder decoder({"http.code", "a", "a.b", "list[1]", "list[1].x", "m[\"b c\"]"});
  decoder.decode({R"({"x":{"http":{"code":1},"a":7},"http":{"x":{"code":2},"code":200},"a":{"b":3,"c":4},)"
                  R"("list":[{"x":1},{"x":9}],"m":{"b c":"y"},"http.code":5})"});
  EXPECT_EQ(text_of(decoder.value(0)), "int 200");
  EXPECT_EQ(text_of(decoder.value(1)), "map 2");
  EXPECT_EQ(text_of(decoder.value(2)), "int 3");
  EXPECT_EQ(text_of(decoder.value(3)), "map 1");
  EXPECT_EQ(text_of(decoder.value(4)), "int 9");
  EXPECT_EQ(text_of(decoder.value(5)), "string y");
  EXPECT_TRUE(decoder.clean());
}

TEST(JsonDecoder, APathThroughAnotherTypeIsMissing) {
  EXPECT_EQ(field("a.b", R"({"a":5})"), "missing");
  EXPECT_EQ(field("a.b", R"({"a":[1]})"), "missing");
  EXPECT_EQ(field("a[0]", R"({"a":{"0":1}})"), "missing");
  EXPECT_EQ(field("a[3]", R"({"a":[1]})"), "missing");
  EXPECT_EQ(field("a[0]", R"({"a":[]})"), "missing");
}

TEST(JsonDecoder, CountsListsAndMaps) {
  EXPECT_EQ(field("a", R"({"a":[1,[2,3],{"x":[4]}]})"), "list 3");
  EXPECT_EQ(field("a", R"({"a":[]})"), "list 0");
  EXPECT_EQ(field("a", R"({"a":{}})"), "map 0");
  EXPECT_EQ(field("a", R"({"a":{"x":{"y":1},"z":[]}})"), "map 2");
}

TEST(JsonDecoder, Numbers) {
  EXPECT_EQ(field("a", R"({"a":-0})"), "int 0");
  EXPECT_EQ(field("a", R"({"a":9007199254740993})"), "int 9007199254740993");
  EXPECT_EQ(field("a", R"({"a":9223372036854775807})"), "int 9223372036854775807");
  EXPECT_EQ(field("a", R"({"a":-9223372036854775808})"), "int -9223372036854775808");
  EXPECT_EQ(field("a", R"({"a":9223372036854775808})"), "unsigned 9223372036854775808");
  EXPECT_EQ(field("a", R"({"a":18446744073709551614})"), "unsigned 18446744073709551614");
  EXPECT_EQ(field("a", R"({"a":18446744073709551615})"), "unsigned 18446744073709551615");
  EXPECT_EQ(field("a", R"({"a":18446744073709551616})"), "double 1.8446744073709552e+19");
  EXPECT_EQ(field("a", R"({"a":-9223372036854775809})"), "double -9.2233720368547758e+18");
  EXPECT_EQ(field("a", R"({"a":18446744073709551616000})"), "double 1.8446744073709552e+22");
  EXPECT_EQ(field("a", R"({"a":1.0})"), "double 1");
  EXPECT_EQ(field("a", R"({"a":-0.1})"), "double -0.10000000000000001");
  EXPECT_EQ(field("a", R"({"a":1E3})"), "double 1000");
  EXPECT_EQ(field("a", R"({"a":123456789.12345678901234567890})"), "double 123456789.12345679");
  EXPECT_EQ(field("a", R"({"a":1e-400})"), "double 0");
  EXPECT_EQ(field("a", R"({"a":5 })"), "int 5");
}

TEST(JsonDecoder, ANumberThatNoDoubleHoldsIsAnErrorOfItsFieldOnly) {
  LineDecoder decoder({"a", "b"});
  decoder.decode({R"({"a":1e400,"b":1})"});
  ASSERT_EQ(decoder.batch.rows(), 1U);
  EXPECT_EQ(decoder.value(0).kind, ValueKind::kError);
  EXPECT_EQ(decoder.value(0).failure, Failure::kConversion);
  EXPECT_EQ(text_of(decoder.value(1)), "int 1");
  EXPECT_EQ(decoder.anomalies("number_out_of_range"), 1U);
}

TEST(JsonDecoder, AMisspeltScalarIsAnErrorOfItsFieldOnly) {
  for (const char* const value :
       {"01",  "1.",   ".5",    "-",      "+1",  "1e",  "1e+",      "0x1",     "-NaN",      "inf",        "tru",
        "nul", "True", "nulls", "1\"x\"", "'a'", "1-2", "\xC3\xA9", R"("\x")", R"("\x22")", R"("\u12G4")"}) {
    const std::string line = std::string(R"({"a":)") + value + R"(,"b":1})";
    LineDecoder decoder({"a", "b"});
    decoder.decode({line, line});  // read from its tokens, then by its shape
    ASSERT_EQ(decoder.batch.rows(), 2U) << value;
    for (const Row row : {Row{0}, Row{1}}) {
      EXPECT_EQ(decoder.value(0, row).kind, ValueKind::kError) << value;
      EXPECT_EQ(decoder.value(0, row).failure, Failure::kConversion) << value;
      EXPECT_EQ(text_of(decoder.value(1, row)), "int 1") << value;
    }
    EXPECT_EQ(decoder.anomalies("broken_value"), 2U) << value;
    EXPECT_EQ(field("b", line), "int 1") << value;
  }
}

TEST(JsonDecoder, ScalarsThatChangeTheStructureRejectTheLine) {
  for (const char* const value : {"1 2", "\"a\"b", R"("\)", "", "1:2", "\"a\nb\""}) {
    const std::string line = std::string(R"({"a":)") + value + R"(,"b":1})";
    EXPECT_EQ(field("a", line).substr(0, 8), "rejected") << value;
    EXPECT_EQ(field("b", line), field("a", line)) << value;
  }
}

TEST(JsonDecoder, WhetherALineIsARecordDoesNotDependOnWhatIsWanted) {
  const std::vector<std::string> pieces = {"1",     "-", "nul",       "NaN",    "\"x\"",      R"("\q")",
                                           "1e999", "x", "{}",        "[1,-.]", R"({"b":-})", "\"x\"y",
                                           "1 2",   "",  "-Infinity", "\""};
  const std::vector<std::vector<std::string>> wanted = {{}, {"a"}, {"b"}, {"b.b", "c[1]"}, {"a", "b", "c"}};
  for (const bool prefix : {false, true}) {
    std::deque<LineDecoder> decoders;
    for (const std::vector<std::string>& paths : wanted) {
      decoders.emplace_back(paths, LineDecoder::json(prefix));
    }
    for (const std::string& a : pieces) {
      for (const std::string& b : pieces) {
        for (const std::string& c : pieces) {
          const std::string line = R"({"a":)" + a + R"(,"b":)" + b + R"(,"c":)" + c + "}";
          for (LineDecoder& decoder : decoders) {
            decoder.decode({line});
            ASSERT_EQ(decoder.batch.rows(), decoders[0].batch.rows()) << line;
            ASSERT_EQ(decoder.counts.rejects, decoders[0].counts.rejects) << line;
          }
        }
      }
    }
  }
}

TEST(JsonDecoder, ABrokenTimeIsNoTime) {
  LineDecoder decoder({"a"}, LineDecoder::json_with_time("t"));
  decoder.decode({R"({"a":1,"t":-})", R"({"a":1,"t":NaN})", R"({"a":1,"t":"\q"})", R"({"a":1,"t":2025-08-25})"});
  EXPECT_EQ(decoder.batch.rows(), 4U);
  EXPECT_EQ(decoder.anomalies("time_invalid"), 4U);
}

// As Python's json.dumps() writes them.
TEST(JsonDecoder, NumbersThatAreNotFinite) {
  for (const bool first : {true, false}) {
    const auto line = [first](const std::string& value) {
      return first ? R"({"a": )" + value + R"(, "b": 5})" : R"({"b": 5, "a": )" + value + "}";
    };
    LineDecoder decoder({"a", "b"});
    decoder.decode({line("1.5"), line("NaN"), line("Infinity"), line("-Infinity"), line("NaN"), line("-Infinity")});
    ASSERT_EQ(decoder.batch.rows(), 6U);
    for (Row row = 0; row < 6; ++row) {
      EXPECT_EQ(text_of(decoder.value(1, row)), "int 5");
    }
    EXPECT_EQ(text_of(decoder.value(0, 1)), "double nan");
    EXPECT_EQ(text_of(decoder.value(0, 2)), "double inf");
    EXPECT_EQ(text_of(decoder.value(0, 3)), "double -inf");
    EXPECT_EQ(text_of(decoder.value(0, 4)), "double nan");
    EXPECT_EQ(text_of(decoder.value(0, 5)), "double -inf");
    EXPECT_EQ(decoder.anomalies("not_finite"), 5U);
    EXPECT_EQ(field("b", line("NaN")), "int 5");
    EXPECT_EQ(field("b", line("-Infinity")), "int 5");
  }
}

TEST(JsonDecoder, Strings) {
  EXPECT_EQ(field("a", R"({"a":""})"), "string ");
  EXPECT_EQ(field("a", R"({"a" : "x" , "b":1})"), "string x");
  EXPECT_EQ(field("a", R"({"a":"\"\\\/\b\f\n\r\t"})"), "string \"\\/\b\f\n\r\t");
  EXPECT_EQ(field("a", R"({"a":"\u0041\u00e9\u20ac\ud83d\ude00z"})"), "string A\u00e9\u20ac\U0001F600z");
  EXPECT_EQ(field("a", R"({"a":"{\"a\":1},["})"), "string {\"a\":1},[");
  EXPECT_EQ(field("a", R"({"a":"é"})"), "string é");
}

TEST(JsonDecoder, HalfASurrogatePairIsReplacedAndCounted) {
  LineDecoder decoder({"a"});
  decoder.decode({R"({"a":"x\ud800y"})"});
  EXPECT_EQ(text_of(decoder.value(0)), "string x\uFFFDy");
  EXPECT_EQ(decoder.anomalies("invalid_utf8"), 1U);
}

TEST(JsonDecoder, KeysInAnyOrderAndWithEscapes) {
  LineDecoder decoder({"a", "long_key_of_more_than_eight"});
  decoder.decode({R"({"a":1,"b":0,"long_key_of_more_than_eight":2})", R"({"long_key_of_more_than_eight":3,"a":4})",
                  R"({"b":{},"\u0061":5,"long_key_of_more_than_eighty":0,"long_key_of_more_than_eigh":0})"});
  ASSERT_EQ(decoder.batch.rows(), 3U);
  EXPECT_EQ(text_of(decoder.value(0, 0)), "int 1");
  EXPECT_EQ(text_of(decoder.value(1, 0)), "int 2");
  EXPECT_EQ(text_of(decoder.value(0, 1)), "int 4");
  EXPECT_EQ(text_of(decoder.value(1, 1)), "int 3");
  EXPECT_EQ(text_of(decoder.value(0, 2)), "int 5");
  EXPECT_EQ(text_of(decoder.value(1, 2)), "missing");
}

TEST(JsonDecoder, TheFirstOfDuplicateKeysCounts) {
  LineDecoder decoder({"a", "o.x"});
  decoder.decode({R"({"a":1,"a":2,"o":{"x":3,"x":4},"o":{"x":5},"b":1,"b":2})", R"({"a":6})", R"({"b":1,"b":2})"});
  ASSERT_EQ(decoder.batch.rows(), 3U);
  EXPECT_EQ(text_of(decoder.value(0, 0)), "int 1");
  EXPECT_EQ(text_of(decoder.value(1, 0)), "int 3");
  EXPECT_EQ(text_of(decoder.value(0, 1)), "int 6");
  // Records, not keys; unused fields are not looked at.
  EXPECT_EQ(decoder.anomalies("duplicate_key"), 1U);
}

TEST(JsonDecoder, RepairsInvalidUtf8) {
  LineDecoder decoder({"a", "b"});
  decoder.decode({"{\"a\":\"x\xFFy\xE2\x82\",\"b\":\"\xC3\xA9\"}", R"({"a":"z"})"});
  ASSERT_EQ(decoder.batch.rows(), 2U);
  EXPECT_EQ(text_of(decoder.value(0)), "string x\uFFFDy\uFFFD");
  EXPECT_EQ(text_of(decoder.value(1)), "string é");
  EXPECT_EQ(text_of(decoder.value(0, 1)), "string z");
  EXPECT_EQ(decoder.anomalies("invalid_utf8"), 1U);
}

TEST(JsonDecoder, ReadsTheTime) {
  LineDecoder decoder({"a", "meta.ts"}, LineDecoder::json_with_time("meta.ts"));
  decoder.decode({R"({"a":1,"meta":{"ts":"1970-01-01T00:00:01.5Z"}})", R"({"meta":{"ts":1700000000.25},"a":1})"});
  ASSERT_EQ(decoder.batch.rows(), 2U);
  EXPECT_EQ(decoder.batch.times()[0].time_since_epoch().count(), 1'500'000'000);
  EXPECT_EQ(decoder.batch.times()[1].time_since_epoch().count(), 1'700'000'000'250'000'000);
  EXPECT_EQ(text_of(decoder.value(1, 0)), "string 1970-01-01T00:00:01.5Z");
  EXPECT_TRUE(decoder.clean());
}

TEST(JsonDecoder, RecordsWithoutAUsableTimeCount) {
  LineDecoder decoder({"a"}, LineDecoder::json_with_time("t"));
  decoder.decode(
      {R"({"a":1})", R"({"a":1,"t":null})", R"({"a":1,"t":"soon"})", R"({"a":1,"t":true})", R"({"a":1,"t":{}})"});
  ASSERT_EQ(decoder.batch.rows(), 5U);
  for (const TimePoint time : decoder.batch.times()) {
    EXPECT_EQ(time, kNoTime);
  }
  EXPECT_EQ(decoder.anomalies("time_missing"), 2U);
  EXPECT_EQ(decoder.anomalies("time_invalid"), 3U);
}

}  // namespace
}  // namespace leeway
