// Which sentences of collectors and monitors go into a log: each once a minute, with how often it was left out before,
// and of each source or monitor a few in a minute. Else an error that alternates with another would be written at every
// poll, and a directory of edited logs would fill the disk. Used by the run loop.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/clock.h"

namespace leeway {

class RepeatedNotes {
 public:
  static constexpr Duration kInterval = std::chrono::minutes(1);
  static constexpr std::size_t kMostInInterval = 20;  // of each subject

  // The line to write, if any. A sentence begins with its subject: "source 'app': ". `now` does not decrease.
  std::optional<std::string> pass(const std::string& sentence, MonotonicTime now);
  // A line for each subject of which more was left out in an interval that is over.
  std::vector<std::string> take_left_out(MonotonicTime now);

 private:
  struct Written {
    MonotonicTime at;
    std::uint64_t left_out = 0;
  };
  struct Subject {
    MonotonicTime since;  // when the interval began
    std::size_t written = 0;
    std::uint64_t left_out = 0;
  };

  bool may_write(const std::string& sentence, MonotonicTime now);
  void forget_old(MonotonicTime now);

  std::map<std::string, Written> written_;  // of the last interval: few, since subjects have few each
  std::map<std::string, Subject> subjects_;
};

}  // namespace leeway
