// LogCollector and names: finds files, and notices those that are not where they were.
#include <algorithm>

#include "collectors/tail/log_collector.h"

namespace leeway {

Expected<void> LogCollector::discover() {
  ++generation_;
  problems_.clear();
  listings_.clear();
  directory_devices_.clear();
  GlobResult scan = expand(file_system_, paths_.patterns, paths_.excludes, paths_.limits);
  watched_ = std::move(scan.directories);
  Changes changes = changes_of_directories();
  matching_ = 0;
  for (const std::string& path : scan.paths) {
    look_at(path);
  }
  settle_names();
  for (const bool may_vanish : {false, true}) {  // what is gone is looked for in others, whose names are known by then
    for (const FileKey& key : keys()) {
      const Files::iterator file = files_.find(key);
      if (file != files_.end() && file->second->generation != generation_) {
        look_for(*file->second, may_vanish);
      }
    }
  }
  add_links(scan, changes);
  adopt_unseen(changes);
  for (const FileKey& key : keys()) {
    const Files::iterator file = files_.find(key);
    if (file != files_.end()) {
      wait_for_end(*file->second);
    }
  }
  contents_.close_all();
  prune_finished();
  queue_.sort_by_age();  // a copy is known as one only after its original was read
  started_ = true;
  discovered_ = true;
  for (const auto& [directory, error] : scan.errors) {
    problems_[directory] = error.message;
  }
  if (!scan.errors.empty()) {
    return scan.errors.begin()->second;
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
  ++*matching_;
  if (TailedFile* known = find(path, *info)) {
    found(*known, path, *info);
    return;
  }
  TailedFile* file = find_after_reboot(*info);
  if (file == nullptr && (is_remembered_copy(*info) || may_become_copy(path, *info))) {
    return;
  }
  if (file == nullptr) {
    file = &add(std::make_unique<TailedFile>(path, *info, options_.start_at_end && !started_));
    file->first_found = generation_;
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
      moved->set_key(key_of(info));
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
  if (file.real_path.empty()) {
    Expected<std::string> real = file_system_.real_path(path);
    file.real_path = real ? *std::move(real) : "";
  }
  file.observe(info);
  if (file.changed(info) || !file.error().empty() || file.record_is_due(context_)) {
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

void LogCollector::look_for(TailedFile& file, bool may_vanish) {
  const Expected<FileInfo> info = file_system_.stat(file.path());
  if (info && file.is(*info)) {
    found(file, file.path(), *info);
    return;
  }
  if (info) {
    lost_its_path(file, &*info, may_vanish);
    return;
  }
  // "Not found" is believed only where the directory exists and is the same as before.
  const std::uint64_t device = directory_device(file.path());
  const bool unobserved = info.error().code != ErrorCode::kNotFound || device == 0 ||
                          (file.directory_device != 0 && device != file.directory_device);
  if (unobserved) {
    file.set_error(file.finished() ? "" : info.error().message);
    return;
  }
  lost_its_path(file, nullptr, may_vanish);
}

// Another file has its name, or no file has it.
void LogCollector::lost_its_path(TailedFile& file, const FileInfo* successor, bool may_vanish) {
  file.attached = false;
  if (file.is_open()) {
    const Expected<FileInfo> info = file.info();
    if (!info) {
      return;
    }
    file.deleted = info->links == 0;
    if (file.deleted && successor != nullptr && !file.rotated && continues_in(file, *successor)) {
      return;
    }
    if (successor != nullptr || !file.deleted) {
      mark_rotated(file);
    }
    if (file.changed(*info) || !file.error().empty()) {
      file.observe(*info);
      enqueue(file);
    }
    return;
  }
  if (file.finished()) {
    if (successor != nullptr) {
      mark_rotated(file);
    }
    return;
  }
  const Expected<std::vector<Sibling>> others = siblings_of(file);
  if (others && others->empty() && !waited(file.missing, options_.search_wait)) {  // it may be a place to mount at
    file.set_error("its directory is empty");
    return;
  }
  const Expected<std::optional<Sibling>> sibling = find_sibling(file);
  if (!sibling && !waited(file.missing, options_.search_wait)) {
    file.set_error(sibling.error().message);
    return;
  }
  if (!sibling || !sibling->has_value()) {
    if (may_vanish && (successor == nullptr || !continues_in(file, *successor))) {
      vanish(file);
    }
    return;
  }
  file.missing = {};
  mark_rotated(file);
  file.set_path((*sibling)->path);
  file.attached = true;
  file.generation = generation_;
  file.set_error("");
  file.observe((*sibling)->info);
  enqueue(file);
}

void LogCollector::mark_rotated(TailedFile& file) {
  if (file.rotated) {
    return;
  }
  file.rotated = true;
  file.replaced = false;
  file.origin = file.path();
  file.quiet = {};
  ++context_.counters.rotations;
  if (file.queued) {
    queue_.erase(file);
    enqueue(file);
  }
}

// A rotated or deleted file is finished once it was read to its end and has not been written to for a while.
void LogCollector::wait_for_end(TailedFile& file) {
  if (!file.rotated && !file.deleted) {
    return;
  }
  if (file.rotated && !file.replaced) {
    const Expected<FileInfo> successor = file_system_.stat(file.origin);
    if (successor && key_of(*successor) != file.key()) {
      // A successor that is not known yet might be moved away too before the next discovery.
      file.replaced = adopt_missed_generations(file, &*successor) == Missed::kFound && knows(*successor);
    } else if (!successor && !file.finished()) {
      adopt_missed_generations(file, nullptr);
    }
  }
  if (file.finished()) {
    return;
  }
  if (file.queued || !file.error().empty() || goes_on(file)) {
    file.quiet = {};
    return;
  }
  const bool ended = (file.replaced || file.deleted) && !file.holds_cut_line();
  const bool complete = file.compressed() && file.read_before();  // nobody writes to it
  if (complete || waited(file.quiet, ended ? options_.rotate_wait : options_.moved_wait)) {
    file.finalize = true;
    enqueue(file);
  }
}

// The file that `info` belongs to. A file whose inode number was reused is gone; one that was copied up into a layer of
// an overlay file system has another birth time, and its open descriptor leads to what it was before.
TailedFile* LogCollector::find(const std::string& path, const FileInfo& info) {
  Files::iterator known = files_.find(key_of(info));
  if (known != files_.end() && !known->second->same_birth(info)) {
    TailedFile& file = *known->second;
    const Expected<std::unique_ptr<File>> content = open_if_still(path, info);
    const Expected<ContentMatch> match = content ? file.compare(**content) : Expected<ContentMatch>(content.error());
    if (path == file.path() && file.offset() > 0 && match && match->whole && !match->few()) {
      file.set_born(info.born);
      close(file);
      return &file;
    }
    Files::node_type gone = files_.extract(known);  // it is looked for in the next discovery, or later in this one
    gone.mapped()->set_key(unused_key());
    gone.key() = gone.mapped()->key();
    files_.insert(std::move(gone));
    return nullptr;
  }
  return known == files_.end() ? nullptr : known->second.get();
}

bool LogCollector::knows(const FileInfo& info) const {
  const Files::const_iterator known = files_.find(key_of(info));
  return known != files_.end() && known->second->same_birth(info);
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
    if (file->finished() && file->deleted && waited(file->quiet, options_.deleted_wait)) {
      close(*file);
    }
    if (file->finished() && file->generation != generation_) {
      finished.push_back(file.get());
    }
  }
  if (finished.size() <= options_.max_finished) {
    return;
  }
  // The oldest: what is younger than a file that is known has to be known too, or it looks like a missed generation.
  std::sort(finished.begin(), finished.end(), [](const TailedFile* a, const TailedFile* b) {
    return a->content_born() != b->content_born() ? a->content_born() > b->content_born()
                                                  : a->generation > b->generation;
  });
  for (std::size_t i = options_.max_finished; i < finished.size(); ++i) {
    forget(*finished[i]);
  }
  for (auto& [directory, watch] : watches_) {  // copies of what is no longer known are not to be read
    watch.since = std::max(watch.since, watch.searched);
  }
}

}  // namespace leeway
