// LogCollector and logs that it never saw under a name that `path` matches: they were rotated, compressed or moved
// first. The directories that are watched, and those directly below, are searched for them when they change.
#include <algorithm>
#include <utility>

#include "collectors/paths/name_form.h"
#include "collectors/tail/compressed_file.h"
#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

// The names of which rotation may have made `name`, as is_generation_name() says.
std::vector<std::string> bases_of(std::string_view name) {
  constexpr std::string_view kSeparators = ".-_~";
  const std::string_view own = without_backup(name);
  const std::string_view extension = own.substr(std::min(own.rfind('.'), own.size()));
  std::vector<std::string> bases;
  for (std::size_t end = name.find_first_of(kSeparators); end != std::string_view::npos && end > 0;
       end = name.find_first_of(kSeparators, end + 1)) {
    const std::string stem(name.substr(0, end));
    for (const std::string& base : {stem, stem + std::string(extension)}) {
      if (is_generation_name(name, base)) {
        bases.push_back(base);
      }
    }
  }
  return bases;
}

}  // namespace

void LogCollector::adopt_unseen(const Changes& changes) {
  watch(changes);
  bool all = true;
  for (const auto& [directory, change] : changes) {
    Watch& watch = watches_[directory];
    if (!change.search || watch.searched == change.modified) {
      continue;
    }
    if (adopt_unseen_in(directory, watch.since)) {
      watch.searched = change.modified;
    } else {
      all = false;
    }
  }
  searched_unseen_ = all ? generation_ : searched_unseen_;
}

// What is younger than `since`. False: something could not be examined.
bool LogCollector::adopt_unseen_in(const std::string& directory, TimePoint since) {
  const Expected<const Listing*> here = list(directory);
  if (!here) {
    return false;
  }
  std::vector<Sibling> candidates = (*here)->files;
  for (const std::string& below : (*here)->directories) {
    if (candidates.size() >= kMaxCopies) {
      break;
    }
    const Expected<const Listing*> listed = list(below);
    if (!listed) {
      return false;
    }
    candidates.insert(candidates.end(), (*listed)->files.begin(), (*listed)->files.end());
  }
  std::vector<std::pair<Sibling, std::string>> unseen;  // before any of them is known
  for (const Sibling& candidate : candidates) {
    follow(candidate);
    std::string name = may_be_unseen(candidate, since) ? name_before(directory, candidate) : std::string();
    if (!name.empty()) {
      unseen.emplace_back(candidate, std::move(name));
    }
  }
  bool all = true;
  for (const auto& [candidate, name] : unseen) {
    if (find(candidate.path, candidate.info) != nullptr) {  // under another name
      continue;
    }
    const Content content = compare_unseen(name, candidate);
    all = all && content != Content::kLater;
    if (content == Content::kCopy) {
      remember_copy(candidate.info);
    } else if (content != Content::kLater) {
      adopt(name, candidate, false);
    }
  }
  return all;
}

// Judged by its age. That of a compressed file is the age of its content, or less.
bool LogCollector::may_be_unseen(const Sibling& candidate, TimePoint since) {
  const FileInfo& info = candidate.info;
  if (info.modified <= since || is_remembered_copy(info) || find(candidate.path, info) != nullptr) {
    return false;
  }
  if (is_compressed_name(candidate.path)) {
    return can_decompress(candidate.path) && !is_beside_original(candidate.path) && !is_of_unread_one(candidate.path);
  }
  return !is_watched(candidate.path) && (info.born == kNoTime || info.born > since);
}

// The name in `directory`, one that is watched, which the file had before: its own, if it was compressed or moved, or
// that of the log that it is a generation of. Empty where there is none, or where what had that name is known: then the
// generations after it are looked for.
std::string LogCollector::name_before(const std::string& directory, const Sibling& candidate) const {
  const std::string_view name = file_name(candidate.path);
  const std::string_view plain = is_compressed_name(name) ? uncompressed_name(name) : name;
  const bool below = parent_directory(candidate.path) != directory;
  std::vector<std::string> names = below ? bases_beside(directory, candidate) : bases_of(plain);
  if (below ? has_form_of_known(directory, plain) : plain != name) {
    names.emplace(names.begin(), plain);
  }
  for (const std::string& one : names) {
    const std::string path = join_path(directory == "." ? "" : directory, one);
    const std::string log = path != candidate.path ? log_at(path) : std::string();
    if (!log.empty()) {
      return is_known_before(log, candidate.info) ? "" : log;
    }
  }
  return {};
}

// Of a file in a directory below: the logs in `directory` that it may be a generation of. Not those that have a
// namesake beside the file: the directory is that of another log.
std::vector<std::string> LogCollector::bases_beside(const std::string& directory, const Sibling& candidate) const {
  const std::string beside = parent_directory(candidate.path);
  std::vector<std::string> bases = bases_of(file_name(candidate.path));
  std::erase_if(bases, [&](const std::string& base) {
    const std::string log = log_at(join_path(directory == "." ? "" : directory, base));
    return log.empty() || !file_system_.stat(log) || file_system_.stat(join_path(beside, base));
  });
  return bases;
}

// The path of the log that is, or would be, at `path`; empty if that is none.
std::string LogCollector::log_at(const std::string& path) const {
  if (is_watched(path)) {
    return path;
  }
  const auto link = links_.find(path);
  return link == links_.end() ? "" : link->second;
}

// Whether the directory held a log whose name differs from `name` by a date or a number only.
bool LogCollector::has_form_of_known(const std::string& directory, std::string_view name) const {
  const std::string form = name_form(name);
  return form.find('#') != std::string::npos &&
         std::any_of(files_.begin(), files_.end(), [&](const Files::value_type& entry) {
           const std::string& path = entry.second->written_under();
           return parent_directory(path) == directory && name_form(file_name(path)) == form;
         });
}

// Whether a file that was written under `path` is known that is not younger than `info`. What a new one held before it
// was found is not known.
bool LogCollector::is_known_before(const std::string& path, const FileInfo& info) const {
  return std::any_of(files_.begin(), files_.end(), [&](const Files::value_type& entry) {
    const TailedFile& known = *entry.second;
    return !is_new(known) && (known.path() == path || known.origin == path) && known.content_born() <= info.modified;
  });
}

LogCollector::Content LogCollector::compare_unseen(const std::string& name, const Sibling& candidate) {
  const Expected<std::unique_ptr<File>> content = open_if_still(candidate.path, candidate.info);
  const Expected<FileInfo> info = content ? (*content)->info() : Expected<FileInfo>(content.error());
  if (!info) {
    return Content::kLater;
  }
  const Content known = compare_with_known(candidate.path, *info, **content, nullptr);
  if (known == Content::kLater || known == Content::kCopy) {
    return known;
  }
  const Expected<bool> unread = is_of_unread(nullptr, name, *info, **content);
  if (!unread) {
    return Content::kLater;
  }
  return *unread ? Content::kCopy : known;
}

}  // namespace leeway
