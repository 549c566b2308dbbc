#include "collectors/stream/frame_cutter.h"

#include <algorithm>
#include <optional>

namespace leeway {
namespace {

constexpr std::size_t kLongestLength = 8;  // digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Without the end of a line, and the zero that some senders add.
std::string_view without_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == '\0')) {
    text.remove_suffix(1);
  }
  return text;
}

// Whether a connection that begins with `head` counts octets; none while that cannot be said.
std::optional<bool> counts_octets(std::string_view head) {
  std::size_t digits = 0;
  while (digits < head.size() && is_digit(head[digits])) {
    ++digits;
  }
  if (digits > kLongestLength || (digits == 0 && !head.empty()) || head.starts_with('0')) {
    return false;
  }
  const std::string_view rest = head.substr(digits);
  if (rest.size() < 2) {
    return rest.empty() || rest.front() == ' ' ? std::nullopt : std::optional(false);
  }
  return rest.starts_with(" <");
}

}  // namespace

void FrameLosses::add(const FrameLosses& more) {
  too_long += more.too_long;
  too_long_bytes += more.too_long_bytes;
  bad_frames += more.bad_frames;
  bad_bytes += more.bad_bytes;
  cut_off_bytes += more.cut_off_bytes;
}

void FrameCutter::add(std::string_view bytes, std::size_t most_held, RecordSink& out, FrameLosses& losses) {
  if (framing_ == Framing::kAuto) {
    held_ += bytes;
    choose(held_, false);
    if (framing_ == Framing::kAuto) {
      return;
    }
    const std::string all = std::move(held_);
    held_.clear();
    add(all, most_held, out, losses);
    return;
  }
  while (!bytes.empty()) {
    bytes = framing_ == Framing::kOctetCounting ? take_frame(bytes, most_held, out, losses)
                                                : take_line(bytes, most_held, out, losses);
  }
}

void FrameCutter::choose(std::string_view head, bool final) {
  const std::optional<bool> octets = counts_octets(head);
  if (octets || final) {
    framing_ = octets.value_or(false) ? Framing::kOctetCounting : Framing::kNewline;
  }
}

void FrameCutter::finish(bool orderly, RecordSink& out, FrameLosses& losses) {
  if (framing_ == Framing::kAuto) {
    choose(held_, true);
  }
  if (orderly && framing_ == Framing::kNewline && state_ != State::kSkipRecord && !held_.empty()) {
    out.record(without_end(held_));
  } else {
    losses.cut_off_bytes += held_.size();
  }
  held_.clear();
  state_ = State::kBegin;
}

std::string_view FrameCutter::take_line(std::string_view bytes, std::size_t most_held, RecordSink& out,
                                        FrameLosses& losses) {
  const std::size_t newline = bytes.find('\n');
  const std::string_view line = bytes.substr(0, newline);
  const bool ends = newline != std::string_view::npos;
  const std::string_view rest = ends ? bytes.substr(newline + 1) : std::string_view();
  if (state_ == State::kSkipRecord) {
    losses.too_long_bytes += line.size() + (ends ? 1 : 0);
    state_ = ends ? State::kBegin : state_;
    return rest;
  }
  const std::size_t size = held_.size() + line.size();
  if (size > (ends ? max_line_ : std::min(max_line_, most_held))) {
    begin_skipping(size + (ends ? 1 : 0), losses);
    state_ = ends ? State::kBegin : State::kSkipRecord;
    return rest;
  }
  if (!ends) {
    held_ += line;
  } else if (held_.empty()) {
    out.record(without_end(line));
  } else {
    held_ += line;
    out.record(without_end(held_));
    held_.clear();
  }
  return rest;
}

void FrameCutter::begin_skipping(std::size_t bytes, FrameLosses& losses) {
  ++losses.too_long;
  losses.too_long_bytes += bytes;
  held_.clear();
}

std::string_view FrameCutter::take_frame(std::string_view bytes, std::size_t most_held, RecordSink& out,
                                         FrameLosses& losses) {
  if (state_ == State::kBegin) {
    return take_length(bytes, most_held, losses);
  }
  if (state_ == State::kSkipBadFrame) {
    const std::size_t newline = bytes.find('\n');
    const std::size_t skipped = newline == std::string_view::npos ? bytes.size() : newline + 1;
    losses.bad_bytes += skipped;
    state_ = newline == std::string_view::npos ? state_ : State::kBegin;
    return bytes.substr(skipped);
  }
  const std::string_view part = bytes.substr(0, expected_);
  expected_ -= part.size();
  if (state_ == State::kSkipRecord) {
    losses.too_long_bytes += part.size();
  } else if (expected_ == 0 && held_.empty()) {
    out.record(without_end(part));
  } else {
    held_ += part;
    if (expected_ == 0) {
      out.record(without_end(held_));
      held_.clear();
    }
  }
  state_ = expected_ == 0 ? State::kBegin : state_;
  return bytes.substr(part.size());
}

// "123 ", which may come in parts. Some senders add the end of a line to a frame without counting it.
std::string_view FrameCutter::take_length(std::string_view bytes, std::size_t most_held, FrameLosses& losses) {
  const char c = bytes.front();
  bytes.remove_prefix(1);
  if (held_.empty() && (c == '\n' || c == '\r' || c == '\0')) {
    return bytes;
  }
  if (is_digit(c) && held_.size() < kLongestLength && !(held_.empty() && c == '0')) {
    held_ += c;
    return bytes;
  }
  if (c != ' ' || held_.empty()) {
    ++losses.bad_frames;
    losses.bad_bytes += held_.size() + 1;
    state_ = State::kSkipBadFrame;
    held_.clear();
    return bytes;
  }
  for (const char digit : held_) {
    expected_ = expected_ * 10 + static_cast<std::size_t>(digit - '0');
  }
  held_.clear();
  state_ = State::kRecord;
  if (expected_ > std::min(max_line_, std::max(most_held, bytes.size()))) {
    begin_skipping(0, losses);
    state_ = State::kSkipRecord;
  }
  return bytes;
}

void cut_datagram(Framing framing, std::string_view text, std::size_t max_line, RecordSink& out, FrameLosses& losses) {
  const bool whole = framing == Framing::kMessage || (framing == Framing::kAuto && text.starts_with('<'));
  if (!whole) {
    FrameCutter cutter(Framing::kNewline, max_line);
    cutter.add(text, max_line, out, losses);
    cutter.finish(true, out, losses);
  } else if (text.size() > max_line) {
    ++losses.too_long;
    losses.too_long_bytes += text.size();
  } else {
    out.record(without_end(text));
  }
}

}  // namespace leeway
