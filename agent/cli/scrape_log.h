// Counts the clients that the HTTP server turns away or cuts off, and says so in the log, once a minute at most. Used
// by `leeway run`, on the server's thread.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/core/clock.h"
#include "exporters/prometheus/self_metrics.h"

namespace leeway {

class ScrapeLog {
 public:
  // Both must outlive it.
  ScrapeLog(SelfMetrics& self, const Clock& clock) : self_(self), clock_(clock) {}

  void refused();
  void cut_off();

 private:
  // What happened since the last line, if one is due.
  void say();

  SelfMetrics& self_;
  const Clock& clock_;
  std::optional<MonotonicTime> said_;
  std::uint64_t refused_ = 0;  // not in the log yet
  std::uint64_t cut_off_ = 0;
};

}  // namespace leeway
