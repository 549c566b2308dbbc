// Memory that is given back as a whole.
#include "agent/core/arena.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace leeway {
namespace {

TEST(Arena, PiecesStayAsTheyWereCopied) {
  Arena arena;
  EXPECT_NE(arena.copy("").data(), nullptr);
  std::vector<std::string> texts;
  std::vector<std::string_view> copies;
  for (std::size_t i = 0; i < 2000; ++i) {
    texts.push_back(std::string(i % 300, static_cast<char>('a' + i % 26)));
    copies.push_back(arena.copy(texts.back()));
  }
  const std::vector<std::uint64_t> numbers = {1, 2, 3};
  const std::span<const std::uint64_t> kept = arena.copy(std::span<const std::uint64_t>(numbers));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(kept.data()) % alignof(std::uint64_t), 0U);
  EXPECT_TRUE(std::equal(kept.begin(), kept.end(), numbers.begin(), numbers.end()));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(copies[i], texts[i]);
  }
}

TEST(Arena, AfterAResetTheSameMemoryIsHandedOutAgain) {
  Arena arena;
  const auto fill = [&arena] {
    std::vector<const char*> places;
    for (std::size_t size = 0; size < 400; ++size) {
      places.push_back(arena.allocate(size));
    }
    return places;
  };
  const std::vector<const char*> first = fill();
  arena.reset();
  EXPECT_EQ(fill(), first);
}

TEST(Arena, AnOddPieceIsGivenBackAndThoseAfterItStay) {
  Arena arena;
  const char* const before = arena.allocate(100);
  arena.allocate(std::size_t{1} << 20);
  arena.reset();
  EXPECT_EQ(arena.allocate(100), before);
  const std::string text(std::size_t{1} << 20, 'x');
  EXPECT_EQ(arena.copy(text), text);
}

}  // namespace
}  // namespace leeway
