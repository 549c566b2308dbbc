// A value that is among the most frequent ones of a window.
#pragma once

#include <cstdint>
#include <string>

namespace leeway {

struct TopValue {
  std::string text;
  std::uint64_t count = 0;  // at least the true number
  std::uint64_t error = 0;  // count - error is at most the true number
};

}  // namespace leeway
