#include "collectors/tail/tailed_file.h"

#include <algorithm>
#include <array>

#include "collectors/tail/bounded_file.h"
#include "collectors/tail/line_cutter.h"

namespace leeway {
namespace {

constexpr std::string_view kTooLong = "too_long";
constexpr std::string_view kInvalidUtf16 = "invalid_utf16";
// A row-bound source reads no less than this at a time.
constexpr std::size_t kMinRead = 16 * 1024;
// The same where a limit may come soon.
constexpr std::size_t kMinLimitedRead = 4 * 1024;

}  // namespace

TailedFile::TailedFile(std::string path, const FileInfo& info, bool from_end)
    : attached(true),
      path_(std::move(path)),
      device_(info.device),
      inode_(info.inode),
      born_(info.born),
      content_born_(info.born),
      found_size_(can_decompress(path_) ? 0 : info.size),
      from_end_(from_end),
      read_modified_(info.modified) {
  begins = info.size == 0;
  begins_after = info.modified;
}

Expected<void> TailedFile::open(FileSystem& files) {
  Expected<std::unique_ptr<File>> file = open_content(files, path_);
  if (!file) {
    return file.error();
  }
  const Expected<FileInfo> info = (*file)->info();
  if (!info) {
    return info.error();
  }
  if (!is(*info)) {
    return Error{ErrorCode::kNotFound, "'" + path_ + "' is now another file"};
  }
  file_ = end_ == kNoEnd ? *std::move(file) : bounded(*std::move(file), end_);
  return {};
}

TailedFile::ReadResult TailedFile::read(TailContext& context, RecordBatch& out, std::size_t budget, bool final) {
  if (from_end_) {
    const Expected<void> sought = seek_last_line(context.options);
    if (!sought) {
      return fail(sought.error());
    }
  }
  std::size_t capacity = std::clamp(budget, kMinRead, std::max(context.read_size, kMinRead));
  if (context.limit != TimePoint::max()) {
    capacity = std::min(capacity, std::max(turn_size_, kMinLimitedRead));
  }
  return read_chunk(context, out, std::min(capacity, context.options.chunk), final);
}

TailedFile::ReadResult TailedFile::read_chunk(TailContext& context, RecordBatch& out, std::size_t capacity,
                                              bool final) {
  const TailOptions& options = context.options;
  Fetched fetched;
  if (const std::optional<ReadResult> result = fetch(context, out, capacity, fetched)) {
    return *result;
  }
  final = final && !changed(fetched.before);
  note_size(context, fetched);
  const std::string_view chunk = fetched.chunk;
  const bool at_end = fetched.at_end;
  const bool was_skipping = skipping_;
  cut_carried(context, fetched.carried, chunk);
  const CutOptions cut_options{options.max_line, kMaxBatchRows - context.carried_count, final && at_end};
  CutResult cut = this->cut(context, out, chunk, cut_options);
  const bool rows_full = context.lines.size() == cut_options.max_lines;
  put_carried_first(context);
  held_ = 0;
  if (!(final && at_end) && hold_open_record(context, out, chunk, was_skipping, at_end && !rows_full, cut)) {
    return read_chunk(context, out, options.join.max_bytes + options.max_line + options.chunk, final);
  }
  first_zero_.reset();
  if (cut.nul_tail) {
    first_zero_ = fetched.end - (chunk.size() - (chunk.find_last_not_of('\0') + 1));
  }
  if (cut.consumed == 0 && context.carried_count == 0 && !at_end) {
    if (cut.nul_tail) {
      return skip_zeros(context, fetched.end, fetched.after, LossReason::kNul, final);
    }
    skipping_ = was_skipping;
    return read_chunk(context, out, options.max_line + options.chunk, final);  // a line longer than the chunk
  }
  if (const Expected<void> given = give_first_line(context); !given) {
    skipping_ = was_skipping;
    return fail(given.error());
  }
  context.decoder.set_modified(fetched.before.modified);
  const bool stopped = apply(context, out, chunk, was_skipping, cut);
  unfinished_ = Beginning::of(chunk.substr(cut.consumed));
  turn_size_ = 2 * (stopped ? cut.consumed : capacity);
  if (stopped) {
    first_zero_.reset();
    held_ = 0;
    open_since_ = {};
    return ReadResult::kMore;
  }
  context.read_size =
      rows_full ? std::max(cut.consumed + cut.consumed / 8, kMinRead) : std::min(context.read_size * 2, options.chunk);
  if (skipping_ && !at_end && chunk.back() == '\0') {
    return skip_zeros(context, fetched.end, fetched.after, LossReason::kOversize, final);
  }
  if (!at_end || (rows_full && cut.consumed < chunk.size())) {
    return ReadResult::kMore;
  }
  if (cut.nul_tail) {
    zeros_end_ = std::max(zeros_end_, fetched.end);
  }
  caught_up(fetched.before, final);
  return ReadResult::kCaughtUp;
}

// The bytes before the position are read together with those after it: the check that they are still the ones that were
// applied, and the lines that follow, are from the same moment. A result where they cannot be used.
std::optional<TailedFile::ReadResult> TailedFile::fetch(TailContext& context, RecordBatch& out, std::size_t capacity,
                                                        Fetched& fetched) {
  const Expected<FileInfo> before = file_->info();
  if (!before) {
    return fail(before.error());
  }
  const std::size_t back = overlap(offset_);
  const std::size_t carried = carried_size(context);
  fetched.carried = out.raw_buffer(carried + kFingerprintBytes + std::max(capacity, context.options.chunk));
  char* const buffer = fetched.carried + carried;
  const Expected<std::size_t> size = read_fully(*file_, offset_ - back, std::span(buffer, back + capacity));
  if (!size) {
    return fail(size.error());
  }
  error_.clear();
  if (offset_ == 0 && compared > 0 && *size > compared) {
    decided = false;
    compared = 0;
    return ReadResult::kMore;
  }
  if (*size < back || (back > 0 && hash_bytes({buffer, back}) != fingerprint_.tail)) {
    return ReadResult::kTruncated;
  }
  if (back > 0 && buffer[back - 1] == '\0') {  // zeros before the position may be those of another hole
    const Expected<ContentMatch> now = compare(*file_);
    if (!now || !now->whole) {
      return now ? ReadResult::kTruncated : fail(now.error());
    }
  }
  fetched.chunk = {buffer + back, *size - back};
  if (!unfinished_.is_of(fetched.chunk)) {
    return ReadResult::kTruncated;
  }
  const Expected<FileInfo> after = file_->info();
  if (!after) {
    return fail(after.error());
  }
  fetched.before = *before;
  fetched.after = *after;
  fetched.end = offset_ - back + *size;
  fetched.at_end = *size < back + capacity;
  if (after->size < fetched.end) {  // truncated meanwhile: what was read may be a mixture
    return ReadResult::kMore;
  }
  const Expected<Wide> wide = byte_order({buffer, *size}, offset_ - back);
  return wide ? std::nullopt : std::optional(fail(wide.error()));
}

void TailedFile::note_size(TailContext& context, const Fetched& fetched) {
  const std::uint64_t before = fetched.before.size;
  const std::uint64_t after = fetched.after.size;
  if (fetched.end < size_ && before < size_ && after < size_) {  // it was truncated after the position
    const std::uint64_t rest = std::max({before, after, std::min(zeros_end_, size_)});
    context.counters.lose(LossReason::kTruncated, print_.has_lines() ? size_ - rest : 0);
    size_ = std::max(before, after);
  }
  if (std::max(before, fetched.end) > size_) {
    quiet = {};
    finished_ = false;
    size_ = std::max(before, fetched.end);
  }
}

void TailedFile::count(TailContext& context, const CutResult& cut) {
  if (cut.oversize_lines > 0) {
    count_reason(context.counters.decode.rejects, kTooLong, cut.oversize_lines);
  }
  if (cut.invalid_lines > 0) {
    count_reason(context.counters.decode.anomalies, kInvalidUtf16, cut.invalid_lines);
  }
  context.counters.lose(LossReason::kOversize, cut.oversize_bytes);
  context.counters.lose(LossReason::kNul, cut.nul_bytes);
  context.counters.bytes += cut.consumed - cut.oversize_bytes - cut.nul_bytes;
}

// Sets the lines of `chunk`, which is at the position, in UTF-8.
CutResult TailedFile::cut(TailContext& context, RecordBatch& out, std::string_view chunk, const CutOptions& options) {
  if (!is_utf16()) {
    return cut_lines(chunk, offset_, options, skipping_, context.lines);
  }
  CutResult result = cut_wide_lines(chunk, offset_, *wide_, options, skipping_, context.lines);
  result.invalid_lines = lines_to_utf8(context.lines, *wide_, out);
  return result;
}

// Lines that became part of the record of one before them.
std::size_t TailedFile::added_lines(const TailContext& context) const {
  return context.options.join.joins() ? context.joiner.joined() : 0;
}

// Returns whether the limit left a part of the lines.
bool TailedFile::apply(TailContext& context, RecordBatch& out, std::string_view chunk, bool was_skipping,
                       CutResult& cut) {
  if (cut.consumed == 0 && context.carried_count == 0) {
    count(context, cut);
    return false;
  }
  const std::size_t rows = out.rows();
  std::size_t late = 0;
  const std::span<const Line> records = joined(context, late);
  const std::size_t added = added_lines(context);
  context.counters.joined += added;
  context.examples.begin(path_);
  context.counters.decode.examples = &context.examples;
  const std::size_t taken = decode(context, records, out, chunk);
  const bool stopped = taken < records.size();
  if (stopped) {
    context.counters.joined -= added;
    const std::uint64_t begin = offset_ - carried_size(context);
    late = keep_until(context, out, chunk, taken == 0 ? begin : records[taken - 1].end, was_skipping, cut);
    context.counters.joined += added_lines(context);
  }
  if (late > 0) {
    count_reason(context.counters.decode.rejects, "late_continuation", late);
  }
  count(context, cut);
  context.counters.records += out.rows() - rows;
  apply_carried(context);
  if (cut.consumed > 0) {
    move_on(chunk, cut.consumed, std::span(context.lines).subspan(context.carried_count));
  }
  return stopped;
}

// Past the first `size` bytes of `text`, which have `lines`. In front of it are the overlap() bytes before.
void TailedFile::move_on(std::string_view text, std::size_t size, std::span<const Line> lines) {
  const std::uint64_t old_offset = offset_;
  offset_ += size;
  const std::size_t back = overlap(offset_);
  const char* end = text.data() + size;
  fingerprint_.tail = hash_bytes({end - back, back});
  if (old_offset < kFingerprintBytes) {  // the buffer begins at the head of the file
    fingerprint_.head = hash_bytes({text.data() - old_offset, overlap(offset_)});
    print_.set_head(overlap(offset_), fingerprint_.head);
  }
  const std::size_t before = overlap(old_offset);
  print_.extend({text.data() - before, before + size}, offset_, lines);
}

TailedFile::ReadResult TailedFile::jump(std::uint64_t position, const Fingerprint& fingerprint) {
  std::array<char, ContentPrint::kMarkBytes> before;
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(position, before.size()));
  const Expected<std::size_t> read = read_fully(*file_, position - size, std::span(before.data(), size));
  if (!read || *read < size) {
    return read ? ReadResult::kMore : fail(read.error());
  }
  offset_ = position;
  unfinished_ = {};
  fingerprint_ = fingerprint;
  print_.set_head(overlap(position), fingerprint.head);
  print_.jump({before.data(), size}, position);
  return ReadResult::kMore;
}

TailedFile::ReadResult TailedFile::fail(const Error& error) {
  error_ = error.message;
  if (attached) {
    file_.reset();
  }
  return ReadResult::kFailed;
}

void TailedFile::end() {
  finished_ = true;
  deleted = true;
  attached = false;
  size_ = offset_;
  found_size_ = offset_;
  error_.clear();
  file_.reset();
}

Expected<bool> TailedFile::note_beginning() {
  std::array<char, Beginning::kBytes> first;
  const Expected<FileInfo> info = file_->info();
  const Expected<std::size_t> size = info ? read_fully(*file_, 0, first) : Expected<std::size_t>(info.error());
  if (!size) {
    fail(size.error());
    return size.error();
  }
  if (*size == 0) {
    found_nothing_new(*info);
    return false;
  }
  if (unfinished_.size == 0) {
    unfinished_ = Beginning::of({first.data(), *size});
  }
  return true;
}

void TailedFile::found_nothing_new(const FileInfo& info) {
  error_.clear();
  size_ = 0;
  caught_up(info, std::exchange(finalize, false));
}

void TailedFile::found_empty(const FileInfo& info) {
  begins_after = last_modified();
  begins = true;
  found_nothing_new(info);
}

void TailedFile::found_copy(const FileInfo& info) {
  found_nothing_new(info);
  is_copy_ = true;
}

void TailedFile::caught_up(const FileInfo& info, bool final) {
  read_size_ = info.size;
  found_size_ = info.size;
  read_modified_ = info.modified;
  finished_ = finished_ || final;
}

// Lines that are complete now were there before the agent; the unfinished one, if any, is still to be read.
Expected<void> TailedFile::seek_last_line(const TailOptions& options) {
  const Expected<FileInfo> info = file_->info();
  if (!info) {
    return info.error();
  }
  std::array<char, kFingerprintBytes> block;
  const Expected<Wide> wide = byte_order({}, 1);
  if (!wide) {
    return wide.error();
  }
  std::uint64_t at = info->size - (*wide == Wide::kNone ? 0 : info->size % 2);
  std::uint64_t found = 0;
  while (at > 0 && found == 0 && info->size - at <= options.max_line) {
    const std::size_t part = overlap(at);
    at -= part;
    const Expected<std::size_t> read = read_fully(*file_, at, std::span(block.data(), part));
    if (!read) {
      return read.error();
    }
    const std::optional<std::size_t> newline = after_last_newline({block.data(), *read}, at, *wide);
    found = newline ? at + *newline : 0;
  }
  skipping_ = found == 0 && at > 0;
  offset_ = skipping_ ? info->size : found;
  const Expected<Fingerprint> fingerprint = read_fingerprint(*file_, offset_);
  if (!fingerprint) {
    return fingerprint.error();
  }
  if (offset_ > 0 && jump(offset_, *fingerprint) != ReadResult::kMore) {
    return Error{ErrorCode::kIo, error_};
  }
  size_ = offset_;
  from_end_ = false;
  return {};
}

}  // namespace leeway
