// What `check` found out about a configuration, at its place. Made by the findings about a sample.
#pragma once

#include <string>
#include <vector>

#include "agent/core/error.h"

namespace leeway {

enum class Weight : std::uint8_t { kError, kWarning, kNote };

// "error", "warning", "note".
inline const char* to_string(Weight weight) {
  return weight == Weight::kError ? "error" : weight == Weight::kWarning ? "warning" : "note";
}

struct Finding {
  Weight weight = Weight::kNote;
  Position position;    // of the value in the configuration; empty where nothing in it is to blame
  std::string message;  // a sentence: what is so, and what was expected
};

}  // namespace leeway
