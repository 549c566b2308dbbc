#include "collectors/tail/tailed_file.h"

#include <algorithm>

#include "collectors/tail/line_cutter.h"

namespace leeway {
namespace {

constexpr std::array<std::string_view, kLossReasons> kLossNames = {"vanished", "truncated", "oversize", "nul"};
constexpr std::string_view kTooLong = "too_long";
// Truncated contents whose copies are recognised.
constexpr std::size_t kMaxFormerHeads = 8;
// The smallest read, for batches that fill up with rows before bytes.
constexpr std::size_t kMinRead = 16 * 1024;

enum Flag : std::uint8_t {
  kSkipping = 1,
  kFromEnd = 2,
  kFinished = 4,
  kRotated = 8,
  kReplaced = 16,
};

std::size_t overlap(std::uint64_t offset) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(kFingerprintBytes, offset));
}

}  // namespace

// --- TailCounters ---

void TailCounters::save(StateWriter& out) const {
  for (const std::uint64_t value : {bytes, records, rotations, truncations}) {
    out.u64(value);
  }
  out.u64(lost.size());
  for (const std::uint64_t value : lost) {
    out.u64(value);
  }
  save_counts(decode.rejects, out);
  save_counts(decode.anomalies, out);
}

void TailCounters::load(StateReader& in) {
  for (std::uint64_t* value : {&bytes, &records, &rotations, &truncations}) {
    *value = in.u64();
  }
  const std::uint64_t reasons = in.count();
  for (std::uint64_t i = 0; i < reasons; ++i) {
    const std::uint64_t value = in.u64();
    if (i < lost.size()) {
      lost[i] = value;
    }
  }
  load_counts(decode.rejects, in);
  load_counts(decode.anomalies, in);
}

void TailCounters::report(SourceStatus& out) const {
  out.bytes = bytes;
  out.records = records;
  out.rotations = rotations;
  out.truncations = truncations;
  out.rejects = decode.rejects;
  out.anomalies = decode.anomalies;
  for (std::size_t i = 0; i < lost.size(); ++i) {
    out.lost_bytes[std::string(kLossNames[i])] = lost[i];
  }
}

// --- TailedFile ---

TailedFile::TailedFile(std::string path, const FileInfo& info, bool from_end)
    : attached(true),
      path_(std::move(path)),
      device_(info.device),
      inode_(info.inode),
      born_(info.born),
      found_size_(info.size),
      from_end_(from_end),
      read_modified_(info.modified) {}

Expected<void> TailedFile::open(FileSystem& files) {
  Expected<std::unique_ptr<File>> file = files.open(path_, OpenMode::kRead);
  if (!file) {
    return file.error();
  }
  const Expected<FileInfo> info = (*file)->info();
  if (!info) {
    return info.error();
  }
  if (key_of(*info) != key() || !same_birth(*info)) {
    return Error{ErrorCode::kNotFound, "'" + path_ + "' is now a different file"};
  }
  file_ = *std::move(file);
  return {};
}

TailedFile::ReadResult TailedFile::read(TailContext& context, RecordBatch& out, std::size_t budget, bool final) {
  if (from_end_) {
    const Expected<void> sought = seek_last_line(context.options);
    if (!sought) {
      return fail(sought.error());
    }
  }
  const std::size_t capacity = std::clamp(budget, kMinRead, std::max(context.read_size, kMinRead));
  return read_chunk(context, out, std::min(capacity, context.options.chunk), final);
}

// The bytes before the position are read together with those after it: the lines after it are then of the same moment
// as the check that the bytes before it are still those that were applied.
TailedFile::ReadResult TailedFile::read_chunk(TailContext& context, RecordBatch& out, std::size_t capacity,
                                              bool final) {
  const TailOptions& options = context.options;
  const Expected<FileInfo> before = file_->info();
  if (!before) {
    return fail(before.error());
  }
  final = final && !changed(*before);
  const std::size_t back = overlap(offset_);
  char* buffer = out.raw_buffer(kFingerprintBytes + std::max(capacity, options.chunk));
  const Expected<std::size_t> size = read_fully(*file_, offset_ - back, std::span(buffer, back + capacity));
  if (!size) {
    return fail(size.error());
  }
  error_.clear();
  if (*size < back || (back > 0 && hash_bytes({buffer, back}) != fingerprint_.tail)) {
    return ReadResult::kTruncated;
  }
  const Expected<FileInfo> after = file_->info();
  if (!after) {
    return fail(after.error());
  }
  const std::uint64_t read_end = offset_ - back + *size;
  if (after->size < read_end) {  // truncated meanwhile: the bytes read may be a mixture
    return ReadResult::kMore;
  }
  if (read_end < size_ && before->size < size_ && after->size < size_) {  // it was cut after the position
    context.counters.lose(LossReason::kTruncated, offset_ > 0 ? size_ - std::max(before->size, after->size) : 0);
    size_ = std::max(before->size, after->size);
  }
  if (std::max(before->size, read_end) > size_) {
    quiet = 0;
    finished_ = false;
    size_ = std::max(before->size, read_end);
  }
  const std::string_view chunk(buffer + back, *size - back);
  const bool at_end = *size < back + capacity;
  const CutOptions cut_options{options.max_line, kMaxBatchRows, final && at_end};
  const bool was_skipping = skipping_;
  const CutResult cut = cut_lines(chunk, offset_, cut_options, skipping_, context.lines);
  if (cut.consumed == 0 && !at_end) {
    if (cut.nul_tail) {
      return skip_zeros(context, read_end, *after, LossReason::kNul, final);
    }
    skipping_ = was_skipping;
    return read_chunk(context, out, options.max_line + options.chunk, final);  // a line longer than the chunk
  }
  if (cut.oversize_lines > 0) {
    count_reason(context.counters.decode.rejects, kTooLong, cut.oversize_lines);
  }
  context.counters.lose(LossReason::kOversize, cut.oversize_bytes);
  context.counters.lose(LossReason::kNul, cut.nul_bytes);
  context.counters.bytes += cut.consumed - cut.oversize_bytes - cut.nul_bytes;
  apply(context, out, chunk, cut.consumed);
  const bool rows_full = context.lines.size() == kMaxBatchRows;
  context.read_size =
      rows_full ? std::max(cut.consumed + cut.consumed / 8, kMinRead) : std::min(context.read_size * 2, options.chunk);
  if (skipping_ && !at_end && chunk.back() == '\0') {
    return skip_zeros(context, read_end, *after, LossReason::kOversize, final);
  }
  if (!at_end || (rows_full && cut.consumed < chunk.size())) {
    return ReadResult::kMore;
  }
  caught_up(*before, final);
  return ReadResult::kCaughtUp;
}

void TailedFile::apply(TailContext& context, RecordBatch& out, std::string_view chunk, std::size_t consumed) {
  if (consumed == 0) {
    return;
  }
  const std::size_t rows = out.rows();
  if (!context.lines.empty()) {
    context.decoder.decode(context.lines, out, context.counters.decode);
  }
  context.counters.records += out.rows() - rows;
  const std::uint64_t old_offset = offset_;
  offset_ += consumed;
  const std::size_t back = overlap(offset_);
  const char* end = chunk.data() + consumed;
  fingerprint_.tail = hash_bytes({end - back, back});
  if (old_offset < kFingerprintBytes) {  // the buffer begins at the head of the file
    fingerprint_.head = hash_bytes({chunk.data() - old_offset, overlap(offset_)});
  }
}

// Skips zero bytes that continue beyond the chunk, a whole hole at a time.
TailedFile::ReadResult TailedFile::skip_zeros(TailContext& context, std::uint64_t from, const FileInfo& info,
                                              LossReason reason, bool final) {
  const Expected<std::uint64_t> data = file_->next_data(from);
  if (!data) {
    return fail(data.error());
  }
  if (*data >= info.size && !final) {  // a hole up to the end may still be written to
    caught_up(info, false);
    return ReadResult::kCaughtUp;
  }
  const std::uint64_t target = std::min(*data, info.size);
  const Expected<Fingerprint> fingerprint = read_fingerprint(*file_, target);
  if (!fingerprint) {
    return fingerprint.error().code == ErrorCode::kCorrupt ? ReadResult::kMore : fail(fingerprint.error());
  }
  context.counters.lose(reason, target - offset_);
  offset_ = target;
  fingerprint_ = *fingerprint;
  return ReadResult::kMore;
}

void TailedFile::start_over(TailContext& context, bool recovered) {
  if (!recovered) {
    context.counters.lose(LossReason::kTruncated, size_ - std::min(size_, offset_));
  }
  ++context.counters.truncations;
  if (former_heads_.size() == kMaxFormerHeads) {
    former_heads_.erase(former_heads_.begin());
  }
  former_heads_.push_back({overlap(offset_), fingerprint_.head});
  offset_ = 0;
  size_ = 0;
  skipping_ = false;
  finished_ = false;
  quiet = 0;
  emptied = 0;
  fingerprint_ = {};
}

std::unique_ptr<TailedFile> TailedFile::resume_in(std::string path, const FileInfo& info) const {
  auto copy = std::make_unique<TailedFile>(std::move(path), info, false);
  copy->offset_ = offset_;
  copy->fingerprint_ = fingerprint_;
  copy->size_ = offset_;
  copy->skipping_ = skipping_;
  copy->rotated = true;
  copy->replaced = true;
  copy->origin = rotated ? origin : path_;
  return copy;
}

TailedFile::ReadResult TailedFile::fail(const Error& error) {
  error_ = error.message;
  if (attached) {
    file_.reset();
  }
  return ReadResult::kFailed;
}

void TailedFile::caught_up(const FileInfo& info, bool final) {
  read_size_ = info.size;
  found_size_ = info.size;
  read_modified_ = info.modified;
  finished_ = finished_ || final;
}

// Lines that are complete now are left out; the unfinished one, if any, is read when it is complete.
Expected<void> TailedFile::seek_last_line(const TailOptions& options) {
  const Expected<FileInfo> info = file_->info();
  if (!info) {
    return info.error();
  }
  std::array<char, kFingerprintBytes> block;
  std::uint64_t at = info->size;
  std::uint64_t found = 0;
  while (at > 0 && found == 0 && info->size - at <= options.max_line) {
    const std::size_t part = overlap(at);
    at -= part;
    const Expected<std::size_t> read = read_fully(*file_, at, std::span(block.data(), part));
    if (!read) {
      return read.error();
    }
    const std::size_t newline = std::string_view(block.data(), *read).rfind('\n');
    found = newline == std::string_view::npos ? 0 : at + newline + 1;
  }
  skipping_ = found == 0 && at > 0;
  offset_ = skipping_ ? info->size : found;
  const Expected<Fingerprint> fingerprint = read_fingerprint(*file_, offset_);
  if (!fingerprint) {
    return fingerprint.error();
  }
  fingerprint_ = *fingerprint;
  size_ = offset_;
  from_end_ = false;
  return {};
}

bool TailedFile::changed(const FileInfo& info) const {
  return info.size != read_size_ || info.modified != read_modified_;
}

bool TailedFile::same_birth(const FileInfo& info) const {
  return born_ == kNoTime || info.born == kNoTime || born_ == info.born;
}

bool TailedFile::is_same(const FileInfo& candidate, File& content) const {
  if (candidate.inode != inode_ || !same_birth(candidate)) {
    return false;
  }
  const bool birth_known = born_ != kNoTime && candidate.born != kNoTime;
  if (birth_known && candidate.device == device_) {
    return true;
  }
  const Expected<Fingerprint> fingerprint = read_fingerprint(content, offset_);
  return fingerprint && *fingerprint == fingerprint_;
}

bool TailedFile::is_copy(File& candidate) const {
  std::vector<Head> heads = former_heads_;
  heads.push_back({overlap(offset_), fingerprint_.head});
  return std::any_of(heads.begin(), heads.end(), [&](const Head& head) {
    const Expected<Fingerprint> fingerprint = read_fingerprint(candidate, head.size);
    return head.size > 0 && fingerprint && fingerprint->head == head.hash;
  });
}

bool TailedFile::holds_applied(File& candidate) const {
  if (offset_ == 0) {
    return false;
  }
  const Expected<Fingerprint> fingerprint = read_fingerprint(candidate, offset_);
  return fingerprint && *fingerprint == fingerprint_;
}

void TailedFile::observe(const FileInfo& info) { found_size_ = info.size; }

std::uint64_t TailedFile::unread() const {
  const std::uint64_t known = std::max(size_, found_size_);
  return from_end_ || known < offset_ ? 0 : known - offset_;
}

void TailedFile::save(StateWriter& out) const {
  out.text(path_);
  out.u64(device_);
  out.u64(inode_);
  out.i64(born_.time_since_epoch().count());
  out.u64(offset_);
  fingerprint_.save(out);
  out.u64(size_);
  out.u64(found_size_);
  out.i64(read_modified_.time_since_epoch().count());
  out.u64(directory_device);
  out.u8(static_cast<std::uint8_t>((skipping_ ? kSkipping : 0) | (from_end_ ? kFromEnd : 0) |
                                   (finished_ ? kFinished : 0) | (rotated ? kRotated : 0) |
                                   (replaced ? kReplaced : 0)));
  out.text(origin);
  out.u64(former_heads_.size());
  for (const Head& head : former_heads_) {
    out.u64(head.size);
    out.u64(head.hash);
  }
}

void TailedFile::load(StateReader& in) {
  path_ = in.text();
  device_ = in.u64();
  inode_ = in.u64();
  born_ = TimePoint(Duration(in.i64()));
  offset_ = in.u64();
  fingerprint_.load(in);
  size_ = in.u64();
  found_size_ = in.u64();
  read_modified_ = TimePoint(Duration(in.i64()));
  directory_device = in.u64();
  const std::uint8_t flags = in.u8();
  skipping_ = (flags & kSkipping) != 0;
  from_end_ = (flags & kFromEnd) != 0;
  finished_ = (flags & kFinished) != 0;
  rotated = (flags & kRotated) != 0;
  replaced = (flags & kReplaced) != 0;
  origin = in.text();
  for (std::uint64_t left = in.count(2); left > 0; --left) {
    Head head{};
    head.size = std::min<std::uint64_t>(in.u64(), kFingerprintBytes);
    head.hash = in.u64();
    former_heads_.push_back(head);
  }
}

FileStatus TailedFile::status() const {
  FileStatus status;
  status.path = path_;
  status.offset = offset_;
  status.size = std::max(size_, found_size_);
  status.state = !error_.empty() ? "unreadable" : deleted ? "gone" : rotated ? "rotated" : "open";
  status.error = error_;
  return status;
}

}  // namespace leeway
