// The other half of FileCollector: finds files, and distinguishes new versions from those that were read.
#include <xxhash.h>

#include <array>

#include "collectors/files/file_collector.h"

namespace leeway {

Expected<void> FileCollector::discover() {
  ++generation_;
  problems_.clear();
  over_limit_ = false;
  matching_ = 0;
  GlobResult scan = expand(file_system_, paths_.patterns, paths_.excludes);
  watched_ = std::move(scan.directories);
  markers_.clear();
  versions_.forget_index();
  for (auto& [path, version] : versions_.all()) {
    version.present = false;
  }
  for (const std::string& path : scan.paths) {
    look_at(path);
  }
  for (auto& [path, version] : versions_.all()) {
    if (version.present) {
      version.gone_since = 0;
      consider(path, version);
    } else if (version.gone_since == 0) {
      version.gone_since = generation_;
      version.error.clear();
    }
  }
  if (by_set()) {
    find_sets();
  }
  for (const auto& [directory, error] : scan.errors) {
    problems_[directory] = error.message;
  }
  if (!scan.errors.empty()) {
    return scan.errors.begin()->second;
  }
  if (scan.truncated || over_limit_) {
    return Error{ErrorCode::kLimit, "more files match than the " + std::to_string(options_.max_files) +
                                        " that are remembered; the others are not read"};
  }
  return {};
}

FileStamp FileCollector::stamp_of(const std::string& path, const FileInfo& info) const {
  FileStamp stamp{info.inode, info.size, info.modified, 0};
  if (!reader_->companion_suffix().empty()) {
    const Expected<FileInfo> companion = file_system_.stat(path + std::string(reader_->companion_suffix()));
    if (companion) {
      const std::array<std::uint64_t, 2> seen = {
          companion->size, static_cast<std::uint64_t>(companion->modified.time_since_epoch().count())};
      stamp.companion = XXH3_64bits(seen.data(), sizeof(seen));
    }
  }
  return stamp;
}

void FileCollector::look_at(const std::string& path) {
  const std::optional<FileInfo> info = find_regular_file(file_system_, path, paths_.patterns, problems_);
  if (!info) {
    return;
  }
  ++*matching_;
  const FileStamp stamp = stamp_of(path, *info);
  if (until_ && !options_.has_time && stamp.modified > *until_) {
    return;
  }
  FileVersion* version = versions_.find(path);
  if (version == nullptr) {
    if (!over_limit_ && versions_.all().size() >= options_.max_files) {
      versions_.prune(options_.max_files - 1);
    }
    over_limit_ = over_limit_ || versions_.all().size() >= options_.max_files;
    if (over_limit_) {
      return;
    }
    version = &versions_.all()[path];
  }
  version->present = true;
  version->held = !options_.marker.empty() && !has_marker(path);
  if (version->seen != stamp || version->seen_since == kNoTime) {
    version->seen = stamp;
    version->seen_since = now_;
  }
}

// In the file's directory.
bool FileCollector::has_marker(const std::string& path) {
  const auto [found, is_new] = markers_.try_emplace(parent_directory(path));
  if (is_new) {
    found->second = file_system_.stat(found->first + "/" + options_.marker).has_value();
  }
  return found->second;
}

std::string FileCollector::set_of(const std::string& path) const {
  return options_.unit == VersionUnit::kAll ? std::string() : parent_directory(path);
}

void FileCollector::find_sets() {
  sets_.begin();
  for (const auto& [path, version] : versions_.all()) {
    if (version.present && !version.held) {
      sets_.add(set_of(path), {path, version.seen});
    }
  }
  sets_.end(monotonic_now_, generation_, options_.max_files);
  for (const auto& [key, set] : sets_.all()) {
    consider(key, set);
  }
}

// A file that was read under another name is not read again. Returns whether `version` is now that file.
bool FileCollector::take_over(FileVersion& version, const FileStamp& stamp) {
  FileVersion* const other = versions_.find_stamp(stamp);
  if (other == nullptr || other == &version) {
    return false;
  }
  if (version.state == FileVersion::State::kPartial) {
    ++totals_.rejects["replaced_while_reading"];
  }
  const FileVersion taken = *other;
  if (other->state == FileVersion::State::kPartial) {
    other->state = FileVersion::State::kNew;  // the rest is read here
    other->has_hash = false;
  }
  versions_.displace(version);
  version.state = taken.state;
  version.stamp = stamp;
  version.hash = taken.hash;
  version.has_hash = taken.has_hash;
  version.position = taken.position;
  version.shape = taken.shape;
  version.modified = taken.modified;
  version.error = taken.error;
  version.fresh = taken.fresh;
  return true;
}

bool FileCollector::wants_reading(const FileVersion& version) {
  const bool finished = version.state == FileVersion::State::kRead || version.state == FileVersion::State::kBroken;
  return !finished || version.retry || version.stamp != version.seen;
}

bool FileCollector::is_due(const FileVersion& version) const {
  if (finishing_) {
    return wants_reading(version);
  }
  if (now_ == kNoTime) {
    return false;
  }
  if (version.last_attempt != kNoTime && now_ - version.last_attempt < options_.pace.interval) {
    return false;
  }
  const bool settled =
      now_ - version.seen_since >= options_.pace.settle || now_ - version.seen.modified >= options_.pace.settle;
  return settled && (wants_reading(version) || (version.fresh && now_ - version.seen.modified >= kFresh));
}

void FileCollector::consider(const std::string& key, const FileSet& set) {
  if (set.found.empty() || (set_ && set_->key == key)) {
    return;
  }
  bool due = finishing_ && set.wants_reading();
  if (!finishing_ && now_ != kNoTime) {
    const bool rested = set.last_attempt == kNoTime || now_ - set.last_attempt >= options_.pace.interval;
    const bool settled = monotonic_now_ - set.found_since >= options_.pace.settle;
    due = rested && settled && (set.wants_reading() || (set.fresh && now_ - set.newest >= kFresh));
  }
  if (due) {
    queue_.emplace(set.newest, key);
  }
}

void FileCollector::consider(const std::string& path, FileVersion& version) {
  if (by_set() || version.held) {
    return;
  }
  if (active_ && (active_->path == path || active_->stamp == version.seen)) {
    return;
  }
  const bool unknown = version.state == FileVersion::State::kNew || version.stamp != version.seen;
  if (unknown && take_over(version, version.seen) && version.state != FileVersion::State::kPartial) {
    return;
  }
  if (is_due(version)) {
    queue_.emplace(version.seen.modified, path);
  }
}

}  // namespace leeway
