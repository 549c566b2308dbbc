// What a log says of counts that grow, each named by a subject and a cause ("source 'app'", "syntax"): the first time
// at once, afterwards once a minute, with how many there were since. Used by StatusLog.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "agent/core/clock.h"

namespace leeway {

class CauseLimit {
 public:
  static constexpr Duration kInterval = std::chrono::minutes(1);
  // Of all causes together: many metrics may lack the same field.
  static constexpr std::size_t kMostInInterval = 50;

  struct Due {
    std::uint64_t count = 0;  // to be told now; 0: nothing is
    bool more = false;        // of this cause something was told before
  };

  // `total` is the count by now, which is smaller than before if it began anew; `now` does not decrease. Allocates only
  // for a cause that is new.
  Due due(std::string_view subject, std::string_view cause, std::uint64_t total, MonotonicTime now);
  // Nothing is to be told of what was counted until now.
  void skip(std::string_view subject, std::string_view cause, std::uint64_t total);
  // From now on each count is told as soon as it grows: the log ends soon.
  void end() { ends_ = true; }
  // Whether something is held back since too much was told in this interval: true once in each.
  bool held_back();

 private:
  struct Told {
    std::uint64_t total = 0;
    MonotonicTime at{};
    bool ever = false;
  };
  using Causes = std::map<std::string, Told, std::less<>>;

  Told& find(std::string_view subject, std::string_view cause);
  bool may_tell(MonotonicTime now);

  std::map<std::string, Causes, std::less<>> told_;
  MonotonicTime interval_{};  // when the interval began
  std::size_t in_interval_ = 0;
  bool ends_ = false;
  bool held_back_ = false;
  bool held_back_told_ = false;
};

}  // namespace leeway
