// Joins the lines of a file to records: lines that a container runtime cut, and records of several lines. It has no
// state between two calls, so that nothing has to be saved: lines that may belong to a record that goes on are read
// again. Used by the log source, between cutting lines and decoding them.
#pragma once

#include <array>
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
  std::size_t max_lines = 500;                  // of a record; what follows is counted as "late_continuation"
  std::size_t max_bytes = 1 << 20;              // likewise, as they are in the file
  Duration wait = std::chrono::seconds(1);      // a record at the end of a file is complete after this silence
  Duration cut_wait = std::chrono::seconds(5);  // the same where the last line was cut: its rest is sure to come

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
  // Whether the last line of a stream was cut, and nothing says that its rest is lost: it is worth waiting for.
  bool ends_cut(std::span<const Line> lines);

  // Replaces complete lines by records: the text of one is all of its lines, as they are in the file, and its end that
  // of the last one. The lines of each stream are joined for themselves; records of two streams whose lines alternate
  // are one text, which RecordDecoder takes apart. Returns the lines that go on with a record that was complete before,
  // which are left out; none where `lines` begin a file.
  std::size_t join(std::vector<Line>& lines, bool begin_file);
  // Lines that the last join() added to the record of an earlier one.
  std::size_t joined() const { return joined_; }

 private:
  struct Seen {
    Unwrapped line;
    bool wrapped = true;
  };
  // Lines that stay together, up to those of the next group.
  struct Group {
    std::size_t first;
    bool late = false;  // a line that is left out, unless a group around it holds it
  };
  // Of a stream: its last line.
  struct Track {
    bool any = false;
    bool partial = false;
    bool frame = false;
    bool late = false;  // what goes on is late
    std::size_t line = 0;
    std::size_t group = 0;
    TimePoint time = kNoTime;
  };

  Seen look_at(const Line& line);
  TimePoint time_of(const Seen& seen) const;
  bool may_be_cut() const { return rules_.envelope == Envelope::kCri || rules_.envelope == Envelope::kDocker; }
  void begin_groups(bool late);
  void add_to_groups(std::span<const Line> lines, std::size_t index, bool limited);
  bool has_room(std::span<const Line> lines, std::size_t first, std::size_t index) const;
  bool is_far(const Track& track, std::size_t index) const;
  std::size_t first_open(std::span<const Line> lines);

  const JoinRules rules_;
  std::string scratch_;
  std::vector<Group> groups_;  // of the lines that were looked at
  std::array<Track, 2> tracks_;
  std::size_t joined_ = 0;
  std::size_t after_gap_ = 0;        // the first line after which all are adjacent
  TimePoint time_before_ = kNoTime;  // of the last line that was looked at
};

}  // namespace leeway
