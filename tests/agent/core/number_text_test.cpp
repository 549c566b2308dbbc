#include "agent/core/number_text.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

namespace leeway {
namespace {

std::string integer_text(std::int64_t value) {
  std::array<char, kLongestNumber> buffer{};
  return {buffer.data(), write_number(value, buffer.data())};
}

TEST(NumberText, HasNoExponentInTheUsualRange) {
  const std::pair<double, const char*> kCases[] = {
      {0, "0"},
      {-0.0, "0"},
      {100000, "100000"},
      {1e6, "1000000"},
      {-1e15, "-1000000000000000"},
      {0.5, "0.5"},
      {1e-6, "0.000001"},
      {-0.00012345, "-0.00012345"},
      {9.9e-7, "9.9e-07"},
      {1e-9, "1e-09"},
      {123456.789, "123456.789"},
      {9007199254740992.0, "9007199254740992"},
      {1e17, "100000000000000000"},
      {9223372036854775808.0, "9223372036854775808"},
      {-9223372036854775808.0, "-9223372036854775808"},
      {18446744073709549568.0, "18446744073709549568"},
      {18446744073709551616.0, "1.8446744073709552e+19"},
      {1e300, "1e+300"},
      {std::numeric_limits<double>::infinity(), "inf"},
  };
  for (const auto& [value, text] : kCases) {
    EXPECT_EQ(plain_number(value), text);
  }
}

TEST(NumberText, ReadsBackAsTheSameNumber) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    double value = std::bit_cast<double>(random());
    if (i % 2 == 0) {
      value = std::ldexp(static_cast<double>(random()), -static_cast<int>(random() % 128));
    }
    if (!std::isfinite(value) || value == 0) {
      continue;
    }
    const std::string text = plain_number(value);
    ASSERT_EQ(std::strtod(text.c_str(), nullptr), value) << text;
    ASSERT_LE(text.size(), kLongestNumber);
    const bool usual = std::abs(value) >= 1e-6 && std::abs(value) <= std::ldexp(1.0, 53);
    ASSERT_TRUE(!usual || text.find('e') == std::string::npos) << text;
  }
}

TEST(NumberText, OfAnIntegerIsThatOfTheSameDouble) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200'000; ++i) {
    const auto value = static_cast<std::int64_t>(random()) >> (random() % 64);
    const auto rounded = static_cast<double>(value);
    if (std::abs(rounded) < std::ldexp(1.0, 63)) {
      ASSERT_EQ(plain_number(rounded), integer_text(static_cast<std::int64_t>(rounded)));
    }
  }
}

// What strtod() reads, which also gives 0 for what is too small.
TEST(ReadDouble, ReadsDecimalNumbers) {
  const std::string zeros(400, '0');
  for (const std::string& text :
       {std::string("1"), std::string("-2.5e3"), std::string(".5"), std::string("5."), std::string("1e-400"),
        std::string("-1e-400"), std::string("4.9e-324"), std::string("1e-99999999999999999999"), "0." + zeros + "1",
        "1" + zeros + "e-800", "0.0" + zeros + "9e+5", std::string("2e-324"), std::string("0e999"),
        std::string("inf")}) {
    const std::optional<double> number = read_double(text);
    ASSERT_TRUE(number) << text;
    EXPECT_EQ(*number, std::strtod(text.c_str(), nullptr)) << text;
    EXPECT_EQ(std::signbit(*number), text.front() == '-') << text;
  }
  for (const std::string& text :
       {std::string(), std::string("x"), std::string("1x"), std::string(" 1"), std::string("+1"), std::string("1e400"),
        std::string("-1e400"), "1" + zeros, "1" + zeros + "e-5", "0.0" + zeros + "9e+99999",
        std::string("1e99999999999999999999")}) {
    EXPECT_FALSE(read_double(text)) << text;
  }
}

}  // namespace
}  // namespace leeway
