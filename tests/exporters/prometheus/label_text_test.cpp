#include "exporters/prometheus/label_text.h"

#include <gtest/gtest.h>

#include <random>

#include "agent/metrics/label_pool.h"

namespace leeway {
namespace {

SeriesLabels labels_of(LabelPool& pool, const std::vector<Label>& pairs) { return pool.intern(pairs); }

SeriesLabels numbered(LabelPool& pool, int number) { return labels_of(pool, {{"n", std::to_string(number)}}); }

std::string text_of_number(int number) { return "n=\"" + std::to_string(number) + "\""; }

TEST(LabelText, JoinsPairsAndEscapesWhatTheFormatsEscape) {
  LabelPool pool;
  EXPECT_EQ(label_text({}), "");
  EXPECT_EQ(label_text(labels_of(pool, {{"code", "200"}, {"method", "GET"}})), R"(code="200",method="GET")");
  EXPECT_EQ(label_text(labels_of(pool, {{"a", "a\\b\"c\nd"}})), R"(a="a\\b\"c\nd")");
  EXPECT_EQ(label_text(labels_of(pool, {{"a", "\\"}, {"b", ""}})), R"(a="\\",b="")");
  EXPECT_EQ(label_text(labels_of(pool, {{"a", "\r\t"}})), "a=\"\r\t\"");
  EXPECT_EQ(label_text(labels_of(pool, {{"a", "\xFFz\xC3\xBC"}})), "a=\"\xEF\xBF\xBDz\xC3\xBC\"");
}

TEST(LabelTextCache, KeepsTheTextsOfTheLastPageOnly) {
  LabelPool pool;
  LabelTextCache cache;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(cache.text(numbered(pool, i)), text_of_number(i));
  }
  EXPECT_EQ(cache.text({}), "");
  cache.end_page();
  EXPECT_EQ(cache.size(), 100U);
  for (const int i : {3, 4, 50}) {
    EXPECT_EQ(cache.text(numbered(pool, i)), text_of_number(i));
  }
  cache.end_page();
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ(cache.text(numbered(pool, 3)), text_of_number(3));
  cache.end_page();
  EXPECT_EQ(cache.size(), 1U);
  cache.end_page();
  EXPECT_EQ(cache.size(), 0U);
}

TEST(LabelTextCache, APageWithTheSameSeriesWritesNothing) {
  LabelPool pool;
  LabelTextCache cache;
  for (int i = 0; i < 10; ++i) {
    cache.text(numbered(pool, i));
  }
  cache.end_page();
  const char* const first = cache.text(numbered(pool, 0)).data();
  for (int page = 0; page < 3; ++page) {
    for (int i = page == 0 ? 1 : 0; i < 10; ++i) {
      EXPECT_EQ(cache.text(numbered(pool, i)).data(), i == 0 ? first : first + i * std::ptrdiff_t{5});
    }
    cache.end_page();
  }
}

// Series appear, disappear, return and change places; labels are destroyed with their pool and new ones are created,
// perhaps at the same addresses.
TEST(LabelTextCache, SaysForAnyPageWhatLabelTextSays) {
  std::mt19937 random(7);
  LabelTextCache cache;
  auto pool = std::make_unique<LabelPool>();
  for (int page = 0; page < 300; ++page) {
    if (random() % 10 == 0) {
      pool = std::make_unique<LabelPool>();
    }
    std::size_t shown = 0;
    const unsigned hidden = random() % 5;
    for (int i = 0; i < 60; ++i) {
      const int number = random() % 20 == 0 ? static_cast<int>(random() % 60) : i;
      if (hidden == 0 || random() % hidden != 0) {
        ASSERT_EQ(cache.text(numbered(*pool, number)), text_of_number(number)) << "page " << page;
        ++shown;
      }
    }
    cache.end_page();
    ASSERT_EQ(cache.size(), shown);
    pool->end_snapshot();
  }
}

}  // namespace
}  // namespace leeway
