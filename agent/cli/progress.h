// The progress bar of `replay`, on standard error and only if that is a terminal.
#pragma once

#include <cstdint>

#include "agent/core/clock.h"

namespace leeway {

// Whether standard error is a terminal that can redraw a line, which one with TERM=dumb cannot.
bool is_redrawable();

class Progress {
 public:
  Progress(const Clock& clock, bool visible);
  // Whether it is time to redraw: at most a few times a second.
  bool due() const;
  void update(std::uint64_t bytes_done, std::uint64_t bytes_left, std::uint64_t records);
  // Clears the line.
  void clear();

 private:
  const Clock& clock_;
  bool visible_;
  MonotonicTime started_;
  MonotonicTime drawn_{};
};

}  // namespace leeway
