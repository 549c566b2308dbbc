// Compares random objects with an independent decoder (nlohmann_json), and damages one of three lines at random.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/collectors/decode/decode_lines.h"

namespace leeway {
namespace {

using Json = nlohmann::ordered_json;

const std::vector<std::string> kNames = {
    "a",           "b",   "o",  "l",     "\xC3\xA9",
    "status_code", "a b", "aa", "a.b.c", "very_long_key_name_beyond_thirty_two_bytes_indeed"};
const std::vector<std::string> kPaths = {
    "a",    "b",      "o",     "o.a",         "o.b",       "l",
    "l[0]", "l[1].a", "o.o.a", "status_code", "[\"a b\"]", "very_long_key_name_beyond_thirty_two_bytes_indeed"};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  int below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }

  // An object as text: keys in random order, random white space, random escapes; never the same key twice.
  std::string object(int depth) {
    std::vector<std::string> names = kNames;
    std::shuffle(names.begin(), names.end(), random_);
    names.resize(static_cast<std::size_t>(below(static_cast<int>(names.size()) + 1)));
    std::string text = "{" + space();
    for (std::size_t i = 0; i < names.size(); ++i) {
      text += (i > 0 ? "," : "") + space() + string(names[i]) + space() + ":" + space() + value(depth + 1) + space();
    }
    return text + "}";
  }

 private:
  std::string value(int depth) {
    switch (below(depth < 4 ? 9 : 7)) {
      case 0:
        return below(4) != 0 ? std::to_string(static_cast<std::int64_t>(random_() << 32 | random_()) >> below(64))
                             : std::to_string(std::uint64_t{random_()} << 32 | random_());
      case 1:
        return Json(static_cast<double>(random_()) / (1 + below(1000)) * (below(2) != 0 ? 1 : 1e-30)).dump();
      case 2:
        return below(2) != 0 ? "true" : "false";
      case 3:
        return "null";
      case 4:
        return std::to_string(below(600)) + (below(2) != 0 ? ".5" : "");
      case 5:
        return string(kNames[static_cast<std::size_t>(below(static_cast<int>(kNames.size())))]);
      case 6:
        return string("{\"a\":1,\\ \n\x01\xF0\x9F\x98\x80 [\"");
      case 7:
        return object(depth);
      default: {
        std::string text = "[";
        for (int i = below(4); i > 0; --i) {
          text += space() + value(depth + 1) + (i > 1 ? "," : "");
        }
        return text + space() + "]";
      }
    }
  }

  std::string string(const std::string& content) {
    std::string text = "\"";
    for (const char c : content) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80 && (byte < 0x20 || below(12) == 0)) {
        char escape[8];
        std::snprintf(escape, sizeof(escape), below(2) != 0 ? "\\u%04x" : "\\u%04X", byte);
        text += escape;
      } else if (c == '"' || c == '\\') {
        text += std::string("\\") + c;
      } else {
        text += c;
      }
    }
    return text + "\"";
  }

  std::string space() {
    return below(3) == 0 ? std::string(static_cast<std::size_t>(below(3)), below(2) ? ' ' : '\t') : "";
  }

  std::mt19937 random_;
};

// The independent decoder's value of a path, in the form of text_of().
std::string expected(const Json& record, const std::string& path_text) {
  const FieldPath path = parse_field_path(path_text).value();
  const Json* at = &record;
  for (const FieldPath::Step& step : path.steps) {
    if (const auto* index = std::get_if<std::uint32_t>(&step)) {
      if (!at->is_array() || *index >= at->size()) {
        return "missing";
      }
      at = &(*at)[*index];
    } else {
      const std::string& name = std::get<std::string>(step);
      if (!at->is_object() || !at->contains(name)) {
        return "missing";
      }
      at = &at->at(name);
    }
  }
  switch (at->type()) {
    case Json::value_t::null:
      return text_of(Value::null());
    case Json::value_t::boolean:
      return text_of(Value::of_bool(at->get<bool>()));
    case Json::value_t::number_integer:
      return text_of(Value::of_int(at->get<std::int64_t>()));
    case Json::value_t::number_unsigned:
      return text_of(Value::of_unsigned(at->get<std::uint64_t>()));
    case Json::value_t::number_float:
      return text_of(Value::of_double(at->get<double>()));
    case Json::value_t::array:
      return text_of(Value::list(static_cast<std::int64_t>(at->size())));
    case Json::value_t::object:
      return text_of(Value::map(static_cast<std::int64_t>(at->size())));
    default:
      return "string " + at->get<std::string>();
  }
}

std::vector<std::string> all_values(LineDecoder& decoder) {
  std::vector<std::string> values;
  for (Row row = 0; row < decoder.batch.rows(); ++row) {
    for (FieldId field = 0; field < kPaths.size(); ++field) {
      values.push_back(text_of(decoder.value(field, row)));
    }
  }
  return values;
}

TEST(JsonRandom, AgreesWithAnIndependentDecoder) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Generator generator(seed);
    LineDecoder decoder(kPaths);
    std::vector<std::string> lines;
    for (int i = 0; i < 100; ++i) {
      lines.push_back(generator.object(0));
    }
    decoder.decode(lines, seed % 2 == 0 ? LineDecoder::Layout::kJoined : LineDecoder::Layout::kHostile);
    ASSERT_EQ(decoder.batch.rows(), lines.size()) << "seed " << seed;
    EXPECT_TRUE(decoder.clean()) << "seed " << seed;
    for (std::size_t row = 0; row < lines.size(); ++row) {
      const Json record = Json::parse(lines[row]);
      for (std::size_t field = 0; field < kPaths.size(); ++field) {
        ASSERT_EQ(text_of(decoder.value(static_cast<FieldId>(field), static_cast<Row>(row))),
                  expected(record, kPaths[field]))
            << "seed " << seed << ", " << kPaths[field] << " of " << lines[row];
      }
    }
  }
}

TEST(JsonRandom, DamageStaysInItsLine) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Generator generator(seed);
    LineDecoder decoder(kPaths);
    LineDecoder together(kPaths);
    for (int i = 0; i < 200; ++i) {
      const std::vector<std::string> whole = {generator.object(0), generator.object(0), generator.object(0)};
      std::vector<std::string> lines = whole;
      for (int damages = 1 + generator.below(3); damages > 0; --damages) {
        const auto at = static_cast<std::size_t>(generator.below(static_cast<int>(lines[1].size())));
        switch (generator.below(3)) {
          case 0:
            lines[1][at] = static_cast<char>(generator.below(256));
            break;
          case 1:
            lines[1][at] = "{}[]\",:\\"[generator.below(8)];
            break;
          default:
            lines[1].resize(at + 1);
            break;
        }
      }
      decoder.decode(lines);
      together.decode(lines, LineDecoder::Layout::kJoined);
      ASSERT_EQ(all_values(together), all_values(decoder)) << lines[1];
      ASSERT_EQ(together.counts.rejects, decoder.counts.rejects) << lines[1];
      ASSERT_EQ(together.counts.anomalies, decoder.counts.anomalies) << lines[1];
      const std::size_t rows = decoder.batch.rows();
      ASSERT_TRUE(rows == 2 || rows == 3) << lines[1];
      const Json first = Json::parse(whole[0]);
      const Json last = Json::parse(whole[2]);
      for (std::size_t field = 0; field < kPaths.size(); ++field) {
        const auto id = static_cast<FieldId>(field);
        ASSERT_EQ(text_of(decoder.value(id, 0)), expected(first, kPaths[field]));
        ASSERT_EQ(text_of(decoder.value(id, static_cast<Row>(rows - 1))), expected(last, kPaths[field])) << lines[1];
      }
    }
  }
}

}  // namespace
}  // namespace leeway
