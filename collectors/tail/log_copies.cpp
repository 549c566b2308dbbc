// LogCollector and rotation by copying (copytruncate): distinguishes copies from logs, and reads from a copy what was
// not read before its original was truncated.
#include <algorithm>

#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

// Whether a file is at least as old as another, as far as is known.
bool may_be_older(TimePoint born, TimePoint other_born) {
  return born == kNoTime || other_born == kNoTime || born <= other_born;
}

}  // namespace

// Judged by their names and ages.
bool LogCollector::may_be_copy(const TailedFile& original, const std::string& path, const FileInfo& info) {
  const bool named_so = is_rotated_name(path, original.path()) || is_rotated_name(path, original.origin);
  return named_so && original.key() != key_of(info) && may_be_older(original.born(), info.born);
}

// An empty file with the name of a copy: its future content is not known yet.
bool LogCollector::may_become_copy(const std::string& path, const FileInfo& info) {
  return info.size == 0 && std::any_of(files_.begin(), files_.end(), [&](const Files::value_type& entry) {
           return may_be_copy(*entry.second, path, info);
         });
}

// Rotation by copying: until the original is truncated its records are read there, and then reading continues in the
// copy from the same position (see truncated()). Read as a file of its own, a copy would count everything twice.
bool LogCollector::is_copy_of_known(const std::string& path, const FileInfo& info) {
  std::unique_ptr<File> candidate;
  for (const auto& [key, file] : files_) {
    if (!may_be_copy(*file, path, info)) {
      continue;
    }
    if (candidate == nullptr) {
      Expected<std::unique_ptr<File>> opened = open_if_still(path, info);
      if (!opened) {
        return opened.error().code == ErrorCode::kNotFound;  // left to the next discovery
      }
      candidate = std::move(*opened);
    }
    // A copy that was still being written at the first check, of a file that was truncated before the second, is
    // complete by the third.
    if (file->holds_applied(*candidate) || begins_like(*file, info, *candidate) || file->holds_applied(*candidate)) {
      return true;
    }
  }
  return false;
}

// Whether the candidate is the beginning of the original as it is now, as far as a fingerprint shows.
bool LogCollector::begins_like(TailedFile& original, const FileInfo& info, File& candidate) {
  if (original.rotated) {  // only a log that is still written under its name is copied
    return false;
  }
  const Expected<std::unique_ptr<File>> now = file_system_.open(original.path(), OpenMode::kRead);
  if (!now) {
    return false;
  }
  const Expected<FileInfo> original_info = (*now)->info();
  const std::uint64_t size = std::min<std::uint64_t>(info.size, kFingerprintBytes);
  if (!original_info || key_of(*original_info) != original.key() || original_info->size < info.size || size == 0) {
    return false;
  }
  const Expected<Fingerprint> theirs = read_fingerprint(candidate, size);
  const Expected<Fingerprint> ours = read_fingerprint(**now, size);
  return theirs && ours && *theirs == *ours;
}

void LogCollector::truncated(TailedFile& file) {
  const Expected<FileInfo> info = file.info();
  if (info && is_copy_of_known(file.path(), *info)) {  // an older copy was overwritten by a newer one
    if (open_if_still(file.path(), *info)) {           // else it was renamed: left to the next discovery
      forget(file);
    }
    return;
  }
  const bool recovered = resume_in_copy(file);
  if (!recovered && info && may_become_copy(file.path(), *info) && ++file.emptied < options_.rotate_wait) {
    return;
  }
  file.start_over(context_, recovered);
  enqueue(file);
}

// Finds the copy that was made before `file` was truncated or deleted and continues there.
bool LogCollector::resume_in_copy(const TailedFile& file) {
  const std::string base = file.rotated ? file.origin : file.path();
  for (int attempt = 0; attempt < kRenameRaces; ++attempt) {
    siblings_.erase(parent_directory(base));  // the copy may be younger than the last discovery
    const std::vector<Sibling>* listed = siblings(parent_directory(base));
    const std::vector<Sibling> candidates = listed != nullptr ? *listed : std::vector<Sibling>();
    bool renamed = false;
    for (const Sibling& candidate : candidates) {
      if (!is_rotated_name(candidate.path, base) || find(candidate.info) != nullptr) {
        continue;
      }
      const Expected<std::unique_ptr<File>> content = open_if_still(candidate.path, candidate.info);
      renamed = renamed || (!content && content.error().code == ErrorCode::kNotFound);
      if (content && file.holds_applied(**content)) {
        TailedFile& copy = add(file.resume_in(candidate.path, candidate.info));
        copy.generation = generation_;
        copy.own_path_seen = true;
        enqueue(copy);
        return true;
      }
    }
    if (!renamed) {
      break;
    }
  }
  return false;
}

}  // namespace leeway
