// The agent's own status at one committed instant, as plain numbers. Filled by the pipeline (and, for its own
// part, by each collector), carried in the Snapshot, exposed by /metrics and /api/v1/status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/reason_counts.h"
#include "agent/core/reject_examples.h"
#include "agent/core/skipped_examples.h"
#include "agent/core/top_value.h"
#include "agent/core/type_mismatches.h"

namespace leeway {

struct FileStatus {
  std::string path;
  std::uint64_t offset = 0;  // bytes applied
  std::uint64_t size = 0;    // when last looked at
  std::string state;         // "open", "rotated", "copy", "gone", "unreadable", "waiting", "empty", "read";
                             // of streams also "listening", "no writer", "ended", "missing", "closed"
  std::string error;         // why it is unreadable, or not read
};

// Of a source that reads each file as a whole, version by version.
struct VersionStatus {
  std::uint64_t read = 0;       // versions read to their end
  std::uint64_t unchanged = 0;  // rewritten with the same content: not read again
  ReasonCounts rejects;         // reason -> versions that could not be read
  TimePoint newest = kNoTime;   // modification time of the newest version that was read
  TimePoint stalest = kNoTime;  // the same of the file whose last good version is the oldest
};

// Of a source that is no file: what it loses or does not receive is not to be had again.
struct StreamInputStatus {
  bool open = false;                   // something can arrive: it listens, or has a writer
  std::uint64_t connections = 0;       // that were accepted; writers of a FIFO one after the other
  std::uint64_t open_connections = 0;  // at this moment
  ReasonCounts dropped;                // reason -> datagrams and connections that were not read
};

// Counters grow for as long as the state directory exists.
struct SourceStatus {
  std::string name;
  std::uint64_t bytes = 0;    // read and applied
  std::uint64_t records = 0;  // given to monitors
  ReasonCounts rejects;       // reason -> lines that did not become records
  // The last of them since the start, of some reasons; also the last times that cannot be read, as "time_invalid".
  RejectExamples::ByReason reject_examples;
  ReasonCounts anomalies;     // kind -> repaired or suspicious records that still count
  ReasonCounts untimed;       // where `format` is a list: format -> records without a time, since the start
  std::uint64_t ignored = 0;  // records that the configuration leaves out
  std::uint64_t joined = 0;   // lines that were added to the record of a line before
  ReasonCounts lost_bytes;    // reason -> bytes that are certainly lost
  ReasonCounts gaps;          // reason -> times that lines may be missing or counted twice
  std::uint64_t rotations = 0;
  std::uint64_t truncations = 0;
  std::uint64_t late_records = 0;
  std::uint64_t future_records = 0;
  TimePoint late_example = kNoTime;    // time of the last late record, since the start
  TimePoint future_example = kNoTime;  // likewise
  std::uint64_t poll_errors = 0;       // reads that the operating system refused
  std::uint64_t lag_bytes = 0;         // written but not yet applied
  bool event_time = false;             // records have a time of their own: they may be late or in the future
  std::uint64_t open_files = 0;
  std::uint64_t unreadable_files = 0;  // also the damaged ones
  ReasonCounts damaged_files;          // reason -> data files whose content cannot be used, such as "truncated"
  std::optional<std::uint64_t> matching_files;  // that its paths lead to; none before it looked, or if it has no paths
  std::string paths;                            // for messages: "'/var/log/app*.log'"
  TimePoint last_record = kNoTime;              // latest event time, the watermark
  std::vector<FileStatus> files;
  std::optional<VersionStatus> versions;
  std::optional<StreamInputStatus> stream;
};

// The most frequent values of one set of label values, the first one first.
struct TopValues {
  std::vector<std::pair<std::string, std::string>> labels;
  std::uint64_t records = 0;  // of the window
  std::vector<TopValue> values;
};

// Of a monitor that leaves out, or puts in no order, what comes too late.
struct LateRecords {
  std::uint64_t records = 0;
  std::uint64_t timely = 0;  // the others
  // The first one of this run, how far it was behind the latest one, and how far it may have been.
  TimePoint first = kNoTime;
  Duration behind{};
  Duration allowed{};
};

struct MetricStatus {
  std::string name;
  std::uint64_t series = 0;              // sets of label values on the page, `le` not counted
  std::uint64_t held = 0;                // sets of label values, or segments, that are kept, also those not shown
  std::uint64_t series_limit = 0;        // at most so many are held; 0 where there is no limit: no labels, no segments
  bool of_segments = false;              // held and series_limit are of segments, which have several series each
  std::uint64_t cut_series = 0;          // with a label value that was too long
  std::uint64_t overflowed_records = 0;  // records that went to the overflow series
  std::uint64_t overflowed_starts = 0;   // of a state: beyond its `max_keys`, left out
  bool sum_left_out = false;             // of a histogram whose bounds did not let expect negative values
  std::uint64_t computing = 0;           // computations in the background that its values wait for
  ReasonCounts skipped;                  // reason -> records not counted
  SkippedExamples::ByReason skipped_examples{};  // reason -> what one of them holds, since the start; some have none
  TypeMismatches mismatches{};                   // in its expressions
  std::vector<TopValues> top;                    // of a window of the most frequent values
  LateRecords late{};
  bool watches_mismatches = false;  // an alert takes their increase, so their counter is there from the start
};

struct CheckpointStatus {
  bool enabled = false;
  std::uint64_t generation = 0;
  std::uint64_t bytes = 0;
  std::uint64_t failures = 0;
  TimePoint last_success = kNoTime;
  Duration last_duration{};
  std::string last_error;
  ReasonCounts discarded;  // reason -> components that start from the beginning although there was state of theirs
};

struct AgentStatus {
  std::vector<SourceStatus> sources;
  std::vector<MetricStatus> metrics;
  CheckpointStatus checkpoint;
  bool ready = false;  // every source has been read to its end once
};

}  // namespace leeway
