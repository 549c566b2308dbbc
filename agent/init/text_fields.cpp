#include "agent/init/text_fields.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "agent/init/kind_name.h"

namespace leeway {
namespace {

constexpr std::uint64_t kLeastPairs = 10;
constexpr std::size_t kMostKeys = 30;
constexpr std::size_t kMostPairs = 50'000;

using Pairs =
    std::map<std::string, std::vector<std::pair<std::string, bool>>>;  // values, and whether in the second half

Pairs pairs_of(const std::vector<MessageText>& messages) {
  static const RE2 kPair(R"re((?:^|[\s,;(\[])([A-Za-z_][A-Za-z0-9_.]*)=([^\s,;"'()\[\]{}]+))re");
  Pairs pairs;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    re2::StringPiece rest(messages[i].text);
    std::string key;
    std::string value;
    while (seen < kMostPairs && RE2::FindAndConsume(&rest, kPair, &key, &value)) {
      value.resize(value.find_last_not_of(".:!?") + 1);
      if (!value.empty() && (pairs.contains(key) || pairs.size() < kMostKeys)) {
        pairs[key].emplace_back(value, i * 2 > messages.size());
        ++seen;
      }
    }
  }
  return pairs;
}

// What all values have in common.
struct PairShape {
  bool numbers = true;
  bool whole = true;   // and not below 0
  bool plain = true;   // without an exponent
  bool words = true;   // of letters, digits and _
  std::string unit{};  // behind each number, as in 35ms
  bool same_unit = true;
};

PairShape shape_of(const std::vector<std::pair<std::string, bool>>& values) {
  static const RE2 kNumberValue(R"re((-?)\d+(\.\d+)?([eE][-+]?\d+)?([a-zA-Zµ%]*))re");
  static const RE2 kWordValue(R"re(\w+)re");
  PairShape shape;
  bool first = true;
  for (const auto& [value, second_half] : values) {
    std::string sign;
    std::string fraction;
    std::string exponent;
    std::string unit;
    shape.numbers = shape.numbers && RE2::FullMatch(value, kNumberValue, &sign, &fraction, &exponent, &unit);
    shape.whole = shape.whole && sign.empty() && fraction.empty();
    shape.plain = shape.plain && exponent.empty();
    shape.words = shape.words && RE2::FullMatch(value, kWordValue);
    shape.same_unit = shape.same_unit && (first || unit == shape.unit);
    shape.unit = first ? unit : shape.unit;
    first = false;
  }
  return shape;
}

std::string number_group(const PairShape& shape) {
  return !shape.plain  ? R"re((-?[\d.]+(?:[eE][-+]?\d+)?))re"
         : shape.whole ? R"re((\d+))re"
                       : R"re((-?\d+(?:\.\d+)?))re";
}

bool is_known_unit(const std::string& unit) { return units_per_second(unit) > 0 || bytes_per_unit(unit) > 0; }

std::string name_of(const std::string& key, const PairShape& shape) {
  std::string name = key;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return c == '.' ? '_' : std::tolower(c); });
  const double per_second = units_per_second(shape.unit);
  return name + (per_second == 1                   ? "_seconds"
                 : per_second == 1e3               ? "_ms"
                 : per_second == 1e6               ? "_us"
                 : per_second == 1e9               ? "_ns"
                 : bytes_per_unit(shape.unit) == 1 ? "_bytes"
                                                   : "");
}

}  // namespace

TextFields text_fields(const std::string& message, const std::vector<MessageText>& messages) {
  TextFields found;
  for (const auto& [key, values] : pairs_of(messages)) {
    if (values.size() < kLeastPairs || values.size() * 20 < messages.size()) {
      continue;
    }
    const PairShape shape = shape_of(values);
    const bool plain = shape.numbers && shape.same_unit && (shape.unit.empty() || is_known_unit(shape.unit));
    const std::string group = plain ? number_group(shape) + shape.unit : shape.words ? "(\\w+)" : "([^\\s,;]+)";
    const std::string pattern = pattern_literal(R"re(\b)re" + literal_pattern(key) + "=" + group);
    const std::string extracted = message + ".extract(" + pattern + ")";
    SampledField field{plain ? "double(" + extracted + ")" : extracted, name_of(key, shape), {}};
    for (const auto& [value, second_half] : values) {
      field.facts.add(plain ? Value::of_double(std::strtod(value.c_str(), nullptr)) : Value::of_string(value),
                      second_half);
    }
    // What the messages have that have no such pair.
    for (std::size_t i = values.size(); i < messages.size(); ++i) {
      field.facts.add(Value(), false);
    }
    found.known[field.text] = {field.name, message + ".matches(" + pattern + ")"};
    found.fields.push_back(std::move(field));
  }
  return found;
}

}  // namespace leeway
