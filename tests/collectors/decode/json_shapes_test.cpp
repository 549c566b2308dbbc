#include "collectors/decode/json_shapes.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "collectors/decode/json_scalars.h"
#include "collectors/decode/json_tokens.h"
#include "collectors/decode/value_scan.h"
#include "tests/collectors/decode/decode_lines.h"

namespace leeway {
namespace {

// Shapes together with the tokens that teach them. Lines are in a buffer with hostile bytes after them.
class Shapes {
 public:
  explicit Shapes(const std::vector<std::string>& paths) : shapes_(paths.size()) {
    for (const std::string& path : paths) {
      schema_.intern(parse_field_path(path).value());
    }
    root_ = make_path_trie(schema_, nullptr);
  }

  void learn(const std::string& line) {
    ASSERT_EQ(tokens_.scan(line), ScanResult::kOk) << line;
    shapes_.learn(line, tokens_.starts(), *root_);
  }

  bool knows(const std::string& line) { return matches(line, kPadding, '"') && matches(line, kPadding, '}'); }

  // What was found, "field=text" each: strings in quotes, with a leading backslash if they contain escapes.
  std::string found(const std::string& line) {
    if (!knows(line)) {
      return "unknown";
    }
    std::string all;
    for (const JsonShapes::Found& found : shapes_.found()) {
      all += (all.empty() ? "" : " ") + std::to_string(found.node->field) + "=" + (found.escaped ? "\\" : "") +
             (found.is_string ? '"' + std::string(found.text()) + '"' : std::string(found.text()));
    }
    return all;
  }

 private:
  bool matches(const std::string& line, std::size_t padding, char hostile) {
    buffer_ = std::vector<char>(line.begin(), line.end());
    buffer_.resize(line.size() + padding, hostile);
    return shapes_.match({buffer_.data(), line.size()});
  }

  Schema schema_;
  std::unique_ptr<PathNode> root_;
  JsonTokens tokens_;
  JsonShapes shapes_;
  std::vector<char> buffer_;
};

TEST(JsonShapes, FindsTheWantedValuesOfAKnownShape) {
  Shapes shapes({"endpoint", "status", "user.name", "tags[1]", "ok", "absent"});
  shapes.learn(
      R"({"endpoint": "/a", "x": 1, "user": {"name": "b", "age": 3}, "tags": [1, 2, 3], "status": 200, "ok": true})");
  EXPECT_EQ(
      shapes.found(
          R"({"endpoint": "/scores", "x": null, "user": {"name": "", "age": "?"}, "tags": [1, 2, 3], "status": 2, "ok": 0})"),
      "unknown");
  EXPECT_EQ(
      shapes.found(
          R"({"endpoint": "/scores", "x": null, "user": {"name": "", "age": 7e+1}, "tags": [-1, 0.5, 3], "status": 2, "ok": false})"),
      R"(0="/scores" 2="" 3=0.5 1=2 4=false)");
}

TEST(JsonShapes, KnowsNothingAtFirst) {
  Shapes shapes({"a"});
  EXPECT_FALSE(shapes.knows("{}"));
  EXPECT_FALSE(shapes.knows(R"({"a":1})"));
}

TEST(JsonShapes, AShapeIsEveryByteBetweenTheValues) {
  Shapes shapes({"a", "b"});
  shapes.learn(R"({"a": 1, "b": "x"})");
  EXPECT_EQ(shapes.found(R"({"a": -2.5e3, "b": ""})"), R"(0=-2.5e3 1="")");
  for (const char* other :
       {R"({"a":1, "b": "x"})", R"({"a": 1, "c": "x"})", R"({"b": "x"})", R"({"a": 1, "b": "x"} )",
        R"({"a": 1, "b": "x"}})", R"({"a": 1, "b": "x")", R"({"a": 1, "b": "x)", R"({"a": 1, "b": )", R"({"a": 1)",
        R"({"a": )", "{", "", R"({"a": , "b": "x"})", R"({"a": x, "b": "x"})", R"({"a": tru, "b": "x"})",
        R"({"a": 1 , "b": "x"})", R"({"a": 1, "b": "x", "c": 1})", R"({"a": .5, "b": "x"})"}) {
    EXPECT_FALSE(shapes.knows(other)) << other;
  }
}

TEST(JsonShapes, AlternativesAreTriedWhereOneTextBeginsAnother) {
  Shapes shapes({"a", "b"});
  const std::vector<std::string> lines = {R"({"a": 1})",           R"({"a": "x"})",       R"({"a": {"b": 1}})", R"({})",
                                          R"({"a": 1, "b": "y"})", R"({"a": 1, "c": 2})", R"({"b": 5})"};
  for (const std::string& line : lines) {
    shapes.learn(line);
  }
  EXPECT_EQ(shapes.found(R"({"a": true})"), "0=true");
  EXPECT_EQ(shapes.found(R"({"a": "z"})"), R"(0="z")");
  EXPECT_EQ(shapes.found("{}"), "");
  EXPECT_EQ(shapes.found(R"({"a": 22, "b": "y"})"), R"(0=22 1="y")");
  EXPECT_EQ(shapes.found(R"({"a": 22, "c": 2})"), "0=22");
  EXPECT_EQ(shapes.found(R"({"b": 2})"), "1=2");
  EXPECT_FALSE(shapes.knows(R"({"a": {"b": 1}})")) << "a wanted object is counted from tokens";
}

TEST(JsonShapes, TextsOfEveryLengthFit) {
  for (std::size_t length = 1; length <= 140; ++length) {
    const std::string key(length, 'k');
    Shapes shapes({key});
    const std::string begin = "{\"" + key + "\": ";
    // In both orders: a text that continues after whole steps must not hide one that ends there.
    const std::string number = begin + "1}";
    const std::string text = begin + "\"x\"}";
    shapes.learn(length % 2 == 0 ? number : text);
    shapes.learn(length % 2 == 0 ? text : number);
    EXPECT_EQ(shapes.found(number), "0=1") << length;
    EXPECT_EQ(shapes.found(text), "0=\"x\"") << length;
    std::string other = number;
    other[length + 1] = 'x';
    EXPECT_FALSE(shapes.knows(other)) << length;
  }
}

TEST(JsonShapes, StringsMustBeUtf8WithoutControlCharacters) {
  Shapes shapes({"a"});
  shapes.learn(R"({"a":"x","b":"y"})");
  EXPECT_EQ(shapes.found("{\"a\":\"\xC3\xA9\xE2\x82\xAC \xF0\x9F\x98\x80\",\"b\":\"\xC3\xA9\"}"),
            "0=\"\xC3\xA9\xE2\x82\xAC \xF0\x9F\x98\x80\"");
  EXPECT_EQ(shapes.found(R"({"a":"q\"\\","b":"\u00e9\\"})"), R"(0=\"q\"\\")");
  for (const char* other :
       {"{\"a\":\"\xC3\",\"b\":\"y\"}", "{\"a\":\"\xED\xA0\x80\",\"b\":\"y\"}", "{\"a\":\"x\",\"b\":\"\xFF\"}",
        "{\"a\":\"\t\",\"b\":\"y\"}", "{\"a\":\"x\",\"b\":\"\\\n\"}", R"({"a":"x","b":"y\"})", R"({"a":"x","b":"y\)"}) {
    EXPECT_FALSE(shapes.knows(other)) << other;
  }
}

TEST(JsonShapes, MemoryIsBounded) {
  Shapes shapes({"a"});
  shapes.learn(R"({"a": 1})");
  for (std::size_t i = 0; i <= JsonShapes::kMaxAlternatives; ++i) {
    shapes.learn("{\"a\": 1, \"k" + std::to_string(i) + "\": 1}");
  }
  EXPECT_TRUE(shapes.knows(R"({"a": 2, "k0": 3})"));
  EXPECT_FALSE(shapes.knows("{\"a\": 2, \"k" + std::to_string(JsonShapes::kMaxAlternatives) + "\": 3}"));
  EXPECT_TRUE(shapes.knows(R"({"a": 2})"));
}

TEST(JsonShapes, OldShapesMakeRoomInTheEnd) {
  Shapes shapes({"a"});
  shapes.learn(R"({"a": 1})");
  for (std::size_t steps = 0; steps < JsonShapes::kMaxSteps; steps += 1000) {
    std::string line = "{";
    for (int member = 0; member < 1000; ++member) {
      line += "\"" + std::to_string(steps) + "\":1,";
    }
    shapes.learn(line + "\"a\":1}");
  }
  const std::string late = R"({"a":1})";
  shapes.learn(late);
  EXPECT_FALSE(shapes.knows(late));
  EXPECT_TRUE(shapes.knows(R"({"a": 1})"));
  for (std::size_t lessons = 0; lessons < JsonShapes::kLessonsUntilForgotten; ++lessons) {
    shapes.learn(late);
  }
  EXPECT_TRUE(shapes.knows(late));
  EXPECT_FALSE(shapes.knows(R"({"a": 1})"));
}

// Decoders that know the shapes of many lines read every line as one that knows none does.
TEST(JsonShapes, ChangeNothingThatIsReadFromALine) {
  const std::vector<std::string> paths = {"a", "b.c", "d[0]", "d[2].e", "[\"f g\"]", "time"};
  const LineDecoder::Make config = LineDecoder::json_with_time("time");
  const std::vector<std::string> pieces = {
      "1",           "-0.5",         "1e3",
      "12345678",    "123456789012", "true",
      "null",        "\"\"",         "\"x\"",
      "\"\\u00e9\"", "\"\xC3\xA9\"", "\"a long string of more than sixteen bytes\"",
      "1.",          "01",           "\"2026-01-15T10:30:00Z\"",
      "{}",          "[]",           "nul",
      "\"",          "\"\\\"",       "\"\\ud800\"",
      "1e999",       " 1 ",          "\"\x01\""};
  const std::vector<std::string> frames = {
      R"({"a": %, "b": {"c": %}, "time": %})", R"({"time": %, "a": %, "d": [%, 1, {"e": %}], "f g": %})",
      R"({"x": %, "y": {"z": [%, %]}, "a": %, "a": %})",
      R"({"a": %, "a key that is longer than one step of a shape": %, "time": %})"};
  std::mt19937 random(7);
  const auto below = [&random](std::size_t limit) { return random() % limit; };
  LineDecoder alone(paths, config);
  LineDecoder together(paths, config);
  LineDecoder fresh(paths, config);
  const auto all_of = [&](LineDecoder& decoder) {
    std::string all;
    for (Row row = 0; row < decoder.batch.rows(); ++row) {
      all += std::to_string(decoder.batch.times()[row].time_since_epoch().count());
      for (FieldId field = 0; field < paths.size(); ++field) {
        all += "," + text_of(decoder.value(field, row));
      }
    }
    for (const auto& counters : {decoder.counts.rejects, decoder.counts.anomalies}) {
      for (const auto& [reason, count] : counters) {
        all += ";" + reason + " " + std::to_string(count);
      }
    }
    return all;
  };
  std::size_t records = 0;
  for (int round = 0; round < 1500; ++round) {
    std::vector<std::string> lines(1 + below(8));
    for (std::string& line : lines) {
      for (const char c : frames[below(frames.size())]) {
        line += c == '%' ? pieces[below(round % 2 == 0 ? 12 : pieces.size())] : std::string(1, c);
      }
      if (below(4) == 0) {
        line[below(line.size())] = "\"\\{}[],:1 \xC3"[below(11)];
      }
      fresh.forget();
      fresh.decode({line});
      alone.decode({line});
      ASSERT_EQ(all_of(alone), all_of(fresh)) << line;
    }
    alone.decode(lines);
    together.decode(lines, LineDecoder::Layout::kJoined);
    ASSERT_EQ(all_of(together), all_of(alone)) << round;
    records += together.batch.rows();
  }
  EXPECT_GT(records, 2000U);
}

TEST(ValueScan, FindsTheFirstSpecialByte) {
  std::mt19937 random(3);
  for (int round = 0; round < 20000; ++round) {
    std::vector<char> bytes(100 + kPadding, 'x');
    for (std::size_t specials = random() % 4; specials > 0; --specials) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    bytes[random() % bytes.size()] = "\"\\\x1F\x80 !#[]\x7F"[random() % 10];
    const char* const end = bytes.data() + 100;
    const char* expected = bytes.data() + random() % 100;
    const char* const from = expected;
    while (expected != end && !is_special_in_string(*expected)) {
      ++expected;
    }
    ASSERT_EQ(std::min(find_special(from, end), end), expected);
    ASSERT_EQ(std::min(find_special_by_words(from, end), end), expected);
  }
}

TEST(ValueScan, FindsTheEndOfANumber) {
  std::mt19937 random(5);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (std::size_t size = random() % 20; size > 0; --size) {
      text += "0123456789.-+eE"[random() % 15];
    }
    const std::string number = text;
    text += ",}] :x"[random() % 6] + std::string(kPadding, static_cast<char>('0' + random() % 10));
    const bool begins = !number.empty() && (is_digit(number[0]) || number[0] == '-');
    const char* const begin = text.data();
    ASSERT_EQ(find_number_end(begin, begin + number.size() + 1) - begin,
              begins ? static_cast<std::ptrdiff_t>(number.size()) : 0)
        << text;
    ASSERT_EQ(find_number_end(begin, begin + number.size() / 2) - begin <= static_cast<std::ptrdiff_t>(number.size()),
              true);
  }
}

TEST(ShortNumbers, AreWhatTheGrammarSays) {
  const auto check = [](const std::string& token) {
    std::string padded = token + std::string(8, '7');
    Value value;
    const bool read = parse_short_json_number(padded.data(), padded.data() + token.size(), value);
    const Value expected = parse_json_number(token);
    if (read) {
      ASSERT_EQ(text_of(value), text_of(expected)) << token;
    } else {
      const bool simple = expected.kind == ValueKind::kInt || expected.kind == ValueKind::kDouble;
      ASSERT_TRUE(!simple || token.size() > 8 || token.find_first_of("-eE") != std::string::npos) << token;
    }
  };
  const std::string characters = "019.-e/:";
  for (std::size_t length = 0; length <= 5; ++length) {
    std::size_t combinations = 1;
    for (std::size_t i = 0; i < length; ++i) {
      combinations *= characters.size();
    }
    for (std::size_t number = 0; number < combinations; ++number) {
      std::string token;
      for (std::size_t rest = number, i = 0; i < length; ++i, rest /= characters.size()) {
        token += characters[rest % characters.size()];
      }
      check(token);
    }
  }
  std::mt19937 random(11);
  for (int round = 0; round < 100000; ++round) {
    std::string token;
    for (std::size_t size = 1 + random() % 9; size > 0; --size) {
      token += "0123456789."[random() % 11];
    }
    check(token);
    token[random() % token.size()] = static_cast<char>(random());
    check(token);
  }
}

}  // namespace
}  // namespace leeway
