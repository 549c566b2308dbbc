// The changes that detectors look for and find. Shared by all of them.
#pragma once

#include <cstdint>

namespace leeway {

// Which changes of the level to look for.
enum class ChangeDirection : std::uint8_t { kBoth, kUp, kDown };

// The change that one value reveals.
enum class ChangeFound : std::uint8_t { kNone, kUp, kDown };

constexpr bool watches_up(ChangeDirection direction) { return direction != ChangeDirection::kDown; }
constexpr bool watches_down(ChangeDirection direction) { return direction != ChangeDirection::kUp; }

}  // namespace leeway
