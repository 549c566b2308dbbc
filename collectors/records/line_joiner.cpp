#include "collectors/records/line_joiner.h"

#include <algorithm>
#include <array>

namespace leeway {
namespace {

// A runtime writes the parts of a line one after the other; between them there may be some of the other stream.
constexpr std::size_t kNear = 256;  // lines

// Whether nothing but the end of a line lies between two lines.
bool adjacent(const Line& line, const Line& next) {
  const std::ptrdiff_t gap = next.text.data() - (line.text.data() + line.text.size());
  return gap >= 1 && gap <= 2;
}

}  // namespace

LineJoiner::Seen LineJoiner::look_at(const Line& line) {
  Seen seen;
  const bool wrapped = unwrap(rules_.envelope, line.text, scratch_, seen.line);
  if (!wrapped) {
    seen.line = {};
    seen.line.content = line.text;
  }
  seen.begins = !rules_.multiline || rules_.multiline->begins(seen.line.content);
  return seen;
}

// The lines from the first part of a line on that is not complete, of either stream.
std::size_t LineJoiner::open_partial_lines(std::span<const Line> lines) {
  std::array<bool, 2> decided{};
  std::array<bool, 2> open{};
  std::size_t first = lines.size();
  const std::size_t last = lines.size() - std::min(lines.size(), kNear);
  for (std::size_t i = lines.size(); i-- > last && !(decided[0] && decided[1]);) {
    const Unwrapped line = look_at(lines[i]).line;
    const std::size_t stream = line.is_stderr() ? 1 : 0;
    if (decided[stream]) {
      continue;
    }
    open[stream] = line.partial;
    decided[stream] = !line.partial;
    first = line.partial ? i : first;
  }
  return lines.size() - first;
}

// Whether the line before it was cut, in either stream.
bool LineJoiner::is_cut_before(std::span<const Line> lines, std::size_t index) {
  return may_be_cut() && open_partial_lines(lines.first(index)) > 0;
}

std::size_t LineJoiner::open_lines(std::span<const Line> lines) {
  std::size_t open = 0;
  if (may_be_cut()) {
    open = open_partial_lines(lines);
  }
  if (rules_.multiline) {
    std::size_t i = lines.size();
    while (i > 0 && (!look_at(lines[i - 1]).begins || is_cut_before(lines, i - 1))) {
      --i;
    }
    open = std::max(open, lines.size() - (i == 0 ? 0 : i - 1));
  }
  if (open == 0) {
    return 0;
  }
  const Line& first = lines[lines.size() - open];
  const auto bytes = static_cast<std::size_t>(lines.back().text.data() + lines.back().text.size() - first.text.data());
  return open > rules_.max_lines || bytes > rules_.max_bytes ? 0 : open;
}

std::size_t LineJoiner::join(std::vector<Line>& lines, bool begin_file) {
  const auto is_cut = [this](const Line& line) { return looks_cut(rules_.envelope, line.text); };
  if (!rules_.multiline && std::none_of(lines.begin(), lines.end(), is_cut)) {
    return 0;
  }
  std::array<bool, 2> partial{};
  std::size_t records = 0;
  std::size_t in_record = 0;
  std::size_t left_out = 0;
  bool late = !begin_file;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line line = lines[i];
    const Seen seen = look_at(line);
    const bool waiting = partial[0] || partial[1];
    partial[seen.line.is_stderr() ? 1 : 0] = seen.line.partial;
    if (!waiting && seen.begins) {
      late = false;
    } else if (in_record > 0 && adjacent(lines[records - 1], line)) {
      Line& record = lines[records - 1];
      const auto size = static_cast<std::size_t>(line.text.data() + line.text.size() - record.text.data());
      if (in_record < rules_.max_lines && size <= rules_.max_bytes) {
        record = {{record.text.data(), size}, line.end};
        ++in_record;
        continue;
      }
      late = true;
    }
    if (late) {
      in_record = 0;
      left_out += line.text.empty() ? 0 : 1;
      continue;
    }
    lines[records++] = line;
    in_record = 1;
  }
  lines.resize(records);
  return left_out;
}

}  // namespace leeway
