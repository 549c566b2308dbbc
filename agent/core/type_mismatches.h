// Comparisons of two values that are never equal or ordered because of their types, such as the number 500 with the
// text "500". Counted by the expressions of one entry of the configuration, reported with its status.
#pragma once

#include <cstdint>
#include <string>

namespace leeway {

struct TypeMismatches {
  std::uint64_t comparisons = 0;  // since the start
  std::string example;            // of the first one: "'status != \"500\"' compares the int 500 with a string"
};

}  // namespace leeway
