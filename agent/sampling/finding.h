// What `check` found out about a configuration, at its place. Made by the findings about a sample.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/error.h"

namespace leeway {

enum class Weight : std::uint8_t { kError, kWarning, kNote };

// "error", "warning", "note".
inline const char* to_string(Weight weight) {
  return weight == Weight::kError ? "error" : weight == Weight::kWarning ? "warning" : "note";
}

// A line of a sample, and the first byte of it that could not be read, if that is known.
struct LineExample {
  std::string text;
  std::optional<std::size_t> stop{};
};

struct Finding {
  Weight weight = Weight::kNote;
  Position position;                 // of the value in the configuration; empty where nothing in it is to blame
  std::string message;               // a sentence: what is so, and what was expected
  std::vector<LineExample> lines{};  // that it is about
};

}  // namespace leeway
