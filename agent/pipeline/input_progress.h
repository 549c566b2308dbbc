// How far the input has been read, and since when nothing moves: what tells the run loop that a finite service has
// ended, and that a page shows all there is.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/status.h"

namespace leeway {

class InputProgress {
 public:
  // `sources` as they are at `now`, which does not decrease.
  void observe(const std::vector<SourceStatus>& sources, MonotonicTime now);

  // Nothing is left to read; or only what waits for its rest, an unfinished line for example, and nothing has moved for
  // a while.
  bool at_end() const;
  // Since when nothing was read, nor written, as of the last observe().
  Duration quiet() const { return now_ - moved_; }
  bool any_record() const { return records_ != 0; }

 private:
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t left_ = 0;
  bool observed_ = false;
  MonotonicTime moved_{};
  MonotonicTime now_{};
};

}  // namespace leeway
