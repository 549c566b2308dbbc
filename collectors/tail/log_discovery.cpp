// The other half of LogCollector: finds files, and finds out what happened to those that are not where they were.
#include <algorithm>

#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

// Whether `missed` may have had the name of `file` before `successor` got it.
bool is_between(const TailedFile& file, const FileInfo& missed, const FileInfo* successor) {
  if (file.born() != kNoTime && missed.born != kNoTime) {
    return file.born() <= missed.born && (successor == nullptr || missed.born <= successor->born);
  }
  return file.last_modified() <= missed.modified && (successor == nullptr || missed.modified <= successor->modified);
}

}  // namespace

Expected<void> LogCollector::discover() {
  ++generation_;
  problems_.clear();
  siblings_.clear();
  directory_devices_.clear();
  GlobResult scan = expand(file_system_, paths_.patterns, paths_.excludes, paths_.limits);
  watched_ = std::move(scan.directories);
  for (const std::string& path : scan.paths) {
    look_at(path);
  }
  settle_names();
  for (const FileKey& key : keys()) {
    const Files::iterator file = files_.find(key);
    if (file != files_.end() && file->second->generation != generation_) {
      look_for(*file->second);
    }
  }
  for (const FileKey& key : keys()) {
    const Files::iterator file = files_.find(key);
    if (file != files_.end()) {
      wait_for_end(*file->second);
    }
  }
  prune_finished();
  started_ = true;
  discovered_ = true;
  if (!scan.errors.empty()) {
    return scan.errors.front();
  }
  if (scan.truncated) {
    return Error{ErrorCode::kLimit, "more files match than the limit of " + std::to_string(paths_.limits.files)};
  }
  return {};
}

std::vector<std::string> LogCollector::watch_directories() const { return {watched_.begin(), watched_.end()}; }

void LogCollector::look_at(const std::string& path) {
  const std::optional<FileInfo> info = find_regular_file(file_system_, path, paths_.patterns, problems_);
  if (!info) {
    return;
  }
  if (TailedFile* known = find(*info)) {
    found(*known, path, *info);
    return;
  }
  TailedFile* file = find_after_reboot(*info);
  if (file == nullptr && (may_become_copy(path, *info) || is_copy_of_known(path, *info))) {
    return;
  }
  if (file == nullptr) {
    file = &add(std::make_unique<TailedFile>(path, *info, options_.start_at_end && !started_));
  }
  found(*file, path, *info);
}

// Device numbers may change when the machine restarts; inode and birth time do not.
TailedFile* LogCollector::find_after_reboot(const FileInfo& info) {
  if (discovered_ || info.born == kNoTime) {
    return nullptr;
  }
  for (Files::iterator at = files_.begin(); at != files_.end(); ++at) {
    TailedFile& file = *at->second;
    if (file.generation == 0 && file.key().inode == info.inode && file.born() == info.born) {
      std::unique_ptr<TailedFile> moved = std::move(at->second);
      files_.erase(at);
      moved->set_device(info.device);
      moved->directory_device = 0;
      return &add(std::move(moved));
    }
  }
  return nullptr;
}

void LogCollector::found(TailedFile& file, const std::string& path, const FileInfo& info) {
  if (file.generation != generation_) {
    file.generation = generation_;
    file.own_path_seen = false;
    file.other_path.clear();
  }
  if (path == file.path()) {
    file.own_path_seen = true;
    file.attached = true;
    if (file.rotated && path == file.origin) {  // moved back
      file.rotated = false;
      file.replaced = false;
      file.origin.clear();
    }
  } else if (file.other_path.empty()) {
    file.other_path = path;
  }
  file.deleted = false;
  file.directory_device = file.directory_device == 0 ? directory_device(file.path()) : file.directory_device;
  file.observe(info);
  if (file.changed(info) || !file.error().empty()) {
    enqueue(file);
  }
}

// Files that are still matched, but no longer under the name they had.
void LogCollector::settle_names() {
  for (const auto& [key, entry] : files_) {
    TailedFile& file = *entry;
    if (file.generation != generation_ || file.own_path_seen) {
      continue;
    }
    if (file.path() != file.other_path) {
      mark_rotated(file);
      file.set_path(file.other_path);
      file.directory_device = directory_device(file.path());
    }
    file.attached = true;
  }
}

void LogCollector::look_for(TailedFile& file) {
  const Expected<FileInfo> info = file_system_.stat(file.path());
  if (info && key_of(*info) == file.key() && file.same_birth(*info)) {
    found(file, file.path(), *info);
    return;
  }
  if (info) {
    lost_its_path(file, &*info);
    return;
  }
  // "Not found" is believed only where the directory exists and is the same as before.
  const std::uint64_t device = directory_device(file.path());
  const bool unobserved = info.error().code != ErrorCode::kNotFound || device == 0 ||
                          (file.directory_device != 0 && device != file.directory_device);
  if (unobserved) {
    file.set_error(info.error().message);
    return;
  }
  lost_its_path(file, nullptr);
}

// Another file has its name, or no file has it.
void LogCollector::lost_its_path(TailedFile& file, const FileInfo* successor) {
  file.attached = false;
  if (file.is_open()) {
    const Expected<FileInfo> info = file.info();
    if (!info) {
      return;
    }
    file.deleted = info->links == 0;
    if (successor != nullptr || !file.deleted) {
      mark_rotated(file);
    }
    if (file.changed(*info)) {
      file.observe(*info);
      enqueue(file);
    }
    return;
  }
  if (file.finished()) {
    return;
  }
  const std::vector<Sibling>* candidates = siblings(parent_directory(file.path()));
  if (candidates == nullptr) {
    file.set_error("cannot list '" + parent_directory(file.path()) + "'");
    return;
  }
  const Sibling* sibling = find_sibling(file, *candidates);
  if (sibling == nullptr) {
    vanish(file);
    return;
  }
  mark_rotated(file);
  file.set_path(sibling->path);
  file.attached = true;
  file.generation = generation_;
  file.set_error("");
  file.observe(sibling->info);
  enqueue(file);
}

void LogCollector::mark_rotated(TailedFile& file) {
  if (file.rotated) {
    return;
  }
  file.rotated = true;
  file.replaced = false;
  file.origin = file.path();
  file.quiet = 0;
  ++context_.counters.rotations;
  if (file.queued) {
    std::erase(queue_, &file);
    file.queued = false;
    enqueue(file);
  }
}

// A rotated or deleted file is finished once it was read to its end and has not been written to for a while.
void LogCollector::wait_for_end(TailedFile& file) {
  if ((!file.rotated && !file.deleted) || file.finished()) {
    return;
  }
  if (file.rotated && !file.replaced) {
    const Expected<FileInfo> successor = file_system_.stat(file.origin);
    if (successor && key_of(*successor) != file.key()) {
      file.replaced = adopt_missed_generations(file, &*successor);
    }
  }
  if (file.queued || !file.error().empty()) {
    file.quiet = 0;
    return;
  }
  if (++file.quiet >= (file.replaced || file.deleted ? options_.rotate_wait : options_.moved_wait)) {
    file.finalize = true;
    enqueue(file);
  }
}

// Between `file` and its successor (or now) there may have been others that came and went unseen. False where they were
// renamed meanwhile: to be tried again.
bool LogCollector::adopt_missed_generations(const TailedFile& file, const FileInfo* successor) {
  const std::string origin = file.rotated ? file.origin : file.path();
  const std::vector<Sibling>* listed = siblings(parent_directory(origin));
  const std::vector<Sibling> candidates = listed != nullptr ? *listed : std::vector<Sibling>();
  for (const Sibling& candidate : candidates) {
    const FileInfo& info = candidate.info;
    const bool is_successor = successor != nullptr && key_of(info) == key_of(*successor);
    if (!is_rotated_name(candidate.path, origin) || is_successor || !is_between(file, info, successor) ||
        find(info) != nullptr) {
      continue;
    }
    const Expected<std::unique_ptr<File>> content = open_if_still(candidate.path, info);
    if (!content && content.error().code == ErrorCode::kNotFound) {
      return false;
    }
    if (!content || file.is_copy(**content)) {
      continue;
    }
    if (is_copy_of_known(candidate.path, info)) {
      if (!open_if_still(candidate.path, info)) {
        return false;
      }
      continue;
    }
    auto missed = std::make_unique<TailedFile>(candidate.path, info, false);
    missed->rotated = true;
    missed->replaced = true;
    missed->origin = origin;
    missed->generation = generation_;
    missed->own_path_seen = true;
    ++context_.counters.rotations;
    enqueue(add(std::move(missed)));
  }
  return true;
}

// kNotFound if `path` leads to a different file than when `info` was taken.
Expected<std::unique_ptr<File>> LogCollector::open_if_still(const std::string& path, const FileInfo& info) {
  Expected<std::unique_ptr<File>> file = file_system_.open(path, OpenMode::kRead);
  if (!file) {
    return file;
  }
  const Expected<FileInfo> now = (*file)->info();
  if (!now || key_of(*now) != key_of(info)) {
    return Error{ErrorCode::kNotFound, "'" + path + "' is now another file"};
  }
  return file;
}

// Null if the directory cannot be listed.
const std::vector<LogCollector::Sibling>* LogCollector::siblings(const std::string& directory) {
  const auto [known, first] = siblings_.try_emplace(directory);
  if (first) {
    const Expected<std::vector<DirectoryEntry>> entries = file_system_.list(directory);
    if (entries) {
      known->second.emplace();
      for (const DirectoryEntry& entry : *entries) {
        const std::string path = directory == "." ? entry.name : (directory == "/" ? "" : directory) + "/" + entry.name;
        const Expected<FileInfo> info = file_system_.stat(path);
        if (entry.type != FileType::kDirectory && info && info->type == FileType::kRegular) {
          known->second->push_back({path, *info});
        }
      }
    }
  }
  return known->second ? &*known->second : nullptr;
}

const LogCollector::Sibling* LogCollector::find_sibling(const TailedFile& file,
                                                        const std::vector<Sibling>& candidates) {
  for (const Sibling& candidate : candidates) {
    if (candidate.info.inode != file.key().inode || candidate.info.device != file.key().device) {
      continue;
    }
    Expected<std::unique_ptr<File>> content = file_system_.open(candidate.path, OpenMode::kRead);
    if (content && file.is_same(candidate.info, **content)) {
      return &candidate;
    }
  }
  return nullptr;
}

// 0 where the directory of `path` cannot be examined.
std::uint64_t LogCollector::directory_device(const std::string& path) {
  const std::string directory = parent_directory(path);
  const auto [known, first] = directory_devices_.try_emplace(directory, 0);
  if (first) {
    const Expected<FileInfo> info = file_system_.stat(directory);
    known->second = info ? info->device : 0;
  }
  return known->second;
}

void LogCollector::vanish(TailedFile& file) {
  const std::unique_ptr<TailedFile> gone = forget(file);
  if (!resume_in_copy(*gone)) {
    context_.counters.lose(LossReason::kVanished, gone->unread());
  }
  const std::string& origin = gone->rotated ? gone->origin : gone->path();
  for (int attempt = 0; attempt < kRenameRaces && !gone->replaced; ++attempt) {
    const Expected<FileInfo> successor = file_system_.stat(origin);
    gone->replaced = adopt_missed_generations(*gone, successor ? &*successor : nullptr);
    siblings_.erase(parent_directory(origin));
  }
}

// The file that `info` belongs to. A file whose inode number was reused is gone.
TailedFile* LogCollector::find(const FileInfo& info) {
  Files::iterator known = files_.find(key_of(info));
  if (known != files_.end() && !known->second->same_birth(info)) {
    vanish(*known->second);
    known = files_.find(key_of(info));
  }
  return known == files_.end() ? nullptr : known->second.get();
}

// The current keys: handling one file may add and remove others.
std::vector<FileKey> LogCollector::keys() const {
  std::vector<FileKey> keys;
  for (const auto& [key, file] : files_) {
    keys.push_back(key);
  }
  return keys;
}

// Files that left the watched paths are remembered for a while, so that they are not read twice if they come back.
void LogCollector::prune_finished() {
  std::vector<TailedFile*> finished;
  for (const auto& [key, file] : files_) {
    if (file->finished() && file->generation != generation_) {
      finished.push_back(file.get());
    }
  }
  if (finished.size() <= options_.max_finished) {
    return;
  }
  std::sort(finished.begin(), finished.end(),
            [](const TailedFile* a, const TailedFile* b) { return a->generation > b->generation; });
  for (std::size_t i = options_.max_finished; i < finished.size(); ++i) {
    forget(*finished[i]);
  }
}

}  // namespace leeway
