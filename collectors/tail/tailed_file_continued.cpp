// TailedFile: where it is continued, after it was truncated or changed, or in a copy of another.
#include <algorithm>
#include <utility>

#include "collectors/tail/tailed_file.h"

namespace leeway {
namespace {

// Truncated contents whose copies are recognised.
constexpr std::size_t kMaxFormers = 16;

}  // namespace

TailedFile::ReadResult TailedFile::rewind(TailContext& context, std::uint64_t position) {
  const Expected<Fingerprint> fingerprint = read_fingerprint(*file_, position);
  if (!fingerprint) {
    return fingerprint.error().code == ErrorCode::kCorrupt ? ReadResult::kMore : fail(fingerprint.error());
  }
  const bool skipping = skipping_ && position == offset_;
  context.counters.lose(LossReason::kTruncated, size_ - std::min(size_, std::max(offset_, zeros_end_)));
  ++context.counters.truncations;
  print_.cut(position);
  print_.set_head(overlap(position), fingerprint->head);
  fingerprint_ = *fingerprint;
  content_ends_at(position);
  skipping_ = skipping;
  return ReadResult::kMore;
}

void TailedFile::start_over(TailContext& context, bool recovered) {
  if (!recovered) {
    context.counters.lose(LossReason::kTruncated, size_ - std::min(size_, std::max(offset_, zeros_end_)));
  }
  ++context.counters.truncations;
  if (print_.has_lines()) {
    if (formers_.size() == kMaxFormers) {
      formers_.erase(formers_.begin());
    }
    formers_.push_back(print_);
  }
  print_ = {};
  fingerprint_ = {};
  content_born_ = born_;
  content_ends_at(0);
  begins_after = last_modified();
  begins = true;
}

// What was applied and known after `position` is gone.
void TailedFile::content_ends_at(std::uint64_t position) {
  offset_ = position;
  size_ = position;
  zeros_end_ = 0;
  first_zero_.reset();
  skipping_ = false;
  first_line_.reset();
  wide_.reset();
  unfinished_ = {};
  held_ = 0;
  finished_ = false;
  quiet = {};
  emptied = {};
}

Expected<void> TailedFile::resume_at(File& content, const ContentPrint& print, std::uint64_t position,
                                     TimePoint content_born) {
  const Expected<Fingerprint> fingerprint = read_fingerprint(content, position);
  if (!fingerprint) {
    return fingerprint.error();
  }
  offset_ = position;
  size_ = position;
  fingerprint_ = *fingerprint;
  print_ = print;
  print_.cut(position);
  print_.set_head(overlap(position), fingerprint->head);
  resumed(content_born);
  return {};
}

void TailedFile::resume_from(const TailedFile& original) {
  offset_ = original.offset_;
  fingerprint_ = original.fingerprint_;
  print_ = original.print_;
  size_ = offset_;
  skipping_ = original.skipping_;
  resumed(original.content_born_);
}

void TailedFile::resumed(TimePoint content_born) {
  content_born_ = content_born;
  decided = true;
  begins = false;
  unfinished_ = {};
}

std::unique_ptr<TailedFile> TailedFile::resume_in(std::string path, const FileInfo& info, std::uint64_t end) const {
  auto copy = std::make_unique<TailedFile>(std::move(path), info, false);
  copy->end_ = end;
  copy->copied = true;
  copy->observe(info);
  copy->resume_from(*this);
  copy->rotated = true;
  copy->replaced = true;
  copy->origin = written_under();
  return copy;
}

}  // namespace leeway
