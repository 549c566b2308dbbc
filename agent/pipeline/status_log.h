// What an operator has to know of the agent's status, as lines for its log: what begins once, and where it matters when
// it is over; what is counted once a minute. It compares numbers and makes a text only of what it says, so a commit
// costs the same however much is wrong. Used by the run loop after each commit.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/status.h"
#include "agent/pipeline/cause_limit.h"
#include "agent/pipeline/repeated_notes.h"

namespace leeway {

struct StatusLine {
  enum class Level : std::uint8_t { kDebug, kInfo, kWarning };
  Level level = Level::kInfo;
  std::string text;
};

class StatusLog {
 public:
  // What was counted before is nothing new: restored state. Before the first look().
  void begin(const AgentStatus& status);
  // The next look() is the last one: it tells also what was counted within the minute.
  void end() { limit_.end(); }
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
  void look_at_mistakes(const MetricStatus& metric);
  void look_at_computations(const MetricStatus& metric);
  void look_at_counts(const SourceStatus& source);
  void look_at_times(const SourceStatus& source);
  void look_at_rotations(const SourceStatus& source);
  void look_at_counts(const MetricStatus& metric);
  // Adds text(due), unless there is nothing to tell of this count.
  template <typename Text>
  void tell(const std::string& subject, std::string_view cause, std::uint64_t total, StatusLine::Level level,
            Text text);
  void warn(std::string text) { lines_.push_back({StatusLine::Level::kWarning, std::move(text)}); }
  void inform(std::string text) { lines_.push_back({StatusLine::Level::kInfo, std::move(text)}); }

  std::vector<StatusLine> lines_;
  CauseLimit limit_;
  MonotonicTime now_{};
  bool begins_ = false;
  std::map<std::string, std::string> unreadable_;  // sentences about files that cannot be read, with their beginnings
  RepeatedNotes unreadable_lines_;                 // a file may come and go
  std::set<std::string> matched_;                  // sources that had a file
  Lacks without_file_;                             // by source
  Lacks without_record_;                           // by source: it rejected everything
  std::set<std::string> mismatched_;               // metrics that have compared different types
  std::set<std::string> without_sum_;              // histograms that had an unexpected negative value
  std::set<std::string> computing_;                // monitors that compute much in the background
};

}  // namespace leeway
