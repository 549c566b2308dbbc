// LogCollector and logs that it never saw under a name that `path` matches: they were rotated, compressed or moved
// first. The directories that are watched, and those directly below, are searched for them when they change.
#include <algorithm>

#include "collectors/paths/name_form.h"
#include "collectors/tail/compressed_file.h"
#include "collectors/tail/log_collector.h"

namespace leeway {

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
    const Expected<const Listing*> listed =
        candidates.size() < kMaxCopies ? list(below) : Expected<const Listing*>(*here);
    if (!listed) {
      return false;
    }
    if (*listed != *here) {
      candidates.insert(candidates.end(), (*listed)->files.begin(), (*listed)->files.end());
    }
  }
  bool all = true;
  for (const Sibling& candidate : candidates) {
    const std::string name = may_be_unseen(candidate, since) ? name_before(directory, candidate) : std::string();
    if (name.empty()) {
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
  std::vector<std::string_view> names;
  if (plain != name || below) {
    names.push_back(plain);
  }
  std::vector<std::string> bases;
  const std::string extension(plain.substr(std::min(plain.rfind('.'), plain.size())));
  for (std::size_t end = plain.find_first_of(".-_~"); end != std::string_view::npos && end > 0;
       end = plain.find_first_of(".-_~", end + 1)) {
    if (below) {
      break;
    }
    bases.emplace_back(plain.substr(0, end));
    bases.push_back(bases.back() + extension);
  }
  for (const std::string& base : bases) {
    if (is_generation_name(plain, base)) {
      names.push_back(base);
    }
  }
  for (const std::string_view one : names) {
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
           const std::string& path = entry.second->rotated ? entry.second->origin : entry.second->path();
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
