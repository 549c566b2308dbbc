// LogCollector and the content of files: distinguishes copies and new versions of a log from other logs. ROTATION.md
// states the rules.
#include <algorithm>
#include <array>

#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

// Whether a content is at least as old as what a file holds, as far as is known. The file may be older than its
// content, which a copy may have overwritten.
bool may_be_older(TimePoint content_born, const FileInfo& file) {
  return content_born == kNoTime || file.born == kNoTime || content_born <= std::max(file.born, file.modified);
}

}  // namespace

// Judged by its name.
bool LogCollector::is_generation_of(const std::string& path, const TailedFile& file) {
  const std::string_view name = file_name(path);
  return is_generation_name(name, file_name(file.written_under())) ||
         is_generation_name(name, file_name(file.path())) || is_generation_name(name, file_name(file.real_path));
}

// The same where the file may have been found when it was rotated already.
bool LogCollector::is_of_same_log(const std::string& path, TailedFile& file) {
  return is_generation_of(path, file) || is_generation_name(file_name(path), file_name(log_of(file)));
}

// How many lines the first kFingerprintBytes of a file of `size` bytes hold.
Expected<std::size_t> LogCollector::first_lines(File& file, std::uint64_t size) {
  std::array<char, kFingerprintBytes> buffer;
  const Expected<std::size_t> read = read_fully(file, 0, std::span(buffer.data(), overlap(size)));
  if (!read) {
    return read.error();
  }
  return static_cast<std::size_t>(std::count(buffer.data(), buffer.data() + *read, '\n'));
}

// Judged by its name and its age.
bool LogCollector::may_be_copy(const TailedFile& original, const std::string& path, const FileInfo& info) {
  return is_generation_of(path, original) && original.key() != key_of(info) &&
         may_be_older(original.oldest_content(), info);
}

// An empty file with the name of a copy: its future content is not known yet.
bool LogCollector::may_become_copy(const std::string& path, const FileInfo& info) {
  return info.size == 0 && std::any_of(files_.begin(), files_.end(), [&](const Files::value_type& entry) {
           return may_be_copy(*entry.second, path, info);
         });
}

// Before the first read of a file: whether it is to be read now.
bool LogCollector::decide(TailedFile& file) {
  const Expected<FileInfo> info = file.info();
  if (!info) {
    return false;
  }
  if (info->size == 0) {  // reading it could find content that was not compared with any other
    const bool changed = file.changed_since_found();
    file.found_empty(*info);
    if (changed) {
      search_behind_empty(file);
    }
    return false;
  }
  if (is_remembered_copy(*info)) {
    forget(file);
    return false;
  }
  Content content = compare_with_known(file.path(), *info, file.content(), &file);
  if (content != Content::kCopy && content != Content::kRest && is_of_unread_log(file, *info)) {
    content = file.finalize ? Content::kLater : Content::kCopy;
  }
  if (content == Content::kCopy) {
    if (file.rotated && !file.finalize) {  // its writer may go on: if it does so differently, it is no copy
      file.found_copy(*info);
      return false;
    }
    remember_copy(*info);
    forget(file);
    return false;
  }
  if (content == Content::kUndecided || content == Content::kLater) {
    const Duration wait = content == Content::kUndecided ? options_.decide_wait : options_.search_wait;
    if (!waited(file.undecided, wait) && !finishing_) {
      if (file.compressed()) {  // its content is in memory
        close(file);
      }
      return false;
    }
    name_gap(Gap::kAmbiguousContent,
             "'" + file.path() + "' cannot be told from a copy of another log: it is read as a log of its own");
  }
  if (content == Content::kRest && rest_.beside != nullptr) {
    const bool same_name = rest_.beside->path() == file.path();
    const std::string beside = same_name ? "the file that had its name before" : "'" + rest_.beside->path() + "'";
    name_gap(Gap::kAmbiguousContent, "'" + file.path() + "' begins with all of " + beside +
                                         ", which is there unchanged: its other lines are read, and may be counted "
                                         "twice");
  }
  file.decided = true;
  const Expected<std::size_t> lines = first_lines(file.content(), info->size);
  file.compared = lines && *lines > 0 ? 0 : info->size;
  return true;
}

// `fresh`, if not null, is the file itself: where the result is kRest, its position is set to the beginning of the
// rest.
LogCollector::Content LogCollector::compare_with_known(const std::string& path, const FileInfo& info, File& content,
                                                       TailedFile* fresh) {
  std::array<char, kFingerprintBytes> buffer;
  const Expected<std::size_t> size = read_fully(content, 0, buffer);
  if (!size) {
    return Content::kLater;
  }
  const std::string_view head(buffer.data(), *size);
  rest_ = {};
  Content result = Content::kNew;
  for (const auto& [key, known] : files_) {
    if (key == key_of(info) || known->fresh() || known->differs_from(head)) {
      continue;
    }
    const Content one = compare_with(*known, path, info, content, fresh);
    if (one == Content::kCopy && fresh != nullptr && known->print().repeats() && !is_generation_of(path, *known)) {
      result = Content::kUndecided;  // two logs whose lines are all the same look like this too
      break;
    }
    if (one == Content::kCopy) {
      return one;
    }
    result = one == Content::kNew || (one == Content::kRest && result != Content::kNew) ? result : one;
  }
  if (result == Content::kRest && fresh != nullptr &&
      !fresh->resume_at(content, *rest_.print, rest_.position, rest_.content_born)) {
    return Content::kLater;
  }
  return result;
}

LogCollector::Content LogCollector::compare_with(TailedFile& known, const std::string& path, const FileInfo& info,
                                                 File& content, TailedFile* fresh) {
  const bool left_its_path = fresh != nullptr && !fresh->attached;
  const bool in_place = !left_its_path && (path == known.path() || path == known.origin);
  const Expected<ContentMatch> match = known.compare(content);
  const ContentPrint* former = nullptr;
  const Expected<ContentMatch> before = known.compare_former(content, former);
  if (!match || !before) {
    return Content::kLater;
  }
  const bool few = match->few() && (former == nullptr || before->few());
  const bool contained = match->whole && match->lines > 1;  // `known` may be a copy of it that was read first
  if (!in_place && few && !contained && !may_be_older(known.oldest_content(), info)) {
    // A copy that was made for rotation is younger than its content.
    const bool copied = match->is_beginning() && match->position >= info.size && is_of_same_log(path, known);
    return copied ? Content::kUndecided : Content::kNew;
  }
  if (former == nullptr && known.offset() > 0 && match->of_lines == 0) {  // zeros say nothing
    if (fresh != nullptr && known.queued) {
      return Content::kLater;
    }
    const bool later = fresh != nullptr && !known.finished() && may_be_copy(known, path, info);
    const Expected<std::uint64_t> size = later ? intact_size(known) : std::uint64_t{1};
    return size && *size > 0 ? Content::kNew : after(known, fresh);
  }
  // What rotation creates under the name of a log begins with the same banner, if anything; an editor may keep the
  // version before under the name of a rotated one.
  const bool all = match->whole && !match->few() && !known.print().repeats();
  if (in_place && (match->few() || (!all && is_rotated_away(known)))) {
    return Content::kNew;
  }
  if (former != nullptr && before->whole && info.size > former->end()) {
    if (!before->few() || may_be_copy(known, path, info)) {
      return read_rest(known, fresh, *former, former->end());
    }
  } else if (former != nullptr) {
    return before->whole || !before->few() ? Content::kCopy : Content::kUndecided;
  }
  if (match->whole) {
    return compare_whole(known, path, info, content, fresh, *match);
  }
  if (match->is_cut() && match->diverged && in_place) {
    return read_rest(known, fresh, known.print(), match->position);
  }
  if (match->is_beginning()) {
    return match->few() ? compare_beginning(known, info, content) : Content::kCopy;
  }
  // A copy of what is still to be read in the original, which may be truncated before.
  const bool read_next = fresh != nullptr && known.offset() == 0 && known.queued;
  if (in_place || match->diverged || (!read_next && !may_be_copy(known, path, info))) {
    return Content::kNew;
  }
  if (!known.rotated && info.size > 0) {  // only a log that is still written under its name is copied
    const Expected<bool> same = begins_like(known, info.size, content);
    if (!same) {
      return Content::kLater;
    }
    if (*same) {
      return info.size <= known.offset() || &known == in_use_ ? Content::kCopy : Content::kLater;
    }
  }
  if (match->position > 0 && fresh != nullptr) {
    const Expected<std::uint64_t> size = intact_size(known);
    if (!size || (*size == 0 && !known.finished())) {  // truncated meanwhile: this may be its copy
      return after(known, fresh);
    }
  }
  return Content::kNew;
}

// The same where `known` no longer holds what was applied of it, and is continued in a copy already, if there is one.
LogCollector::Content LogCollector::compare_with_gone(const TailedFile& known, File& content) {
  const Expected<ContentMatch> match = known.compare(content);
  const ContentPrint* former = nullptr;
  const Expected<ContentMatch> before = known.compare_former(content, former);
  if (!match || !before) {
    return Content::kLater;
  }
  const bool same = (match->whole || match->is_beginning()) && !match->few();
  return same || (former != nullptr && !before->few()) ? Content::kCopy : Content::kNew;
}

// Whether a log that is still written under its name no longer holds what was applied of it, which was not noticed yet:
// a file with the name of a copy of it may hold what it held then.
bool LogCollector::waits_for_original(const std::string& path, const FileInfo& info) {
  for (const auto& [key, known] : files_) {
    // Logs of one name in directories beside each other are different ones, and would wait for each other.
    const bool same_name = file_name(path) == file_name(known->path());
    const bool beside = !path.starts_with(parent_directory(known->path()) + '/') &&
                        !known->path().starts_with(parent_directory(path) + '/');
    const bool named =
        same_name ? !beside : file_name(path).starts_with(file_name(known->path())) || may_be_copy(*known, path, info);
    if (!named || known->rotated || known->finished() || known->offset() == 0 || path == known->path()) {
      continue;
    }
    const Expected<std::uint64_t> size = intact_size(*known);
    if (!size || *size == 0) {
      enqueue(*known);
      return true;
    }
  }
  return false;
}

// Whether the file was moved by rotation, and not by an editor that keeps the version before.
bool LogCollector::is_rotated_away(const TailedFile& file) {
  if (!file.rotated || file.deleted || file.copied) {
    return false;
  }
  const Expected<std::optional<Sibling>> found = find_sibling(file);
  return !found || !found->has_value() || is_generation_of((*found)->path, file);
}

// The furthest position is the one to continue at.
LogCollector::Content LogCollector::read_rest(const TailedFile& known, const TailedFile* fresh,
                                              const ContentPrint& print, std::uint64_t position, bool beside) {
  if (fresh != nullptr && (rest_.print == nullptr || position > rest_.position)) {
    rest_ = {&print, position, known.content_born(), beside ? &known : nullptr};
  }
  return Content::kRest;
}

// The marks of the file are those of the first lines of `known`. Where that still has its content, the rest is compared
// too.
LogCollector::Content LogCollector::compare_beginning(TailedFile& known, const FileInfo& info, File& content) {
  const Expected<std::uint64_t> size = intact_size(known);
  if (size && *size < info.size) {
    return Content::kUndecided;
  }
  return size ? compare_unread(known, info, content) : Content::kLater;
}

// What `known` has as many bytes of as the file.
LogCollector::Content LogCollector::compare_unread(TailedFile& known, const FileInfo& info, File& content) {
  const Expected<bool> same = begins_like(known, info.size, content);
  if (!same) {
    return Content::kLater;
  }
  if (*same) {
    return Content::kCopy;
  }
  const Expected<std::uint64_t> now = intact_size(known);  // truncated meanwhile?
  return now && *now >= info.size ? Content::kNew : Content::kLater;
}

// The file holds all that was applied of `known`. A copy is not longer than an original that did not change.
LogCollector::Content LogCollector::compare_whole(TailedFile& known, const std::string& path, const FileInfo& info,
                                                  File& content, TailedFile* fresh, const ContentMatch& match) {
  const Expected<std::uint64_t> size = intact_size(known);
  if (!size) {
    return Content::kLater;
  }
  if (*size == 0 && !known.finished()) {  // this may be the copy in which `known` is continued
    return after(known, fresh);
  }
  const bool named = may_be_copy(known, path, info) || (can_decompress(path) && is_of_same_log(path, known));
  if (info.size <= std::max(*size, known.offset())) {
    if (info.size > known.offset()) {
      return compare_unread(known, info, content);
    }
    return match.lines > 1 || named ? Content::kCopy : Content::kNew;
  }
  if (match.few() && !named && known.queued && known.offset() < *size) {  // more can be compared than was applied
    const Expected<bool> same = begins_like(known, *size, content);
    if (!same || !*same) {
      return same ? Content::kNew : Content::kLater;
    }
  }
  if (match.few() && !(named && known.deleted && !known.is_open())) {
    return match.lines > 1 ? Content::kUndecided : Content::kNew;
  }
  if (known.queued && known.offset() < *size) {
    return Content::kLater;
  }
  return read_rest(known, fresh, known.print(), known.offset(), *size > 0 && *size == known.offset());
}

// To be decided once `known` was looked at, which comes next if a new file waits for it.
LogCollector::Content LogCollector::after(TailedFile& known, const TailedFile* fresh) {
  if (fresh != nullptr) {
    enqueue(known);
  }
  return Content::kLater;
}

// The size of a file that still holds what was applied of it, 0 where it does not.
Expected<std::uint64_t> LogCollector::intact_size(TailedFile& file) {
  std::unique_ptr<File> opened;
  const Expected<File*> content = content_now(file, opened);
  if (!content || *content == nullptr) {
    return content ? std::uint64_t{0} : Expected<std::uint64_t>(content.error());
  }
  const Expected<ContentMatch> match = file.compare(**content);
  const Expected<FileInfo> info = match ? (*content)->info() : Expected<FileInfo>(match.error());
  if (!info) {
    return info.error();
  }
  return match->whole ? info->size : std::uint64_t{0};
}

// Null where another file has its path, or none. `opened` holds what had to be opened.
Expected<File*> LogCollector::content_now(TailedFile& file, std::unique_ptr<File>& opened) {
  if (file.is_open()) {
    return &file.content();
  }
  Expected<std::unique_ptr<File>> again = open_other(file.path());
  if (!again && again.error().code != ErrorCode::kNotFound) {
    return again.error();
  }
  if (!again) {
    return nullptr;
  }
  opened = *std::move(again);
  const Expected<FileInfo> info = opened->info();
  if (!info) {
    return info.error();
  }
  return key_of(*info) == file.key() ? opened.get() : nullptr;
}

// Whether the first `size` bytes of the file are those of the candidate, as far as a fingerprint shows.
Expected<bool> LogCollector::begins_like(TailedFile& original, std::uint64_t size, File& candidate) {
  std::unique_ptr<File> opened;
  const Expected<File*> content = content_now(original, opened);
  if (!content || *content == nullptr) {
    return content ? false : Expected<bool>(content.error());
  }
  return begin_alike(**content, candidate, size);
}

Expected<bool> LogCollector::begin_alike(File& original, File& candidate, std::uint64_t size) {
  const Expected<Fingerprint> theirs = read_fingerprint(candidate, size);
  const Expected<Fingerprint> ours = read_fingerprint(original, size);
  for (const Expected<Fingerprint>* one : {&theirs, &ours}) {
    if (!*one && one->error().code != ErrorCode::kCorrupt) {
      return one->error();
    }
  }
  return theirs && ours && *theirs == *ours;
}

void LogCollector::remember_copy(const FileInfo& info) {
  copies_[key_of(info)] = {info.size, info.born, generation_};
  if (copies_.size() > kMaxCopies) {
    copies_.erase(std::min_element(copies_.begin(), copies_.end(), [](const auto& a, const auto& b) {
      return a.second.generation < b.second.generation;
    }));
  }
}

bool LogCollector::is_remembered_copy(const FileInfo& info) {
  const auto copy = copies_.find(key_of(info));
  if (copy == copies_.end() || copy->second.size != info.size || copy->second.born != info.born) {
    return false;
  }
  copy->second.generation = generation_;
  return true;
}

}  // namespace leeway
