// LogCollector and the directories in which generations of logs are looked for that it never saw: those of `path`, and
// those that links to new logs lead to. What is younger than the first look at a directory was not there before.
#include <filesystem>
#include <utility>

#include "collectors/tail/log_collector.h"

namespace leeway {

// Those of `path`; none if there are too many. Taken before anything in them is looked at.
LogCollector::Changes LogCollector::changes_of_directories() const {
  Changes changes;
  for (const std::string& directory : watched_.size() <= kMaxNoted ? watched_ : std::set<std::string>()) {
    note_change(directory, true, changes);
  }
  return changes;
}

// Of one that does not exist, the one above it is noted: what comes there is new.
void LogCollector::note_change(std::string directory, bool of_path, Changes& changes) const {
  for (bool search = true;; search = false) {
    const auto noted = changes.find(directory);
    if (noted != changes.end()) {
      noted->second.search = noted->second.search || search;
      return;
    }
    const Expected<FileInfo> info = file_system_.stat(directory);
    if (info) {
      changes[directory] = {info->modified, info->born, search, of_path};
      return;
    }
    const std::string above = parent_directory(directory);
    if (info.error().code != ErrorCode::kNotFound || above == directory) {
      return;
    }
    directory = above;
  }
}

// Links to logs that are new, and to some that do not exist yet.
void LogCollector::add_links(const GlobResult& scan, Changes& changes) {
  links_.clear();
  if (watched_.size() > kMaxNoted) {
    return;
  }
  std::set<std::string> paths;  // that lead to a file
  for (const auto& [key, file] : files_) {
    if (file->generation == generation_ && file->attached) {
      paths.insert(file->path());
    }
    if (is_new(*file) && !file->real_path.empty() && file->real_path != file->path()) {
      links_.try_emplace(file->real_path, file->path());
    }
  }
  for (const std::string& path : scan.paths) {
    const Expected<std::string> target =
        links_.size() < kMaxNoted && !paths.contains(path) ? file_system_.read_link(path) : Expected<std::string>("");
    if (!target || target->empty()) {
      continue;
    }
    const std::filesystem::path led_to = std::filesystem::path(parent_directory(path)) / *target;
    const Expected<std::string> directory = file_system_.real_path(parent_directory(led_to.string()));
    links_.try_emplace(directory ? join_path(*directory, file_name(*target)) : led_to.lexically_normal().string(),
                       path);
  }
  for (const auto& [target, link] : links_) {
    const std::string directory = parent_directory(target);
    listings_.erase(directory);  // it may be older than the change that is noted now
    note_change(directory, false, changes);
  }
}

void LogCollector::watch(const Changes& changes) {
  std::map<std::string, Watch> added;
  for (const auto& [directory, change] : changes) {
    if (!watches_.contains(directory)) {
      const TimePoint since = watched_since(directory, change);
      added[directory] = {since, since == change.modified ? change.modified : kNoTime};
    }
  }
  watches_.merge(added);
  std::erase_if(watches_, [&](const auto& watch) { return !changes.contains(watch.first); });
  for (const auto& [directory, change] : changes) {
    watches_[directory].of_path = change.of_path;
  }
}

// Where it came into being after one above it, or the one of a link to it, was first looked at, all in it did.
TimePoint LogCollector::watched_since(const std::string& directory, const Change& change) const {
  std::vector<std::string> above = {parent_directory(directory)};
  for (const auto& [target, link] : links_) {
    if (parent_directory(target) == directory) {
      above.push_back(parent_directory(link));
    }
  }
  for (std::string one : above) {
    for (std::string next = parent_directory(one); !watches_.contains(one) && next != one;
         next = parent_directory(one)) {
      one = std::move(next);
    }
    const auto known = watches_.find(one);
    if (known != watches_.end() && change.born != kNoTime && change.born > known->second.since) {
      return known->second.since;
    }
  }
  return change.modified;
}

}  // namespace leeway
