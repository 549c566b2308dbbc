#include "collectors/records/line_joiner.h"

#include <algorithm>
#include <array>

#include "agent/core/rfc3339.h"

namespace leeway {
namespace {

// Lines of the other stream between two of a record: what comes after more of them is not waited for.
constexpr std::size_t kNear = 256;
// Lines that are looked at first.
constexpr std::size_t kFewLines = 16;

// Whether nothing but the end of a line lies between two lines.
bool adjacent(const Line& line, const Line& next) {
  const std::ptrdiff_t gap = next.text.data() - (line.text.data() + line.text.size());
  return gap >= 1 && gap <= 2;
}

}  // namespace

LineJoiner::Seen LineJoiner::look_at(const Line& line) {
  Seen seen;
  seen.wrapped = unwrap(rules_.envelope, line.text, scratch_, seen.line);
  if (!seen.wrapped) {
    seen.line = {};
    seen.line.content = line.text;
  }
  return seen;
}

// Needed only where a record of one stream may wait for lines of the other.
TimePoint LineJoiner::time_of(const Seen& seen) const {
  return rules_.multiline && may_be_cut() ? parse_rfc3339(seen.line.time).value_or(kNoTime) : kNoTime;
}

void LineJoiner::begin_groups(bool late) {
  groups_.clear();
  after_gap_ = 0;
  time_before_ = kNoTime;
  tracks_ = {};
  for (Track& track : tracks_) {
    track.late = late;
  }
}

// Whether the record of the stream is complete at the line, because of lines of the other stream: too many of them, or
// one that was written so much later that it would have been read alone.
bool LineJoiner::is_far(const Track& track, std::size_t index) const {
  if (!track.any || index - track.line <= 1) {
    return false;
  }
  const bool later = track.time != kNoTime && time_before_ != kNoTime && time_before_ - track.time >= rules_.wait;
  return index - track.line > kNear || (!track.partial && later);
}

bool LineJoiner::has_room(std::span<const Line> lines, std::size_t first, std::size_t index) const {
  const char* const end = lines[index].text.data() + lines[index].text.size();
  return index - first < rules_.max_lines &&
         static_cast<std::size_t>(end - lines[first].text.data()) <= rules_.max_bytes;
}

// A line that goes on with a record joins all groups from that of the record on.
void LineJoiner::add_to_groups(std::span<const Line> lines, std::size_t index, bool limited) {
  if (index > 0 && !adjacent(lines[index - 1], lines[index])) {
    after_gap_ = index;
  }
  const Seen seen = look_at(lines[index]);
  Track& track = tracks_[seen.line.is_stderr() ? 1 : 0];
  const bool far = is_far(track, index);
  const bool begins =
      (!rules_.multiline || rules_.multiline->begins(seen.line.content, track.frame)) && (!track.partial || far);
  track.frame = rules_.multiline && MultilineRule::is_frame(seen.line.content);
  track.partial = seen.wrapped ? seen.line.partial : track.partial;
  const std::size_t first = track.any ? groups_[track.group].first : index;
  const bool joins =
      !begins && track.any && !far && !track.late && first >= after_gap_ && (!limited || has_room(lines, first, index));
  if (joins) {
    ++joined_;
    groups_.resize(track.group + 1);
    for (Track& other : tracks_) {
      other.group = std::min(other.group, track.group);
    }
  } else {
    track.late = !begins && (track.late || track.any);
    groups_.push_back({index, track.late});
  }
  track.any = true;
  track.line = index;
  track.group = groups_.size() - 1;
  track.time = time_of(seen);
  time_before_ = track.time;
}

bool LineJoiner::ends_cut(std::span<const Line> lines) {
  std::array<bool, 2> decided{};
  const std::size_t last = lines.size() - std::min(lines.size(), kNear);
  for (std::size_t i = lines.size(); may_be_cut() && i-- > last && !(decided[0] && decided[1]);) {
    const Seen seen = look_at(lines[i]);
    const std::size_t stream = seen.line.is_stderr() ? 1 : 0;
    if (seen.wrapped && !decided[stream] && seen.line.partial) {
      return true;
    }
    decided[stream] = decided[stream] || seen.wrapped;
  }
  return false;
}

// The first line of the first group that may go on; lines.size() if none may.
std::size_t LineJoiner::first_open(std::span<const Line> lines) {
  begin_groups(false);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    add_to_groups(lines, i, false);
  }
  std::size_t first = lines.size();
  for (const Track& track : tracks_) {
    if (track.any && (track.partial || rules_.multiline) && !is_far(track, lines.size())) {
      first = std::min(first, groups_[track.group].first);
    }
  }
  return first;
}

std::size_t LineJoiner::open_lines(std::span<const Line> lines) {
  if (!rules_.multiline && !ends_cut(lines)) {
    return 0;
  }
  // What is open at the first of the lines that are looked at is not known there.
  const std::size_t unknown = may_be_cut() ? kNear : 0;
  std::size_t open = 0;
  for (std::size_t looked = kFewLines + 2 * unknown;; looked *= 2) {
    const std::size_t before = lines.size() - std::min(lines.size(), looked);
    const std::size_t first = first_open(lines.subspan(before));
    open = lines.size() - before - first;
    if (before == 0 || first > unknown || open > rules_.max_lines) {
      break;
    }
  }
  return open == 0 || has_room(lines, lines.size() - open, lines.size() - 1) ? open : 0;
}

std::size_t LineJoiner::join(std::vector<Line>& lines, bool begin_file) {
  joined_ = 0;
  const auto is_cut = [this](const Line& line) { return looks_cut(rules_.envelope, line.text); };
  if (!rules_.multiline && std::none_of(lines.begin(), lines.end(), is_cut)) {
    return 0;
  }
  begin_groups(!begin_file);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    add_to_groups(lines, i, true);
  }
  std::size_t records = 0;
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const Line& first = lines[groups_[i].first];
    if (groups_[i].late) {
      left_out += first.text.empty() ? 0 : 1;
      continue;
    }
    const Line& last = lines[i + 1 < groups_.size() ? groups_[i + 1].first - 1 : lines.size() - 1];
    const char* const begin = first.text.data();
    lines[records++] = {{begin, static_cast<std::size_t>(last.text.data() + last.text.size() - begin)}, last.end};
  }
  lines.resize(records);
  return left_out;
}

}  // namespace leeway
