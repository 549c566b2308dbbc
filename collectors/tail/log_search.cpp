// LogCollector and files that are not where they were: where they may be, and which others came and went meanwhile.
#include <algorithm>

#include "collectors/tail/compressed_file.h"
#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

// Directories that are searched for one file.
constexpr std::size_t kMaxSearched = 64;

// Whether `missed` may have had the name of `file` before `successor` got it. `by_change`: judged by the time of the
// last change only, since all copies of a log that is truncated in place are younger than it.
bool is_between(const TailedFile& file, const FileInfo& missed, const FileInfo* successor, bool by_change) {
  if (!by_change && file.content_born() != kNoTime && missed.born != kNoTime) {
    return file.content_born() <= missed.born && (successor == nullptr || missed.born <= successor->born);
  }
  return file.last_modified() <= missed.modified && (successor == nullptr || missed.modified <= successor->modified);
}

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
  Expected<std::unique_ptr<File>> file = open_content(file_system_, path);
  if (!file && file.error().code == ErrorCode::kIo && open_.size() > 1 && close_least_used()) {
    file = open_content(file_system_, path);
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

// The files where one may be that is not where it was: in the directories of its names and of what its path led to, and
// in those directly below.
Expected<std::vector<LogCollector::Sibling>> LogCollector::siblings_of(const TailedFile& file) {
  std::vector<std::string> directories;
  const auto search = [&](const std::string& directory) {
    if (directories.size() < kMaxSearched &&
        std::find(directories.begin(), directories.end(), directory) == directories.end()) {
      directories.push_back(directory);
    }
  };
  search(parent_directory(file.rotated ? file.origin : file.path()));
  search(parent_directory(file.path()));
  if (!file.real_path.empty()) {
    search(parent_directory(file.real_path));
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

// A key that no file of a file system has.
FileKey LogCollector::unused_key() const {
  FileKey key{UINT64_MAX, UINT64_MAX};
  while (files_.contains(key)) {
    --key.inode;
  }
  return key;
}

// `reused`: another file has its device and inode.
void LogCollector::vanish(TailedFile& file, bool reused) {
  std::unique_ptr<TailedFile> gone = forget(file);
  const Expected<bool> resumed = resume_in_copy(*gone);
  int adopted = 0;
  gone->replaced = gone->replaced && gone->offset() > 0;  // what was never read may itself be among the missed
  if (resumed) {
    adopt_all_missed(*gone, adopted);
  }
  const bool later = !resumed || !gone->replaced;
  if (later && !gone->finished() && !waited(gone->missing, options_.search_wait)) {
    gone->set_error(resumed ? "a file that may hold its rest cannot be examined" : resumed.error().message);
    if (reused || files_.contains(gone->key())) {
      gone->set_key(unused_key());
    }
    add(std::move(gone));
    return;
  }
  // A file that was never read may be among the adopted ones; what it was known to hold may have been a copy.
  const bool never_read = gone->offset() == 0;
  const bool compressed = file_system_.stat(gone->path() + ".gz") || file_system_.stat(gone->path() + ".zst");
  const bool found =
      (resumed && *resumed) || gone->finished() || (never_read && (adopted > 0 || compressed || gone->unread() == 0));
  if (!found) {
    context_.counters.lose(LossReason::kVanished, never_read ? 0 : gone->unread());
    name_gap(Gap::kFileMissing, "'" + gone->path() +
                                    "' is not to be found under any name: what was written to it after " +
                                    std::to_string(gone->offset()) + " bytes is not counted" +
                                    (resumed ? "" : " (" + resumed.error().message + ")"));
  }
  if (!never_read && !(resumed && *resumed)) {  // a copy of it may still be found
    keep_known(std::move(gone));
  }
}

// What was read of a file that is gone stays known.
void LogCollector::keep_known(std::unique_ptr<TailedFile> gone) {
  gone->end();
  gone->set_key(unused_key());
  add(std::move(gone));
}

// The generations after `gone`; if files are renamed meanwhile, again.
void LogCollector::adopt_all_missed(TailedFile& gone, int& adopted) {
  const std::string& origin = gone.rotated ? gone.origin : gone.path();
  for (int attempt = 0; attempt < kRenameRaces && !gone.replaced; ++attempt) {
    const Expected<FileInfo> successor = file_system_.stat(origin);
    gone.replaced = adopt_missed_generations(gone, successor ? &*successor : nullptr, &adopted);
    if (successor && !knows(*successor) && is_watched(origin)) {
      look_at(origin);
    }
    listings_.clear();
  }
}

// Before the first line of a file is read: whether all that it may have held since it was empty is found, in copies of
// it.
bool LogCollector::search_before_beginning(TailedFile& file) {
  if (file.rotated) {
    return true;
  }
  const Expected<bool> begun = file.note_beginning();
  if (!begun || !*begun) {
    if (!file.is_open()) {
      std::erase(open_, &file);
    }
    return false;
  }
  listings_.clear();
  if (!adopt_missed_generations(file, nullptr) && !waited(file.missing, options_.search_wait)) {
    return false;
  }
  file.missing = {};
  return true;
}

// Whether the file that was compressed is still there: it is read itself.
bool LogCollector::is_beside_original(const std::string& compressed) const {
  return static_cast<bool>(file_system_.stat(compressed.substr(0, compressed.rfind('.'))));
}

bool LogCollector::is_watched(const std::string& path) const {
  return std::any_of(paths_.patterns.begin(), paths_.patterns.end(),
                     [&](const Glob& pattern) { return pattern.matches(path); });
}

// Between `file` and its successor (or now) there may have been others that came and went unseen. False if they were
// renamed meanwhile, or could not be examined: to be tried again.
bool LogCollector::adopt_missed_generations(TailedFile& file, const FileInfo* successor, int* adopted) {
  const std::string origin = file.rotated ? file.origin : file.path();
  const Expected<std::vector<Sibling>> candidates = siblings_of(file);
  if (!candidates) {
    return false;
  }
  const bool in_place = file.is_open() && !file.rotated;
  bool complete = true;
  for (const Sibling& candidate : *candidates) {
    const FileInfo& info = candidate.info;
    const bool is_successor = successor != nullptr && key_of(info) == key_of(*successor);
    const std::string_view name = file_name(candidate.path);
    const bool named =
        is_generation_name(name, file_name(origin)) || is_generation_name(name, file_name(file.real_path));
    const bool readable = !is_compressed_name(name) || can_decompress(name);
    // The time of birth of a compressed file is new, and its last change is that of its content, or any later one.
    const bool between = can_decompress(name)
                             ? is_between(file, info, nullptr, true) && !is_beside_original(candidate.path)
                             : is_between(file, info, successor, in_place);
    if (!named || !readable || is_successor || !between || is_remembered_copy(info) ||
        find(candidate.path, info) != nullptr) {
      continue;
    }
    const Expected<std::unique_ptr<File>> content = open_if_still(candidate.path, info);
    if (!content) {
      complete = false;
      continue;
    }
    // The content of `file`, which may be forgotten already, or of another.
    const Content one = compare_with(file, candidate.path, info, **content, nullptr);
    const Content other = compare_with_known(candidate.path, info, **content, nullptr);
    if (one == Content::kLater || other == Content::kLater) {
      complete = false;
      continue;
    }
    if (one == Content::kCopy || other == Content::kCopy) {
      complete = complete && open_if_still(candidate.path, info);
      continue;
    }
    auto missed = std::make_unique<TailedFile>(candidate.path, info, false);
    if (in_place) {
      missed->set_content_born(file.content_born());
    }
    missed->rotated = true;
    missed->replaced = successor != nullptr;  // else there may be more after it
    missed->origin = origin;
    missed->generation = generation_;
    missed->own_path_seen = true;
    ++context_.counters.rotations;
    if (adopted != nullptr) {
      ++*adopted;
    }
    enqueue(add(std::move(missed)));
  }
  return complete;
}

}  // namespace leeway
