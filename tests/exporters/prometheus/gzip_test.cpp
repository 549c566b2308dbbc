#include "exporters/prometheus/gzip.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/exporters/prometheus/gunzip.h"

namespace leeway {
namespace {

std::string compressed(std::string_view beginning, std::string_view end) {
  const Expected<GzipBeginning> first = gzip_beginning(beginning);
  EXPECT_TRUE(first);
  const Expected<std::string> rest = gzip_end(*first, end);
  EXPECT_TRUE(rest);
  return first->bytes + *rest;
}

std::string random_text(std::size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string text;
  while (text.size() < size) {
    text += static_cast<char>(random());
  }
  return text;
}

TEST(Gzip, BothPiecesTogetherAreOneMember) {
  for (const std::size_t size : {0U, 1U, 1000U, 65'535U, 65'536U, 65'537U, 1'000'000U}) {
    const std::string text = random_text(size) + std::string(size, 'x');
    for (const std::size_t cut : {std::size_t{0}, text.size() / 3, text.size()}) {
      const std::string_view whole = text;
      EXPECT_EQ(gunzip(compressed(whole.substr(0, cut), whole.substr(cut))), text) << size << " at " << cut;
    }
  }
}

TEST(Gzip, ManyEndsFollowOneBeginning) {
  const Expected<GzipBeginning> beginning = gzip_beginning("requests_total 5\n");
  ASSERT_TRUE(beginning);
  for (const char* end : {"", "# EOF\n", "requests_total 5\n"}) {
    const Expected<std::string> rest = gzip_end(*beginning, end);
    ASSERT_TRUE(rest);
    EXPECT_EQ(gunzip(beginning->bytes + *rest), "requests_total 5\n" + std::string(end));
  }
}

}  // namespace
}  // namespace leeway
