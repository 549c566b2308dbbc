#include "collectors/tail/content_print.h"

#include <algorithm>
#include <array>

#include "collectors/tail/file_identity.h"

namespace leeway {
namespace {

constexpr std::size_t kDense = 24;      // marks at the end that are never thinned
constexpr std::size_t kHeadMarks = 16;  // the same at the beginning
constexpr std::size_t kThinFrom = 256;  // marks
constexpr std::uint64_t kGapShare = 6;  // a gap is at most this fraction of its distance from the end
constexpr std::size_t kNextLine = 256;  // bytes: less than any limit of a line's length
constexpr std::size_t kMinMarkState = 1 + 1 + 4;
constexpr std::uint64_t kMaxShift = 64 * 1024;  // of lines in an edited file
constexpr std::size_t kEditMarks = 8;           // that are looked for there

std::uint32_t mark_hash(std::string_view bytes) { return static_cast<std::uint32_t>(hash_bytes(bytes)); }

std::size_t window(std::uint64_t position) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(position, ContentPrint::kMarkBytes));
}

}  // namespace

void ContentPrint::add(std::string_view text, std::uint64_t end, std::uint64_t position, std::uint64_t lines) {
  const std::size_t stop = text.size() - static_cast<std::size_t>(end - position);
  const std::size_t size = window(position);
  marks_.push_back({position, lines, mark_hash(text.substr(stop - size, size))});
}

void ContentPrint::extend(std::string_view text, std::uint64_t end, std::span<const Line> lines) {
  const std::size_t first = marks_.size();
  std::uint64_t next = end;  // the greatest position that is wanted
  std::size_t dense = 0;
  for (std::size_t i = lines.size(); i > 0;) {
    if (i == lines.size() || dense < kDense) {
      ++dense;
    } else {
      const auto found = std::upper_bound(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(i), next,
                                          [](std::uint64_t position, const Line& line) { return position < line.end; });
      if (found == lines.begin()) {
        break;
      }
      i = static_cast<std::size_t>(found - lines.begin());
    }
    const std::uint64_t position = lines[i - 1].end;
    add(text, end, position, lines_ + i);
    const std::uint64_t gap = (end - position) / kGapShare;
    next = position > gap ? position - std::max<std::uint64_t>(gap, 1) : 0;
    --i;
  }
  const bool young = first < kHeadMarks;
  for (std::size_t i = 0; young && i < std::min(lines.size(), kHeadMarks); ++i) {
    add(text, end, lines[i].end, lines_ + i + 1);
  }
  std::sort(marks_.begin() + static_cast<std::ptrdiff_t>(first), marks_.end(),
            [](const Mark& a, const Mark& b) { return a.position < b.position; });
  marks_.erase(std::unique(marks_.begin() + static_cast<std::ptrdiff_t>(first), marks_.end(),
                           [](const Mark& a, const Mark& b) { return a.position == b.position; }),
               marks_.end());
  lines_ += lines.size();
  if (marks_.empty() || marks_.back().position != end) {
    add(text, end, end, lines_);
  }
  if (marks_.size() > kThinFrom) {
    marks_ = thinned();
  }
}

void ContentPrint::jump(std::string_view before, std::uint64_t position) {
  // How many lines they are is not known, but they are no banner. Zeros are no lines.
  lines_ += before.find_first_not_of('\0') == std::string_view::npos ? 0 : ContentMatch::kBannerLines;
  add(before, position, position, lines_);
}

void ContentPrint::cut(std::uint64_t position) {
  while (!marks_.empty() && marks_.back().position > position) {
    marks_.pop_back();
  }
  lines_ = marks_.empty() ? 0 : marks_.back().lines;
}

bool ContentPrint::differs_from(std::string_view head) const {
  if (marks_.empty() || marks_.front().position > head.size()) {
    return false;
  }
  const std::size_t part = window(marks_.front().position);
  return mark_hash(head.substr(marks_.front().position - part, part)) != marks_.front().hash;
}

bool ContentPrint::begins(std::string_view text) const {
  return !marks_.empty() && marks_.front().position <= std::min(text.size(), kMarkBytes) && !differs_from(text);
}

Expected<ContentMatch> ContentPrint::compare(File& file, std::uint64_t size) const {
  ContentMatch match;
  match.of_lines = lines_;
  std::array<char, kFingerprintBytes> buffer;
  std::array<char, kMarkBytes> spare;
  const Expected<std::size_t> head = read_fully(file, 0, buffer);
  if (!head) {
    return head.error();
  }
  const bool same_head = head_size_ > 0 && *head >= head_size_ && hash_bytes({buffer.data(), head_size_}) == head_hash_;
  if (marks_.empty()) {  // that the head is the same has to be enough
    match.whole = same_head;
    match.diverged = !same_head && head_size_ > 0 && *head >= head_size_;
    match.position = same_head ? head_size_ : 0;
    match.lines = match.of_lines = same_head ? ContentMatch::kBannerLines : 0;
    return match;
  }
  if (!same_head && marks_.front().position > kFingerprintBytes && size >= head_size_) {
    match.diverged = true;
    return match;
  }
  for (const Mark& mark : marks_) {
    if (mark.position > size || (mark.position >= head_size_ && !same_head)) {
      match.diverged = mark.position <= size;
      break;
    }
    const std::size_t part = window(mark.position);
    std::string_view bytes;
    if (mark.position <= *head) {
      bytes = std::string_view(buffer.data(), *head).substr(mark.position - part, part);
    } else {
      const Expected<std::size_t> read = read_fully(file, mark.position - part, std::span(spare.data(), part));
      if (!read) {
        return read.error();
      }
      bytes = {spare.data(), *read};
    }
    if (bytes.size() < part || mark_hash(bytes) != mark.hash) {
      match.diverged = true;
      break;
    }
    match.position = mark.position;
    match.lines = mark.lines;
  }
  match.whole = match.position == marks_.back().position;
  if (!match.diverged && !match.whole) {
    const Expected<bool> other = ends_earlier(file, size, match);
    if (!other) {
      return other.error();
    }
    match.diverged = *other;
  }
  return match;
}

// Whether the next line of the file ends before the one of the content does. Unknown, thus false, where not each line
// has a mark; over-long lines have none, but do not end within kNextLine.
Expected<bool> ContentPrint::ends_earlier(File& file, std::uint64_t size, const ContentMatch& match) const {
  const auto next =
      std::find_if(marks_.begin(), marks_.end(), [&](const Mark& mark) { return mark.position > match.position; });
  if (match.position == 0 || next == marks_.end() || next->lines > match.lines + 1) {
    return false;
  }
  std::array<char, 1 + kNextLine> buffer;  // with the last byte of the line before
  const std::uint64_t part = std::min<std::uint64_t>(std::min(size, next->position) - match.position, kNextLine);
  const Expected<std::size_t> read = read_fully(file, match.position - 1, std::span(buffer.data(), 1 + part));
  if (!read) {
    return read.error();
  }
  const std::string_view bytes(buffer.data(), *read);
  return bytes.starts_with('\n') && bytes.find('\n', 1) != std::string_view::npos;
}

Expected<bool> ContentPrint::is_edited_in(File& file) const {
  std::size_t looked_for = 0;
  std::size_t found = 0;
  for (std::size_t i = marks_.size(); i-- > 0 && looked_for < kEditMarks && !repeats();) {
    const Mark& mark = marks_[i];
    if (mark.lines <= ContentMatch::kBannerLines || mark.position < kMarkBytes || (marks_.size() - 1 - i) % 4 != 0) {
      continue;
    }
    const Expected<bool> here = is_near(file, mark);
    if (!here) {
      return here.error();
    }
    ++looked_for;
    found += *here ? 1 : 0;
  }
  return found > 0 && found * 2 >= looked_for;
}

// Whether the file has the bytes before `mark` before an end of a line near it.
Expected<bool> ContentPrint::is_near(File& file, const Mark& mark) {
  const std::uint64_t from = mark.position - std::min(mark.position, kMaxShift);
  std::vector<char> buffer(2 * kMaxShift);
  const Expected<std::size_t> read = read_fully(file, from, buffer);
  if (!read) {
    return read.error();
  }
  const std::string_view text(buffer.data(), *read);
  for (std::size_t end = text.find('\n', kMarkBytes - 1); end != std::string_view::npos;
       end = text.find('\n', end + 1)) {
    if (mark_hash(text.substr(end + 1 - kMarkBytes, kMarkBytes)) == mark.hash) {
      return true;
    }
  }
  return false;
}

// Going back from the end, a mark stays where the gap between its neighbours would be too large without it.
std::vector<ContentPrint::Mark> ContentPrint::thinned() const {
  if (marks_.size() <= kDense + kHeadMarks) {
    return marks_;
  }
  const std::uint64_t end = marks_.back().position;
  std::vector<Mark> kept(marks_.rbegin(), marks_.rbegin() + kDense);
  for (std::size_t i = marks_.size() - kDense; i-- > kHeadMarks;) {
    const std::uint64_t last = kept.back().position;
    if (last - marks_[i - 1].position > (end - last) / kGapShare) {
      kept.push_back(marks_[i]);
    }
  }
  kept.insert(kept.end(), marks_.rend() - kHeadMarks, marks_.rend());
  std::reverse(kept.begin(), kept.end());
  return kept;
}

void ContentPrint::save(StateWriter& out, std::size_t max_marks) const {
  out.u64(head_size_);
  out.u64(head_hash_);
  out.u64(lines_);
  std::vector<Mark> marks = thinned();
  const std::size_t step = (marks.size() + max_marks - 1) / std::max<std::size_t>(max_marks, 1);
  std::size_t kept = 0;
  for (std::size_t i = 0; step > 1 && i < marks.size(); ++i) {
    if ((marks.size() - 1 - i) % step == 0 || i < max_marks / 4) {  // the first ones stay, and the last one
      marks[kept++] = marks[i];
    }
  }
  marks.resize(step > 1 ? kept : marks.size());
  out.u64(marks.size());
  Mark before{};
  for (const Mark& mark : marks) {
    out.u64(mark.position - before.position);
    out.u64(mark.lines - before.lines);
    for (int shift = 0; shift < 32; shift += 8) {
      out.u8(static_cast<std::uint8_t>(mark.hash >> shift));
    }
    before = mark;
  }
}

void ContentPrint::load(StateReader& in) {
  head_size_ = std::min<std::uint64_t>(in.u64(), kFingerprintBytes);
  head_hash_ = in.u64();
  lines_ = in.u64();
  marks_.clear();
  Mark mark{};
  for (std::uint64_t left = in.count(kMinMarkState); left > 0 && in.ok(); --left) {
    mark.position += in.u64();
    mark.lines += in.u64();
    mark.hash = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      mark.hash |= static_cast<std::uint32_t>(in.u8()) << shift;
    }
    marks_.push_back(mark);
  }
}

}  // namespace leeway
