// TailedFile: how it is recognised, and how it is saved.
#include <algorithm>
#include <array>
#include <span>

#include "collectors/tail/tailed_file.h"

namespace leeway {
namespace {

enum Flag : std::uint8_t {
  kSkipping = 1,
  kFromEnd = 2,
  kFinished = 4,
  kRotated = 8,
  kReplaced = 16,
  kCopied = 32,
};

}  // namespace

// The size of a compressed file says nothing about its content.
bool TailedFile::changed(const FileInfo& info) const {
  const bool never_read = compressed() && read_size_ == UINT64_MAX && !finished_;
  if (finished_ && end_ != kNoEnd) {  // what changes is behind it
    return false;
  }
  return never_read || (info.size != read_size_ && !compressed()) || info.modified != read_modified_;
}

bool TailedFile::changed_since_found() const {
  const Expected<FileInfo> info = file_->info();
  return !from_end_ && info && info->modified != read_modified_;
}

bool TailedFile::continues_in_zeros() const {
  char byte = 0;
  return first_zero_ && !finished_ && file_->read_at(*first_zero_, std::span(&byte, 1)) && byte != '\0';
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

Expected<ContentMatch> TailedFile::compare(File& candidate) const {
  const Expected<FileInfo> info = candidate.info();
  if (!info) {
    return info.error();
  }
  Expected<ContentMatch> match = print_.compare(candidate, info->size);
  if (match && (match->whole || print_.end() != offset_) && offset_ > 0) {
    const Expected<Fingerprint> fingerprint = read_fingerprint(candidate, offset_);
    if (!fingerprint && fingerprint.error().code != ErrorCode::kCorrupt) {
      return fingerprint.error();
    }
    match->whole = fingerprint && *fingerprint == fingerprint_;
    match->diverged = !match->whole && info->size >= offset_;
    match->position = match->whole ? offset_ : match->position;
  }
  if (match && match->whole && unfinished_.size > 0 && info->size >= offset_ + unfinished_.size) {
    std::array<char, Beginning::kBytes> rest;
    const Expected<std::size_t> read = read_fully(candidate, offset_, std::span(rest.data(), unfinished_.size));
    if (!read) {
      return read.error();
    }
    match->other_line = !unfinished_.is_of({rest.data(), *read});
  }
  return match;
}

Expected<ContentMatch> TailedFile::compare_former(File& candidate, const ContentPrint*& print) const {
  const Expected<FileInfo> info = candidate.info();
  if (!info) {
    return info.error();
  }
  ContentMatch best;
  for (const ContentPrint& former : formers_) {
    Expected<ContentMatch> match = former.compare(candidate, info->size);
    if (!match) {
      return match;
    }
    if (match->whole || (match->is_beginning() && match->position >= best.position)) {
      best = *match;
      print = &former;
    }
  }
  return best;
}

Expected<std::uint64_t> TailedFile::lines_of_former(File& candidate) const {
  const Expected<FileInfo> info = candidate.info();
  if (!info) {
    return info.error();
  }
  std::uint64_t lines = 0;
  for (const ContentPrint& former : formers_) {
    const Expected<ContentMatch> match = former.compare(candidate, info->size);
    if (!match) {
      return match.error();
    }
    lines = std::max(lines, match->lines);
  }
  return lines;
}

void TailedFile::observe(const FileInfo& info) {
  found_modified_ = info.modified;
  if (!compressed()) {
    found_size_ = std::min(info.size, end_);
  }
}

bool TailedFile::holds_nothing_new() const { return is_copy_ && !decided && found_size_ == read_size_ && offset_ == 0; }

std::uint64_t TailedFile::unread() const {
  if (emptied != MonotonicTime{} && !finished_) {  // what it holds now is not begun yet
    return found_size_;
  }
  if (holds_nothing_new()) {
    return 0;
  }
  const std::uint64_t known = std::max(size_, found_size_);
  return from_end_ || known < offset_ ? 0 : known - offset_;
}

void TailedFile::save(StateWriter& out, std::size_t max_marks) const {
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
                                   (finished_ ? kFinished : 0) | (rotated ? kRotated : 0) | (replaced ? kReplaced : 0) |
                                   (copied ? kCopied : 0)));
  out.text(origin);
  out.text(real_path);
  out.i64(last_modified().time_since_epoch().count());
  out.u64(zeros_end_);
  unfinished_.save(out);
  out.i64(content_born_.time_since_epoch().count());
  out.u64(end_);
  print_.save(out, max_marks);
  out.u64(formers_.size());
  for (const ContentPrint& former : formers_) {
    former.save(out, max_marks);
  }
}

void TailedFile::load(StateReader& in, std::uint8_t version) {
  path_ = in.text();
  device_ = in.u64();
  inode_ = in.u64();
  born_ = TimePoint(Duration(in.i64()));
  content_born_ = born_;
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
  copied = (flags & kCopied) != 0;
  begins = offset_ == 0 && !from_end_;
  begins_after = read_modified_;
  origin = in.text();
  if (version == 1) {
    print_ = ContentPrint(overlap(offset_), fingerprint_.head);
    for (std::uint64_t left = in.count(2); left > 0; --left) {
      const std::uint64_t size = std::min<std::uint64_t>(in.u64(), kFingerprintBytes);
      formers_.emplace_back(size, in.u64());
    }
    return;
  }
  real_path = in.text();
  begins_after = TimePoint(Duration(in.i64()));
  zeros_end_ = in.u64();
  zeros_at_ = offset_;
  if (version > 2) {
    unfinished_.load(in);
    content_born_ = TimePoint(Duration(in.i64()));
  }
  end_ = version > 4 ? in.u64() : kNoEnd;
  print_.load(in);
  for (std::uint64_t left = in.count(4); left > 0 && in.ok(); --left) {
    formers_.emplace_back().load(in);
  }
}

FileStatus TailedFile::status() const {
  FileStatus status;
  status.path = path_;
  status.offset = offset_;
  status.size = std::max(size_, found_size_);
  status.state = !error_.empty()       ? "unreadable"
                 : holds_nothing_new() ? "copy"
                 : deleted             ? "gone"
                 : rotated             ? "rotated"
                                       : "open";
  status.error = error_;
  return status;
}

}  // namespace leeway
