// Turns lines of bytes into records. A decoder does not depend on files or metrics; collectors/tail cuts the lines and
// calls it.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "agent/core/reason_counts.h"
#include "agent/core/record_batch.h"
#include "agent/core/reject_examples.h"
#include "agent/core/schema.h"

namespace leeway {

// A line without its end ("\n" or "\r\n"), followed by at least kPadding readable bytes.
struct Line {
  std::string_view text;
  std::uint64_t end;  // position in the file just past its newline
};

// Counted by reason; the keys are short fixed words: "truncated", "syntax", "not_an_object", "too_deep", "time", ...
struct DecodeCounts {
  ReasonCounts rejects;                // lines that did not become a record
  ReasonCounts anomalies;              // duplicate_key, invalid_utf8, ...: records that are kept
  ReasonCounts untimed;                // format of a list -> records without a time, also without an anomaly; not saved
  std::uint64_t ignored = 0;           // records that the configuration leaves out
  RejectExamples* examples = nullptr;  // where rejected lines are kept, unless null
};

// Counts a line that did not become a record, and keeps it as an example. Private parts of `line` are already hidden.
inline void reject(DecodeCounts& counts, std::string_view reason, std::string_view line) {
  count_reason(counts.rejects, reason);
  if (counts.examples != nullptr) {
    counts.examples->add(reason, line);
  }
}

// Counts a record whose time cannot be read, and keeps `text`, which is none, as an example; "" if it is no text.
inline void count_invalid_time(DecodeCounts& counts, std::string_view text) {
  count_reason(counts.anomalies, "time_invalid");
  if (counts.examples != nullptr && !text.empty()) {
    counts.examples->add("time_invalid", text);
  }
}

class Decoder {
 public:
  virtual ~Decoder() = default;
  // Appends a record to `batch` for each line that holds one; `lines` fit into the batch and are in one buffer, in
  // order. Values may point into the lines (which live as long as the batch) or are owned by the batch. Empty lines are
  // neither records nor rejects.
  virtual void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) = 0;
  // When the file of the next lines was last modified, for dates without a year. Before decode(), for each file.
  virtual void set_modified(TimePoint /*modified*/) {}
  // Whether lines mean what the first line of their file says, as in a table with a header.
  virtual bool wants_first_line() const { return false; }
  // That of the file of the next lines, without its end and a byte order mark; "" if it is not known. Before decode(),
  // for each file. decode() gets the line too.
  virtual void set_first_line(std::string_view /*line*/) {}
};

}  // namespace leeway
