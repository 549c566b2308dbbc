// TailedFile: the lines at its end that may belong to a record that goes on, in it or in the file that takes its place.
#include <algorithm>

#include "agent/core/utf8.h"
#include "collectors/tail/tailed_file.h"

namespace leeway {
namespace {

constexpr Duration kQuiet = std::chrono::minutes(1);

}  // namespace

// The rest of a cut line of a file that was rotated is in the next one: LogCollector finishes it if there is none.
bool TailedFile::record_is_due(const TailContext& context) const {
  if (open_since_ == MonotonicTime{} || (rotated && holds_cut_line())) {
    return false;
  }
  const JoinRules& join = context.options.join;
  if (context.wall != kNoTime && context.wall - kQuiet >= modified()) {  // nobody has written to it for long
    return true;
  }
  return context.now - open_since_ >= (ends_cut_ ? std::max(join.wait, join.cut_wait) : join.wait);
}

// Leaves the last lines of the chunk to the next read if they may belong to a record that goes on. True where they are
// all of a chunk that does not reach the end: more is to be read at once.
bool TailedFile::hold_open_record(TailContext& context, RecordBatch& out, std::string_view chunk, bool was_skipping,
                                  bool at_end, CutResult& cut) {
  std::vector<Line>& lines = context.lines;
  const std::size_t open = context.options.join.joins() ? context.joiner.open_lines(lines) : 0;
  if (open == 0) {
    const bool too_little = cut.consumed == 0 && !at_end;  // read to tell
    open_since_ = too_little ? open_since_ : MonotonicTime{};
    return false;
  }
  const std::size_t kept = lines.size() - open;
  const std::size_t own = std::max(kept, context.carried_count);
  const bool all_carried = own == context.carried_count;
  const std::size_t limit = kept < context.carried_count || own == lines.size() ? 0
                            : is_utf16() ? (all_carried ? 0 : lines[own - 1].end - offset_)
                                         : static_cast<std::size_t>(lines[own].text.data() - chunk.data());
  if (at_end) {
    note_held(chunk.substr(limit), lines.size() - own);
    ends_cut_ = context.joiner.ends_cut(lines);
    const std::uint64_t size = offset_ + chunk.size();
    if (open_since_ == MonotonicTime{} || open_size_ != size) {
      open_since_ = context.now;
      open_size_ = size;
    }
    if (record_is_due(context) && !context.goes_on) {
      open_since_ = {};
      held_ = 0;
      return false;
    }
  } else if (kept == 0) {
    skipping_ = was_skipping;
    return true;
  }
  context.carried_count = std::min(kept, context.carried_count);
  const CutOptions cut_options{context.options.max_line, kMaxBatchRows, false};
  skipping_ = was_skipping;
  cut = this->cut(context, out, chunk.substr(0, limit), cut_options);
  cut.nul_tail = false;
  put_carried_first(context);
  return false;
}

// Nothing but lines: then they can be put before those of another file.
void TailedFile::note_held(std::string_view text, std::size_t lines) {
  const bool plain = text.ends_with('\n') && text.find('\0') == std::string_view::npos &&
                     static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) == lines;
  held_ = plain ? text.size() : 0;
}

Expected<std::optional<HeldLines>> TailedFile::held_lines(File& content) {
  const Expected<FileInfo> info = content.info();
  if (!info) {
    return info.error();
  }
  HeldLines held{this, std::string(overlap(offset_) + held_, '\0'), held_};
  const Expected<std::size_t> read = read_fully(content, offset_ - overlap(offset_), held.text);
  if (!read) {
    return read.error();
  }
  const std::string_view before = std::string_view(held.text).substr(0, overlap(offset_));
  if (std::min(info->size, end_) != offset_ + held_ || *read < held.text.size() ||
      (!before.empty() && hash_bytes(before) != fingerprint_.tail) || !unfinished_.is_of(held.lines())) {
    return std::optional<HeldLines>();
  }
  return std::optional<HeldLines>(std::move(held));
}

// In front of `chunk`, which is the beginning of the file. Their positions are those that they would have in it.
void TailedFile::cut_carried(TailContext& context, char* buffer, std::string_view chunk) const {
  context.carried_lines.clear();
  const bool goes_on = !chunk.empty() && chunk.front() != '\0' && !chunk.starts_with(kByteOrderMark) && !is_utf16();
  const std::size_t size = carried_size(context);
  if (size > 0 && goes_on) {
    char* at = buffer;
    for (const HeldLines& held : context.carried) {
      at = std::copy(held.lines().begin(), held.lines().end(), at);
    }
    const CutOptions all{SIZE_MAX, SIZE_MAX, false};
    bool skipping = false;
    cut_lines({buffer, size}, offset_ - size, all, skipping, context.carried_lines);
  }
  if (context.carried_lines.size() >
      context.options.join.max_lines) {  // of several files, which are no record together
    context.carried_lines.clear();
  }
  context.carried_count = context.carried_lines.size();
}

// Only the beginning of a file can go on with another.
std::size_t TailedFile::carried_size(const TailContext& context) const {
  std::size_t size = 0;
  for (const HeldLines& held : context.carried) {
    size += offset_ == 0 ? held.size : 0;
  }
  return size;
}

void TailedFile::put_carried_first(TailContext& context) {
  const auto first = context.carried_lines.begin();
  context.lines.insert(context.lines.begin(), first, first + static_cast<std::ptrdiff_t>(context.carried_count));
}

// Those of the carried lines that were decoded.
void TailedFile::apply_carried(TailContext& context) const {
  std::uint64_t begin = offset_ - carried_size(context);
  std::size_t next = 0;
  for (const HeldLines& held : context.carried) {
    std::vector<Line> lines;
    for (; next < context.carried_count && context.lines[next].end - begin <= held.size; ++next) {
      lines.push_back({context.lines[next].text, held.file->offset_ + (context.lines[next].end - begin)});
    }
    begin += held.size;
    if (!lines.empty()) {
      context.counters.bytes += held.file->apply_held(held, lines);
    }
  }
}

std::uint64_t TailedFile::apply_held(const HeldLines& held, std::span<const Line> lines) {
  const std::uint64_t size = lines.back().end - offset_;
  move_on(held.lines(), size, lines);
  unfinished_ = Beginning::of(held.lines().substr(size));
  held_ -= size;
  open_since_ = held_ == 0 ? MonotonicTime{} : open_since_;
  return size;
}

// The lines as records. `late`: lines that are left out.
std::span<const Line> TailedFile::joined(TailContext& context, std::size_t& late) const {
  if (!context.options.join.joins()) {
    return context.lines;
  }
  context.records = context.lines;
  late = context.joiner.join(context.records, offset_ == 0 && context.carried_count == 0);
  return context.records;
}

}  // namespace leeway
