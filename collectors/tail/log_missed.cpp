// LogCollector and generations that came and went unseen, between a file and the one that has its name now.
#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "collectors/paths/name_form.h"
#include "collectors/tail/compressed_file.h"
#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

// Whether `missed` may have had the name of `file` before `successor` got it. `by_change`: judged by the time of the
// last change only, since all copies of a log that is truncated in place are younger than it.
bool is_between(const TailedFile& file, const FileInfo& missed, const FileInfo* successor, bool by_change) {
  if (!by_change && file.content_born() != kNoTime && missed.born != kNoTime) {
    return file.content_born() <= missed.born;  // it may be a copy that was made after the successor had come
  }
  return file.last_modified() <= missed.modified && (successor == nullptr || missed.modified <= successor->modified);
}

struct OtherDirectory {
  std::string above;  // of the directory
  std::string below;  // "/log/app.log"
};

// Where the paths have all but one directory in common.
std::optional<OtherDirectory> one_directory_differs(const std::string& path, const std::string& next) {
  const auto differs = std::mismatch(path.begin(), path.end(), next.begin(), next.end());
  const auto at = static_cast<std::size_t>(differs.first - path.begin());
  const std::size_t end = path.find('/', at);
  const std::size_t next_end = next.find('/', at);
  const std::size_t above = path.rfind('/', at == 0 ? 0 : at - 1);
  if (end == std::string::npos || next_end == std::string::npos || above == std::string::npos ||
      path.substr(end) != next.substr(next_end)) {
    return std::nullopt;
  }
  return OtherDirectory{above == 0 ? "/" : path.substr(0, above), path.substr(end)};
}

}  // namespace

// The generations after `gone`; if files are renamed meanwhile, again.
void LogCollector::adopt_all_missed(TailedFile& gone, int& adopted) {
  const std::string& origin = gone.written_under();
  for (int attempt = 0; attempt < kRenameRaces && !gone.replaced; ++attempt) {
    const Expected<FileInfo> successor = file_system_.stat(origin);
    gone.replaced = adopt_missed_generations(gone, successor ? &*successor : nullptr, &adopted) == Missed::kFound;
    if (successor && !knows(*successor) && is_watched(origin)) {
      look_at(origin);
    }
    listings_.clear();
  }
}

// Before the first line of a file is read: whether all that it may have held since it was empty is found, in copies of
// it.
bool LogCollector::search_before_beginning(TailedFile& file) {
  const bool changed = file.changed_since_found();
  const Expected<bool> begun = file.note_beginning();
  if (!begun || !*begun) {
    if (!file.is_open()) {
      std::erase(open_, &file);
    } else if (changed) {
      search_behind_empty(file);
    }
    return false;
  }
  const Content other = began_as_copy(file);
  if (other == Content::kCopy || (other == Content::kLater && !waited(file.missing, options_.search_wait))) {
    return false;
  }
  listings_.clear();
  if (adopt_missed_generations(file, nullptr) == Missed::kUnknown && !waited(file.missing, options_.search_wait)) {
    return false;
  }
  file.missing = {};
  return true;
}

// An empty file that was written and truncated meanwhile: what it held is not left until it is written again, which may
// be never.
void LogCollector::search_behind_empty(TailedFile& file) {
  listings_.clear();
  adopt_missed_generations(file, nullptr);
}

// A file that was overwritten, and whose name is that of a copy of another, may hold what was read of that meanwhile:
// then it is decided anew what it is (kCopy).
LogCollector::Content LogCollector::began_as_copy(TailedFile& file) {
  const Expected<FileInfo> info = file.info();
  if (!info) {
    return Content::kLater;
  }
  const bool named = std::any_of(files_.begin(), files_.end(), [&](const Files::value_type& other) {
    return may_be_copy(*other.second, file.path(), *info);
  });
  if (file.fresh() || !named) {
    return Content::kNew;
  }
  const Content content = compare_with_known(file.path(), *info, file.content(), nullptr);
  if (content == Content::kLater || (content == Content::kNew && !is_of_unread_log(file, *info))) {
    return content;
  }
  begin_anew(file, *info);
  return Content::kCopy;
}

// Between `file` and its successor (or now) there may have been others that came and went unseen.
LogCollector::Missed LogCollector::adopt_missed_generations(TailedFile& file, const FileInfo* successor, int* adopted) {
  MissedSearch search{file, file.written_under(), {}, successor, 0};
  if (Expected<std::string> next = successor != nullptr ? file_system_.real_path(search.origin) : std::string()) {
    search.next_path = *std::move(next);
  }
  Expected<std::vector<Sibling>> candidates = siblings_of(file, search.next_path);
  const Expected<std::vector<Sibling>> beside = beside_link(search);
  const Expected<std::uint64_t> intact = intact_size(file);
  if (!candidates || !beside || !intact) {
    return Missed::kUnknown;
  }
  candidates->insert(candidates->end(), beside->begin(), beside->end());
  search.intact = *intact;
  Missed result = Missed::kFound;
  for (const Sibling& candidate : *candidates) {
    if (!may_be_missed(search, candidate) || is_remembered_copy(candidate.info) ||
        find(candidate.path, candidate.info) != nullptr) {
      continue;
    }
    bool few = false;
    const Content content = compare_missed(search, candidate, few);
    if (content == Content::kLater) {
      result = Missed::kUnknown;
    } else if (content == Content::kCopy) {
      result = few && result == Missed::kFound ? Missed::kMayGrow : result;
    } else {
      if (may_be_of_forgotten(candidate)) {
        name_gap(Gap::kAmbiguousContent,
                 "'" + candidate.path + "' is read, but may be a copy of a log that is no longer known");
      }
      // After one that was truncated, the log itself is asked for more.
      TailedFile& missed = adopt(search.origin, candidate, search.successor != nullptr || search.in_place());
      if (search.in_place()) {
        missed.set_content_born(search.file.content_born());
      } else if (search.successor != nullptr && !missed.compressed()) {  // it is read before that
        missed.set_content_born(std::min(missed.content_born(), search.successor->born));
      }
      if (adopted != nullptr) {
        ++*adopted;
      }
    }
  }
  return result;
}

// Whether it was last changed before files were forgotten, or before its directory was first looked at.
bool LogCollector::may_be_of_forgotten(const Sibling& candidate) const {
  const std::string here = parent_directory(candidate.path);
  const auto watch = watches_.contains(here) ? watches_.find(here) : watches_.find(parent_directory(here));
  return watch != watches_.end() && watch->second.of_path && candidate.info.modified <= watch->second.since;
}

bool LogCollector::has_name_of_missed(const MissedSearch& search, const std::string& path) const {
  return path == search.file.real_path || has_form_of(path, search.file.path(), search.origin) ||  // as the last one
         is_between_links(search, path) || is_named_as_generation(search, path);
}

// In a directory below: not where that holds a log of the name. Then it is that one's.
bool LogCollector::is_named_as_generation(const MissedSearch& search, const std::string& path) const {
  const std::string here = parent_directory(path);
  const std::array<const std::string*, 3> logs{&search.origin, &search.file.real_path, &search.next_path};
  const bool below = here != parent_directory(search.file.path()) &&
                     std::none_of(logs.begin(), logs.end(), [&](const std::string* log) {
                       return !log->empty() && parent_directory(*log) == here;
                     });
  return std::any_of(logs.begin(), logs.end(), [&](const std::string* log) {
    const std::string_view base = file_name(*log);
    return is_generation_name(file_name(path), base) && !(below && file_system_.stat(join_path(here, base)));
  });
}

// Whether a link led to files of one form before and after, and `path` has that form too.
bool LogCollector::is_between_links(const MissedSearch& search, const std::string& path) {
  const std::string& real = search.file.real_path;
  return real != search.next_path && has_form_of(real, search.next_path, search.origin) &&
         has_form_of(path, search.next_path, search.origin);
}

// Files beside the directory that a link leads into: "2026/04/app.log" beside "2026/05", and "3/log/app.log" where it
// led to "1/log/app.log".
Expected<std::vector<LogCollector::Sibling>> LogCollector::beside_link(const MissedSearch& search) {
  std::vector<Sibling> all;
  if (search.next_path.empty() || !is_between_links(search, search.next_path)) {
    return all;
  }
  if (const std::optional<OtherDirectory> other = one_directory_differs(search.file.real_path, search.next_path)) {
    const Expected<const Listing*> listed = list(other->above);
    if (!listed) {
      return listed.error();
    }
    for (const std::string& directory : (*listed)->directories) {
      const std::string path = directory + other->below;
      const Expected<FileInfo> info = file_system_.stat(path);
      if (info && info->type == FileType::kRegular) {
        all.push_back({path, *info});
      }
    }
    return all;
  }
  const Expected<const Listing*> above = list(parent_directory(parent_directory(search.next_path)));
  if (!above) {
    return above.error();
  }
  for (const std::string& directory : (*above)->directories) {
    const Expected<const Listing*> listed = list(directory);
    if (!listed) {
      return listed.error();
    }
    std::copy_if((*listed)->files.begin(), (*listed)->files.end(), std::back_inserter(all),
                 [&](const Sibling& one) { return is_between_links(search, one.path); });
  }
  return all;
}

// Judged by its name and its age.
bool LogCollector::may_be_missed(const MissedSearch& search, const Sibling& candidate) const {
  const FileInfo& info = candidate.info;
  const std::string_view name = file_name(candidate.path);
  if (!has_name_of_missed(search, candidate.path) ||
      (search.successor != nullptr && key_of(info) == key_of(*search.successor))) {
    return false;
  }
  if (is_compressed_name(name)) {
    // The time of birth of a compressed file is new, and its last change is that of its content, or any later one.
    // Where it was made from the file, which was never read, the last change is that of the log that this is a copy of.
    const bool own = search.file.offset() == 0 && uncompressed_name(candidate.path) == search.file.path();
    return can_decompress(name) && (own || is_between(search.file, info, nullptr, true)) &&
           !is_beside_original(candidate.path) && !is_of_unread_one(candidate.path);
  }
  return is_between(search.file, info, search.successor, search.in_place());
}

// kCopy: it holds nothing but what was read, or will be, in others. `few`: only a few lines, and it may go on.
LogCollector::Content LogCollector::compare_missed(const MissedSearch& search, const Sibling& candidate, bool& few) {
  const Expected<std::unique_ptr<File>> content = open_if_still(candidate.path, candidate.info);
  const Expected<FileInfo> info = content ? (*content)->info() : Expected<FileInfo>(content.error());
  if (!info) {  // of what was compressed
    return Content::kLater;
  }
  // The content of the file, which may be forgotten already, or of another.
  const Content one = search.intact == 0 ? compare_with_gone(search.file, **content)
                                         : compare_with(search.file, candidate.path, *info, **content, nullptr);
  if (one == Content::kLater) {
    return one;
  }
  const Content other = compare_with_known(candidate.path, *info, **content, nullptr);
  if (other == Content::kLater) {
    return other;
  }
  const Expected<bool> unread = is_of_unread(&search.file, search.origin, *info, **content);
  if (!unread) {
    return Content::kLater;
  }
  if (one != Content::kCopy && other != Content::kCopy && !*unread) {
    return Content::kNew;
  }
  const Expected<std::size_t> lines = first_lines(**content, info->size);
  few = lines && *lines < ContentMatch::kBannerLines && !can_decompress(candidate.path);
  return open_if_still(candidate.path, candidate.info) ? Content::kCopy : Content::kLater;
}

// `last`: those after it are looked for elsewhere.
TailedFile& LogCollector::adopt(const std::string& origin, const Sibling& candidate, bool last) {
  auto missed = std::make_unique<TailedFile>(candidate.path, candidate.info, false);
  missed->rotated = true;
  missed->replaced = last;
  missed->origin = origin;
  missed->generation = generation_;
  missed->own_path_seen = true;
  ++context_.counters.rotations;
  TailedFile& added = add(std::move(missed));
  enqueue(added);
  return added;
}

// Whether the file that was compressed is still there: it is read itself.
bool LogCollector::is_beside_original(const std::string& compressed) const {
  return static_cast<bool>(file_system_.stat(std::string(uncompressed_name(compressed))));
}

// Whether the file that was compressed was found, but nothing was read of it: what becomes of it is decided when it is
// gone. What was read of others is compared.
bool LogCollector::is_of_unread_one(const std::string& compressed) const {
  const std::string_view original = uncompressed_name(compressed);
  return std::any_of(files_.begin(), files_.end(), [&](const Files::value_type& entry) {
    return !entry.second->finished() && entry.second->offset() == 0 && entry.second->path() == original;
  });
}

// Whether `candidate`, of which `info` is, is a copy of what `file`, if not null, or another one that was or is written
// under `origin`, holds now and perhaps was not read yet.
Expected<bool> LogCollector::is_of_unread(TailedFile* file, const std::string& origin, const FileInfo& info,
                                          File& candidate) {
  std::vector<TailedFile*> family;
  if (file != nullptr) {
    family.push_back(file);
  }
  for (const auto& [key, known] : files_) {
    if (known.get() != file && !known->finished() && known->written_under() == origin) {
      family.push_back(known.get());
    }
  }
  for (TailedFile* known : family) {
    std::unique_ptr<File> opened;
    const Expected<File*> now = content_now(*known, opened);
    Expected<bool> own = !now              ? Expected<bool>(now.error())
                         : *now == nullptr ? false
                                           : is_beginning_of(**now, info, candidate);
    if (!own || *own) {
      return own;
    }
  }
  const Expected<std::unique_ptr<File>> next = open_other(origin);
  if (!next) {
    return next.error().code == ErrorCode::kNotFound ? false : Expected<bool>(next.error());
  }
  return is_beginning_of(**next, info, candidate);
}

// Whether a file that was rotated away, and may have been overwritten, holds the beginning of a file of its log of
// which nothing was read yet: once that was read, it is decided what this is. Of files that hold the same, one does not
// wait for the others. True also if that cannot be told now.
bool LogCollector::is_of_unread_log(TailedFile& file, const FileInfo& info) {
  const Expected<std::size_t> lines = file.rotated ? first_lines(file.content(), info.size) : std::size_t{0};
  if (!file.rotated || (lines && *lines < 2 && info.size <= kFingerprintBytes)) {  // too few for a copy
    return false;
  }
  const auto begins = [&](File& original, bool longer) {
    const Expected<FileInfo> now = original.info();
    if (now && now->size < info.size + (longer ? 1 : 0)) {
      return false;
    }
    const Expected<bool> same = now ? begin_alike(original, file.content(), info.size) : Expected<bool>(now.error());
    return !same || *same;
  };
  for (const auto& [key, other] : files_) {
    if (other.get() == &file || other->finished() || other->offset() > 0 || other->holds_lines() ||
        other->written_under() != file.origin) {
      continue;
    }
    std::unique_ptr<File> opened;
    const Expected<File*> content = content_now(*other, opened);
    const bool first = other->rotated && file.key().inode < key.inode;
    if (!content || (*content != nullptr && begins(**content, first))) {
      return true;
    }
  }
  const Expected<std::unique_ptr<File>> next = open_other(file.origin);
  const Expected<FileInfo> found = next ? (*next)->info() : Expected<FileInfo>(next.error());
  if (!found) {
    return found.error().code != ErrorCode::kNotFound;
  }
  return !knows(*found) && is_watched(file.origin) && begins(**next, false);
}

// A few lines that are not all may be a banner.
Expected<bool> LogCollector::is_beginning_of(File& original, const FileInfo& info, File& candidate) {
  const Expected<FileInfo> now = original.info();
  const Expected<std::size_t> lines = now ? first_lines(candidate, info.size) : Expected<std::size_t>(now.error());
  if (!lines) {
    return lines.error();
  }
  const bool few = *lines < ContentMatch::kBannerLines && info.size <= kFingerprintBytes;
  if (info.size > now->size || key_of(*now) == key_of(info) || (few && info.size < now->size)) {
    return false;
  }
  return begin_alike(original, candidate, info.size);
}

}  // namespace leeway
