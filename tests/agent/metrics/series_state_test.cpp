// Series through save() and load().
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

#include "tests/agent/metrics/series_fixture.h"
#include "tests/support/label_words.h"

namespace leeway {
namespace {

using std::chrono::seconds;

SeriesTable filled() {
  SeriesOptions options = options_of({"x", "y"});
  options.max_series = 5;
  options.expire = seconds(100);
  SeriesTable table(options);
  table.create(std::vector<std::string>{"a", "b"}, at(1));
  Resolver resolve(table);
  for (int i = 0; i < 8; ++i) {
    resolve({Value::of_int(i), Value::of_string("text")}, at(10 + i));
  }
  table.advance(at(50));
  return table;
}

TEST(SeriesState, SavedStateContinuesExactly) {
  const SeriesTable table = filled();
  StateWriter out;
  table.save(out);
  SeriesTable loaded(table.options());
  loaded.create(std::vector<std::string>{"a", "b"}, at(77));
  StateReader in(out.bytes());
  ASSERT_TRUE(loaded.load(in));
  ASSERT_TRUE(in.expect_end());
  ASSERT_EQ(loaded.size(), table.size());
  for (Series series = 0; series < table.size(); ++series) {
    EXPECT_EQ(label_words(loaded.labels(series)), label_words(table.labels(series)));
    EXPECT_EQ(loaded.created(series), table.created(series));
    EXPECT_EQ(loaded.visible(series), table.visible(series));
  }
  StateWriter again;
  loaded.save(again);
  EXPECT_EQ(again.bytes(), out.bytes());
}

TEST(SeriesState, DamagedStateIsAnErrorOrHarmless) {
  const SeriesTable table = filled();
  StateWriter out;
  table.save(out);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    SeriesTable loaded(table.options());
    const std::string cut = out.bytes().substr(0, size);
    StateReader in(cut);
    EXPECT_FALSE(loaded.load(in)) << size;
  }
  for (std::size_t i = 0; i < out.bytes().size() * 8; ++i) {
    std::string bytes = out.bytes();
    bytes[i / 8] = static_cast<char>(bytes[i / 8] ^ (1 << (i % 8)));
    SeriesTable loaded(table.options());
    StateReader in(bytes);
    if (loaded.load(in)) {
      loaded.advance(at(60));
      for (Series series = 0; series < loaded.size(); ++series) {
        loaded.visible(series);
      }
      EXPECT_LE(loaded.size(), 6U);
    }
  }
}

TEST(SeriesState, RefusesSavedValuesThatAreNoUtf8) {
  for (const auto& [value, fine] : {std::pair("\xC3\xBC", true), {"\xC3", false}}) {
    SeriesTable table(options_of({"x"}));
    Resolver resolve(table);
    resolve({Value::of_string("??")});
    StateWriter out;
    table.save(out);
    std::string bytes = out.bytes();
    const std::size_t place = bytes.find("??");
    ASSERT_NE(place, std::string::npos);
    bytes[place] = value[0];
    bytes[place + 1] = fine ? value[1] : '?';
    SeriesTable loaded(table.options());
    StateReader in(bytes);
    EXPECT_EQ(loaded.load(in).has_value(), fine);
  }
}

TEST(SeriesState, ManyValuesMatchAMapThroughSaveAndLoad) {
  for (const std::uint32_t seed : {1U, 2U}) {
    std::mt19937 random(seed);
    SeriesOptions options = options_of({"a", "b", "c"});
    options.max_series = 12'000;
    auto table = std::make_unique<SeriesTable>(options);
    std::map<std::string, Series> oracle;
    for (int step = 0; step < 10'000; ++step) {
      const int a = static_cast<int>(random() % 40);
      const std::string b = "endpoint/number/" + std::to_string(random() % 30);
      const bool c = random() % 2 == 0;
      const Series series = Resolver(*table)({Value::of_int(a), Value::of_string(b), Value::of_bool(c)});
      const std::string key = "a=\"" + std::to_string(a) + "\",b=\"" + b + "\",c=\"" + (c ? "true" : "false") + "\"";
      const auto [known, added] = oracle.emplace(key, series);
      ASSERT_EQ(known->second, series);
      ASSERT_EQ(label_words(table->labels(series)), key);
      if (random() % 2000 == 0) {
        StateWriter out;
        table->save(out);
        table = std::make_unique<SeriesTable>(options);
        StateReader in(out.bytes());
        ASSERT_TRUE(table->load(in));
      }
    }
    EXPECT_EQ(table->size(), oracle.size() + 1);
  }
}

}  // namespace
}  // namespace leeway
