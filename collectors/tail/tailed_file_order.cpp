// TailedFile: the times of its records, and reading up to one of them.
#include <algorithm>

#include "collectors/tail/first_line.h"
#include "collectors/tail/tailed_file.h"

namespace leeway {
namespace {

// Most records that are decoded together where a limit may come between them.
constexpr std::size_t kTogether = 64;
// What is looked at of a file to find the time of its next record.
constexpr std::size_t kLookedAt = std::size_t{16} << 10;  // bytes
constexpr std::size_t kLookedAtLines = 64;

// The latest time from `row` on; kNoTime if there is none.
TimePoint latest_time(const RecordBatch& batch, std::size_t row, TimePoint latest) {
  TimePoint found = kNoTime;
  for (const TimePoint time : batch.times().subspan(row)) {
    found = time > latest ? found : std::max(found, time);
  }
  return found;
}

void drop_from(std::size_t row, RecordBatch& batch) {
  while (batch.rows() > row) {
    batch.drop_last();
  }
}

void add(DecodeCounts& counts, const DecodeCounts& more) {
  add_counts(counts.rejects, more.rejects);
  add_counts(counts.anomalies, more.anomalies);
  add_counts(counts.untimed, more.untimed);
  counts.ignored += more.ignored;
}

}  // namespace

// The records up to the limit; returns how many those are.
std::size_t TailedFile::decode(TailContext& context, std::span<const Line> records, RecordBatch& out,
                               std::string_view chunk) {
  if (records.empty() || context.limit != TimePoint::max() || context.until) {
    return decode_limited(context, records, out, chunk);
  }
  const std::size_t row = out.rows();
  context.decoder.decode(records, out, context.counters.decode);
  reached_ = std::max(reached_, latest_time(out, row, context.latest));
  return records.size();
}

// A record without a time belongs to the one before it, and those that begin a file to the first one that has one.
std::size_t TailedFile::decode_limited(TailContext& context, std::span<const Line> records, RecordBatch& out,
                                       std::string_view chunk) {
  const std::size_t first = out.rows();
  std::size_t together = 1;
  std::size_t most = context.until ? 1 : kTogether;
  std::size_t taken = 0;
  std::uint64_t left_out = 0;  // bytes
  DecodeCounts all;
  std::uint64_t end = offset_;
  while (taken < records.size()) {
    const std::span<const Line> next = records.subspan(taken, std::min(together, records.size() - taken));
    const std::size_t row = out.rows();
    DecodeCounts counts;
    counts.examples = context.counters.decode.examples;
    context.decoder.decode(next, out, counts);
    const TimePoint time = latest_time(out, row, context.latest);
    if (time > context.limit && next.size() > 1) {
      drop_from(row, out);
      together = most = 1;
      continue;
    }
    if (time > context.limit) {
      next_ = std::max(reached_, time);
      drop_from(reached_ == kNoTime ? first : row, out);
      if (reached_ == kNoTime) {
        return 0;
      }
      break;
    }
    reached_ = std::max(reached_, time);
    together = std::min(2 * together, most);
    // Over-long lines before it are no part of it; in UTF-16 they are not told apart.
    const std::uint64_t begin =
        is_utf16() ? end : offset_ + static_cast<std::uint64_t>(next.front().text.data() - chunk.data());
    end = next.back().end;
    taken += next.size();
    if (is_left_out(context, row, out)) {
      drop_from(row, out);
      left_out += next.front().end - begin;
      const std::string_view text = next.front().text;
      const auto further = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
      context.counters.joined -= std::min(context.counters.joined, further);
    } else {
      add(all, counts);
    }
  }
  add(context.counters.decode, all);
  context.counters.bytes -= left_out;
  return taken;
}

// Whether a line is after the end of a replay. One without a time belongs to the line before.
bool TailedFile::is_left_out(const TailContext& context, std::size_t row, const RecordBatch& out) {
  if (context.until && out.rows() > row && out.times().back() != kNoTime) {
    left_out_ = out.times().back() > *context.until;
  }
  return context.until && left_out_;
}

// Leaves the lines after `end` to the next read. Returns the lines before it that are no part of a record.
std::size_t TailedFile::keep_until(TailContext& context, RecordBatch& out, std::string_view chunk, std::uint64_t end,
                                   bool was_skipping, CutResult& cut) {
  std::vector<Line>& lines = context.lines;
  const std::uint64_t begin = offset_ - carried_size(context);
  const auto kept = static_cast<std::size_t>(
      std::count_if(lines.begin(), lines.end(), [&](const Line& line) { return line.end - begin <= end - begin; }));
  const std::size_t own = std::max(kept, context.carried_count);
  std::size_t size = 0;
  if (kept >= context.carried_count && own < lines.size()) {
    const std::size_t before = own == context.carried_count ? 0 : lines[own - 1].end - offset_;
    size = is_utf16() ? before : static_cast<std::size_t>(lines[own].text.data() - chunk.data());
  }
  context.carried_count = std::min(kept, context.carried_count);
  skipping_ = was_skipping;
  cut = this->cut(context, out, chunk.substr(0, size), {context.options.max_line, kMaxBatchRows, false});
  cut.nul_tail = false;
  put_carried_first(context);
  std::size_t late = 0;
  joined(context, late);
  return late;
}

void TailedFile::look_ahead(TailContext& context, File& content, RecordBatch& scratch) {
  char* const buffer = scratch.raw_buffer(kLookedAt);
  const Expected<std::size_t> size = read_fully(content, offset_, std::span(buffer, kLookedAt));
  const std::string_view chunk(buffer, size ? *size : 0);
  const bool is_wide = is_utf16() || (offset_ == 0 && chunk.size() >= 2 && wide_by_mark(chunk) != Wide::kNone);
  if (from_end_ || chunk.empty() || is_wide) {
    return;
  }
  bool skipping = skipping_;
  cut_lines(chunk, offset_, {context.options.max_line, kLookedAtLines, false}, skipping, context.lines);
  if (context.decoder.wants_first_line()) {
    const Expected<FirstLine> line = read_first_line(content, context.options.max_line);
    context.decoder.set_first_line(line ? line->text : "");
  }
  context.decoder.set_modified(modified());
  context.carried.clear();
  context.carried_count = 0;
  std::size_t late = 0;
  const std::span<const Line> records = joined(context, late);
  DecodeCounts none;
  context.decoder.decode(records, scratch, none);
  for (const TimePoint time : scratch.times()) {
    if (time != kNoTime && time <= context.latest) {
      next_ = std::max(reached_, time);
      return;
    }
  }
}

}  // namespace leeway
