// Cuts the bytes of one connection, or one datagram, into records: lines, or the frames of syslog (RFC 6587). Pure and
// bounded: nothing is kept but the record that has not ended. Used by StreamReceiver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/reason_counts.h"

namespace leeway {

// kAuto: octet counting if the first frame is "123 <...", and lines otherwise; a datagram that begins with '<' is one
// message, others are lines. kMessage: a datagram is one record.
enum class Framing : std::uint8_t { kAuto, kNewline, kOctetCounting, kMessage };

// Bytes and records that are certainly lost.
struct FrameLosses {
  std::uint64_t too_long = 0;        // records
  std::uint64_t too_long_bytes = 0;  // of them
  std::uint64_t bad_frames = 0;      // no length where one should be
  std::uint64_t bad_bytes = 0;       // skipped up to the next line
  std::uint64_t cut_off_bytes = 0;   // of records that their connection did not complete

  bool any() const { return too_long_bytes + too_long + bad_frames + bad_bytes + cut_off_bytes != 0; }
  void add(const FrameLosses& more);
};

class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // Without the end of its line; may be empty.
  virtual void record(std::string_view text) = 0;
};

class FrameCutter {
 public:
  // A record of more than `max_line` bytes is left out.
  FrameCutter(Framing framing, std::size_t max_line) : framing_(framing), max_line_(max_line) {}

  void set_max_line(std::size_t max_line) { max_line_ = max_line; }
  // `most_held`: the bytes of an unfinished record that may be kept, if they are fewer than the longest line.
  void add(std::string_view bytes, std::size_t most_held, RecordSink& out, FrameLosses& losses);
  // Nothing follows: what is left is a record if the connection was closed orderly and its end is not announced.
  void finish(bool orderly, RecordSink& out, FrameLosses& losses);
  // Bytes of the record that has not ended.
  std::size_t held() const { return held_.size(); }

 private:
  enum class State : std::uint8_t { kBegin, kRecord, kSkipRecord, kSkipBadFrame };

  std::string_view take_line(std::string_view bytes, std::size_t most_held, RecordSink& out, FrameLosses& losses);
  std::string_view take_frame(std::string_view bytes, std::size_t most_held, RecordSink& out, FrameLosses& losses);
  std::string_view take_length(std::string_view bytes, std::size_t most_held, FrameLosses& losses);
  void begin_skipping(std::size_t bytes, FrameLosses& losses);
  void choose(std::string_view head, bool final);

  Framing framing_;
  std::size_t max_line_;
  State state_ = State::kBegin;
  std::size_t expected_ = 0;  // bytes of the frame that are still to come
  std::string held_;          // of a record; in kBegin, of what says how long it is
};

// Records of one datagram, all of which is there.
void cut_datagram(Framing framing, std::string_view text, std::size_t max_line, RecordSink& out, FrameLosses& losses);

}  // namespace leeway
