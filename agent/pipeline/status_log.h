// What an operator has to know of the agent's status, as lines for its log: each once, when it begins, and where it
// matters when it is over. Used by the run loop after each commit.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/status.h"

namespace leeway {

struct StatusLine {
  bool warning = false;  // else for information
  std::string text;
};

class StatusLog {
 public:
  // What is new at `now`, which does not decrease.
  std::vector<StatusLine> look(const AgentStatus& status, MonotonicTime now);

 private:
  struct Lack {
    MonotonicTime since;
    bool told = false;
  };
  using Lacks = std::map<std::string, Lack>;

  // Ends the lack of a source; returns whether it was told.
  static bool end(Lacks& lacks, const std::string& source);
  void look_at_files(const AgentStatus& status);
  void look_at_matches(const SourceStatus& source, MonotonicTime now);
  void look_at_rejects(const SourceStatus& source, MonotonicTime now);
  void look_at_limits(const MetricStatus& metric);
  void look_at_computations(const MetricStatus& metric);
  void warn(std::string text) { lines_.push_back({true, std::move(text)}); }
  void inform(std::string text) { lines_.push_back({false, std::move(text)}); }

  std::vector<StatusLine> lines_;
  std::set<std::string> unreadable_;   // sentences about files that cannot be read
  std::set<std::string> matched_;      // sources that had a file
  Lacks without_file_;                 // by source
  Lacks without_record_;               // by source: it rejected everything
  std::set<std::string> overflowed_;   // metrics that have reached their limit
  std::set<std::string> mismatched_;   // metrics that have compared different types
  std::set<std::string> without_sum_;  // histograms that had an unexpected negative value
  std::set<std::string> computing_;    // monitors that compute much in the background
};

}  // namespace leeway
