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

// When each watched directory was last changed; none if there are too many.
LogCollector::Changes LogCollector::changes_of_directories() const {
  Changes changes;
  for (const std::string& directory : watched_.size() <= kMaxNoted ? watched_ : std::set<std::string>()) {
    const Expected<FileInfo> info = file_system_.stat(directory);
    if (info) {
      changes[directory] = info->modified;
    }
  }
  return changes;
}

void LogCollector::adopt_unseen(const Changes& changes) {
  std::erase_if(watches_, [&](const auto& watch) { return !changes.contains(watch.first); });
  for (const auto& [directory, changed] : changes) {
    const auto [watch, first] = watches_.try_emplace(directory, Watch{changed, changed});
    if (!first && watch->second.searched != changed && adopt_unseen_in(directory, watch->second.since)) {
      watch->second.searched = changed;
    }
  }
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
      adopt(name, candidate, true);
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
  if (below && !has_form_of_known(directory, plain)) {  // another log, of which the directory is
    return {};
  }
  std::vector<std::string> names = below ? std::vector<std::string>() : bases_of(plain);
  if (plain != name || below) {
    names.emplace(names.begin(), plain);
  }
  for (const std::string& one : names) {
    const std::string path = join_path(directory == "." ? "" : directory, one);
    if (path != candidate.path && is_watched(path)) {
      return is_known_before(path, candidate.info) ? "" : path;
    }
  }
  return {};
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

// Whether a file that was written under `path` is known that is not younger than `info`.
bool LogCollector::is_known_before(const std::string& path, const FileInfo& info) const {
  return std::any_of(files_.begin(), files_.end(), [&](const Files::value_type& entry) {
    const TailedFile& known = *entry.second;
    return (known.path() == path || known.origin == path) && known.content_born() <= info.modified;
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
