// Joins the lines of a file to records: lines that a container runtime cut, and records of several lines. It has no
// state between two calls, so that nothing has to be saved: lines that may belong to a record that goes on are read
// again. Used by the log source, between cutting lines and decoding them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "collectors/decode/decoder.h"
#include "collectors/records/envelope.h"
#include "collectors/records/multiline_rule.h"

namespace leeway {

struct JoinRules {
  Envelope envelope = Envelope::kNone;
  std::optional<MultilineRule> multiline{};
  std::size_t max_lines = 500;              // of a record; what follows is counted as "late_continuation"
  std::size_t max_bytes = 1 << 20;          // likewise, as they are in the file
  Duration wait = std::chrono::seconds(1);  // a record at the end of a file is complete after this silence

  // Whether any line can belong to the record of another.
  bool joins() const { return multiline.has_value() || envelope == Envelope::kCri || envelope == Envelope::kDocker; }
};

class LineJoiner {
 public:
  explicit LineJoiner(JoinRules rules) : rules_(std::move(rules)) {}

  const JoinRules& rules() const { return rules_; }

  // How many of the last lines may belong to a record that goes on after them. `lines` are in order and in one buffer,
  // as for Decoder.
  std::size_t open_lines(std::span<const Line> lines);

  // Replaces complete lines by records: the text of one is all of its lines, as they are in the file, and its end that
  // of the last one. Lines of several streams that were written at the same time are together. Returns the lines that
  // go on with a record that was complete before, which are left out; none where `lines` begin a file.
  std::size_t join(std::vector<Line>& lines, bool begin_file);

 private:
  struct Seen {
    Unwrapped line;
    bool begins = true;
  };
  Seen look_at(const Line& line);
  bool may_be_cut() const { return rules_.envelope == Envelope::kCri || rules_.envelope == Envelope::kDocker; }
  bool is_cut_before(std::span<const Line> lines, std::size_t index);
  std::size_t open_partial_lines(std::span<const Line> lines);

  const JoinRules rules_;
  std::string scratch_;
};

}  // namespace leeway
