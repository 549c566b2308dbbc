// What records lacked that an entry of the configuration could not use: one example of each reason, as text, for the
// agent's log. Filled by expressions and their users; the pipeline asks for new ones from time to time, and only the
// next record that fails pays for it. Not saved.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "agent/core/value.h"

namespace leeway {

class SkippedExamples {
 public:
  using ByReason = std::map<std::string, std::string, std::less<>>;

  // Whether set() replaces the example of this reason.
  bool wants(Failure failure) const { return !fresh_[index_of(failure)]; }
  void set(Failure failure, std::string text) {
    fresh_[index_of(failure)] = true;
    texts_.insert_or_assign(std::string(to_string(failure)), std::move(text));
  }
  // The examples stay until others come.
  void renew() { fresh_ = {}; }
  const ByReason& by_reason() const { return texts_; }

 private:
  static std::size_t index_of(Failure failure) { return static_cast<std::size_t>(failure); }

  std::array<bool, kFailureCount> fresh_{};
  ByReason texts_;
};

}  // namespace leeway
