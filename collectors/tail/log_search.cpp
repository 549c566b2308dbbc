// LogCollector and files that are not where they were: where they may be, and what follows if they are nowhere.
#include <algorithm>

#include "collectors/tail/compressed_file.h"
#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

// Directories that are searched for one file.
constexpr std::size_t kMaxSearched = 64;

}  // namespace

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

// The content of `path`, even if no descriptor was left.
Expected<std::unique_ptr<File>> LogCollector::open_other(const std::string& path) {
  Expected<std::unique_ptr<File>> file = contents_.open(file_system_, path);
  if (!file && file.error().code == ErrorCode::kIo && open_.size() > 1 && close_least_used()) {
    file = contents_.open(file_system_, path);
  }
  return file;
}

// The same. kNotFound if it leads to a different file than when `info` was taken.
Expected<std::unique_ptr<File>> LogCollector::open_if_still(const std::string& path, const FileInfo& info) {
  Expected<std::unique_ptr<File>> file = open_other(path);
  if (!file) {
    return file;
  }
  const Expected<FileInfo> now = (*file)->info();
  if (!now) {
    return now.error();
  }
  if (key_of(*now) != key_of(info)) {
    return Error{ErrorCode::kNotFound, "'" + path + "' is now another file"};
  }
  return file;
}

// The regular files of a directory, and its directories; none if it does not exist. The error: it or one of its files
// could not be examined. A file that is renamed meanwhile could be missed, so that it is done until it gives the same
// twice.
Expected<const LogCollector::Listing*> LogCollector::list(const std::string& directory) {
  const auto known = listings_.find(directory);
  if (known != listings_.end()) {
    return &known->second;
  }
  Expected<Listing> found = list_once(directory);
  for (int attempt = 0; found && attempt < kRenameRaces; ++attempt) {
    Expected<Listing> again = list_once(directory);
    const bool same = again && again->files == found->files;
    found = std::move(again);
    if (same) {
      break;
    }
  }
  if (!found) {
    return found.error();
  }
  return &(listings_[directory] = *std::move(found));
}

Expected<LogCollector::Listing> LogCollector::list_once(const std::string& directory) const {
  Listing found;
  const Expected<std::vector<DirectoryEntry>> entries = file_system_.list(directory);
  if (!entries && entries.error().code != ErrorCode::kNotFound) {
    return entries.error();
  }
  for (const DirectoryEntry& entry : entries ? *entries : std::vector<DirectoryEntry>()) {
    const std::string path = join_path(directory == "." ? "" : directory, entry.name);
    if (entry.type == FileType::kDirectory) {
      found.directories.push_back(path);
      continue;
    }
    const Expected<FileInfo> info = file_system_.stat(path);
    if (info && info->type == FileType::kRegular) {
      found.files.push_back({path, *info});
    } else if (!info && info.error().code != ErrorCode::kNotFound) {
      return info.error();
    }
  }
  return found;
}

// The files where one may be that is not where it was: in the directories of its names, of what its path led to and, if
// not empty, of `next_path`, and in those directly below.
Expected<std::vector<LogCollector::Sibling>> LogCollector::siblings_of(const TailedFile& file,
                                                                       const std::string& next_path) {
  std::vector<std::string> directories;
  const auto search = [&](const std::string& directory) {
    if (directories.size() < kMaxSearched &&
        std::find(directories.begin(), directories.end(), directory) == directories.end()) {
      directories.push_back(directory);
    }
  };
  search(parent_directory(file.written_under()));
  search(parent_directory(file.path()));
  if (!file.real_path.empty()) {
    search(parent_directory(file.real_path));
  }
  if (!next_path.empty()) {
    search(parent_directory(next_path));
  }
  std::vector<Sibling> all;
  const std::size_t above = directories.size();
  for (std::size_t i = 0; i < directories.size(); ++i) {
    const Expected<const Listing*> listed = list(directories[i]);
    if (!listed) {
      return listed.error();
    }
    all.insert(all.end(), (*listed)->files.begin(), (*listed)->files.end());
    if (i < above) {
      std::for_each((*listed)->directories.begin(), (*listed)->directories.end(), search);
    }
  }
  return all;
}

// The file under another name.
Expected<std::optional<LogCollector::Sibling>> LogCollector::find_sibling(const TailedFile& file) {
  const Expected<std::vector<Sibling>> candidates = siblings_of(file);
  if (!candidates) {
    return candidates.error();
  }
  for (const Sibling& candidate : *candidates) {
    if (key_of(candidate.info) != file.key()) {
      continue;
    }
    const Expected<std::unique_ptr<File>> content = open_other(candidate.path);
    if (!content && content.error().code != ErrorCode::kNotFound) {
      return content.error();
    }
    if (content && file.is_same(candidate.info, **content)) {
      return std::optional<Sibling>(candidate);
    }
  }
  return std::optional<Sibling>();
}

// What a file that was rotated away may be a copy of is judged by its present name. False: that cannot be told now.
bool LogCollector::find_name(TailedFile& file) {
  if (!file.rotated || file.deleted || file.attached) {
    return true;
  }
  listings_.clear();
  const Expected<std::optional<Sibling>> now = find_sibling(file);
  if (now && now->has_value()) {
    set_name(file, (*now)->path);
  }
  return static_cast<bool>(now);
}

void LogCollector::set_name(TailedFile& file, const std::string& path) {
  file.set_path(path);
  file.directory_device = directory_device(path);
  file.attached = true;
}

// A file that is read to its end, under a name that it did not have before: it may be overwritten.
void LogCollector::follow(const Sibling& renamed) {
  const Files::iterator known = files_.find(key_of(renamed.info));
  if (known == files_.end() || renamed.info.born == kNoTime || known->second->born() != renamed.info.born) {
    return;
  }
  TailedFile& file = *known->second;
  if (file.finished() && file.generation != generation_) {
    mark_rotated(file);
    set_name(file, renamed.path);
    found(file, renamed.path, renamed.info);
  }
}

// A key that no file of a file system has.
FileKey LogCollector::unused_key() const {
  FileKey key{UINT64_MAX, UINT64_MAX};
  while (files_.contains(key)) {
    --key.inode;
  }
  return key;
}

// No file with its content has a name any more.
void LogCollector::vanish(TailedFile& file) {
  std::unique_ptr<TailedFile> gone = forget(file);
  const bool last_attempt = waited(gone->missing, options_.search_wait);
  const Expected<bool> resumed = resume_in_copy(*gone, last_attempt);
  int adopted = 0;
  gone->replaced = false;  // it may have been truncated since it was read: what it held last is among the missed
  if (resumed) {
    adopt_all_missed(*gone, adopted);
  }
  // Others wait for what becomes of one that was read; generations after it are looked for also when it is decided.
  const bool later = !resumed || (gone->offset() == 0 && !gone->replaced);
  if (later && !gone->finished() && !last_attempt) {
    gone->set_error(resumed ? "a file that may hold its rest cannot be examined" : resumed.error().message);
    if (files_.contains(gone->key())) {
      gone->set_key(unused_key());
    }
    add(std::move(gone));
    return;
  }
  // A file that was never read may be among the adopted ones; what it was known to hold may have been a copy.
  const bool never_read = gone->offset() == 0;
  const bool all_read = gone->finished() || (gone->compressed() && !never_read && gone->unread() == 0);
  const bool found = (resumed && *resumed) || all_read ||
                     (never_read && (adopted > 0 || gone->unread() == 0 || was_compressed(*gone)));
  if (!found) {
    context_.counters.lose(LossReason::kVanished, never_read ? 0 : gone->unread());
    const bool replaced = static_cast<bool>(file_system_.stat(gone->path()));
    name_gap(Gap::kFileMissing,
             (replaced ? "the file that was '" + gone->path() + "' before the present one" : "'" + gone->path() + "'") +
                 " is not to be found under any name: what was written to it after " + std::to_string(gone->offset()) +
                 " bytes is not counted" + (resumed ? "" : " (" + resumed.error().message + ")"));
  }
  if (never_read) {
    search_after_one_before(gone->written_under());
  } else {  // a copy of it may still be found, or overwrite another file; the next generations are still looked for
    gone->origin = gone->written_under();
    gone->rotated = true;
    gone->replaced = gone->replaced && file_system_.stat(gone->origin);
    keep_known(std::move(gone));
  }
}

// Whether one of which nothing was read may be a compressed file now: that of its name, or one of its log that came
// since and is read as new.
bool LogCollector::was_compressed(const TailedFile& gone) const {
  const auto is_later = [&](const Files::value_type& entry) {
    const TailedFile& other = *entry.second;
    return other.compressed() && other.written_under() == gone.written_under() && other.born() > gone.modified() &&
           other.content_born() == other.born();
  };
  return file_system_.stat(gone.path() + ".gz") || file_system_.stat(gone.path() + ".zst") ||
         std::any_of(files_.begin(), files_.end(), is_later);
}

// The last generation of a log was forgotten: those that come are looked for after the one before it.
void LogCollector::search_after_one_before(const std::string& log) {
  TailedFile* before = nullptr;
  for (const auto& [key, file] : files_) {
    const bool of_log = file->rotated && file->origin == log;
    if (of_log && (before == nullptr || file->content_born() > before->content_born())) {
      before = file.get();
    }
  }
  if (before != nullptr) {
    before->replaced = false;
  }
}

// What was read of a file that is gone stays known.
void LogCollector::keep_known(std::unique_ptr<TailedFile> gone) {
  gone->end();
  gone->set_key(unused_key());
  add(std::move(gone));
}

bool LogCollector::is_watched(const std::string& path) const {
  return std::any_of(paths_.patterns.begin(), paths_.patterns.end(),
                     [&](const Glob& pattern) { return pattern.matches(path); });
}

}  // namespace leeway
