// The objectives of a summary: one line each, with events, budget and how fast it burns. Used by summary.cpp.
#pragma once

#include <string>

#include "agent/cli/summary.h"
#include "agent/metrics/snapshot.h"

namespace leeway {

// Text in the colours of a terminal, or as it is.
class Paint {
 public:
  explicit Paint(Colours colours) : colours_(colours) {}

  std::string strong(const std::string& text) const { return in("1", text); }
  std::string good(const std::string& text) const { return in("32", text); }
  std::string warning(const std::string& text) const { return in("33", text); }
  std::string bad(const std::string& text) const { return in("31", text); }

 private:
  std::string in(const char* code, const std::string& text) const {
    return colours_ == Colours::kNo ? text : "\033[" + std::string(code) + "m" + text + "\033[0m";
  }

  Colours colours_;
};

// Whether the family is one of those that summarize_slos() shows.
bool is_of_slos(const MetricFamily& family);
// "" where there is no objective.
std::string summarize_slos(const Snapshot& snapshot, const Paint& paint);

}  // namespace leeway
