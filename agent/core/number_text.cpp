#include "agent/core/number_text.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace leeway {

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  const std::to_chars_result end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

double without_noise(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.10g", value);
  return std::strtod(buffer.data(), nullptr);
}

}  // namespace leeway
