// What the runtimes of containers write, for the tests of the tail.
#pragma once

#include <string>

#include "collectors/tail/tail_counters.h"

namespace leeway {

inline std::string out(const std::string& text) { return "2026-11-28T05:25:02.97Z stdout " + text + "\n"; }
inline std::string err(const std::string& text) { return "2026-11-28T05:25:02.97Z stderr " + text + "\n"; }
inline std::string docker(const std::string& text, const std::string& stream = "stdout") {
  return R"({"log":")" + text + R"(","stream":")" + stream + R"(","time":"2026-11-28T05:25:02.97Z"})" + "\n";
}

inline TailOptions in_containers(Envelope envelope = Envelope::kCri) {
  TailOptions options;
  options.join.envelope = envelope;
  return options;
}

}  // namespace leeway
