// How a window is divided into steps. Used by the settings of [[window]].
#pragma once

#include <optional>

#include "agent/core/clock.h"

namespace leeway {

inline constexpr Duration kShortestWindow = std::chrono::minutes(1);
inline constexpr Duration kLongestWindow = std::chrono::hours(24 * 30);

// The shortest usual unit of time, from a second on, of which `width` is a multiple of at most `most` times. None if
// there is none: such a width is odd, 1h1m1s.
std::optional<Duration> step_of(Duration width, std::int64_t most);

// The step in which windows of `width` are kept until they are `age` old: a quarter of `width` or less if `age` is then
// at most 2016 of them, otherwise the shortest that is. None if that would be longer than `width`.
std::optional<Duration> history_step_of(Duration width, Duration age);

}  // namespace leeway
