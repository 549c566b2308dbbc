// LogCollector and files that no longer hold what was read of them: edited, written anew, truncated or overwritten.
// ROTATION.md states the rules.
#include <algorithm>
#include <array>

#include "collectors/tail/log_collector.h"

namespace leeway {

// Whether the file that took the name of `file`, which is gone, is its content written anew: by an editor, `sed -i`,
// rsync, `head`. If so it is continued there, and `file` is forgotten. True also if that cannot be told now.
bool LogCollector::continues_in(TailedFile& file, const FileInfo& successor) {
  TailedFile* const next = fresh_successor(file, successor);
  if (next == nullptr || file.offset() == 0) {
    return false;
  }
  const Expected<std::unique_ptr<File>> content = open_if_still(file.path(), successor);
  if (!content) {
    return content.error().code != ErrorCode::kNotFound;
  }
  const Expected<ContentMatch> match = file.compare(**content);
  if (!match) {
    return true;
  }
  const Expected<bool> version = is_version(file, **content, *match);
  if (!version) {
    return true;
  }
  if (!match->whole && !match->is_cut() && !(*version && match->has_most())) {
    return !name_edit(file, **content, *match, *version);
  }
  if (!match->whole && !match->is_cut() && !match->diverged && !waited(file.missing, options_.rotate_wait) &&
      !finishing_) {
    return true;  // it may go on like another log
  }
  if (match->few()) {
    if (match->lines > 1) {
      name_gap(Gap::kAmbiguousContent, "'" + file.path() + "' was written anew and begins with " +
                                           std::to_string(match->lines) +
                                           " lines that were read before: it is read from its beginning");
    }
    return false;
  }
  const std::uint64_t position = match->whole ? file.offset() : match->position;
  if (!next->resume_at(**content, file.print(), position, file.content_born())) {
    return true;
  }
  const std::string sentence = "'" + file.path() + "' was written anew: it is continued after its first " +
                               std::to_string(position) + " bytes, which were read before";
  if (position < std::min(file.offset(), successor.size)) {
    name_gap(Gap::kRewritten, sentence + "; what was read of it after them was edited, and may be counted twice");
  } else {
    note(sentence);
  }
  enqueue(*next);
  forget(file);
  return true;
}

// The file that took the name of `file`, if nothing was read of it. It may have been seen under another name before,
// and taken for a copy.
TailedFile* LogCollector::fresh_successor(const TailedFile& file, const FileInfo& successor) {
  const Files::iterator known = files_.find(key_of(successor));
  if (known != files_.end()) {
    return known->second->fresh() ? known->second.get() : nullptr;
  }
  if (file.rotated || !is_remembered_copy(successor) || !is_watched(file.path())) {
    return nullptr;
  }
  copies_.erase(key_of(successor));
  TailedFile& next = add(std::make_unique<TailedFile>(file.path(), successor, false));
  found(next, file.path(), successor);
  return &next;
}

// Whether the content is a version of that of `file`, cut or edited somewhere behind `match.position`: not where
// another content begins with most of these lines too, which are a banner then. Not each line has a mark.
Expected<bool> LogCollector::is_version(const TailedFile& file, File& content, const ContentMatch& match) {
  if (!match.has_much() || file.print().repeats()) {
    return false;
  }
  std::array<char, kFingerprintBytes> buffer;
  const Expected<std::size_t> head = read_fully(content, 0, buffer);
  const Expected<std::uint64_t> former = head ? file.lines_of_former(content) : Expected<std::uint64_t>(head.error());
  if (!former || *former * 2 >= match.lines) {
    return former ? false : Expected<bool>(former.error());
  }
  for (const auto& [key, other] : files_) {
    const bool same = other.get() == &file || other->content_born() == file.content_born();
    if (same || other->differs_from({buffer.data(), *head})) {
      continue;
    }
    const Expected<ContentMatch> theirs = other->compare(content);
    if (!theirs || theirs->lines * 2 >= match.lines) {
      return theirs ? false : Expected<bool>(theirs.error());
    }
  }
  return true;
}

// If the content may be an edited version of `file`, which is counted again, that is named. False: it cannot be told
// now.
bool LogCollector::name_edit(const TailedFile& file, File& content, const ContentMatch& match, bool version) {
  const Expected<bool> edited = file.print().is_edited_in(content);
  if (edited && (*edited || version)) {
    const std::string where =
        match.position == 0 ? "in its first lines" : "after its first " + std::to_string(match.position) + " bytes";
    name_gap(Gap::kRewritten, "'" + file.path() + "' " +
                                  (*edited ? "was edited " : "differs from what it held before ") + where +
                                  ": its lines are counted again");
  }
  return static_cast<bool>(edited);
}

// As if it had just been found: it is to be decided what it is.
void LogCollector::begin_anew(TailedFile& file, const FileInfo& info) {
  auto fresh = std::make_unique<TailedFile>(file.path(), info, false);
  fresh->generation = file.generation;
  fresh->own_path_seen = file.own_path_seen;
  fresh->rotated = file.rotated;
  fresh->replaced = file.replaced;
  fresh->copied = file.copied;
  fresh->origin = file.origin;
  keep_known(forget(file));
  enqueue(add(std::move(fresh)));
}

void LogCollector::truncated(TailedFile& file) {
  const bool waits = file.emptied != MonotonicTime{} && !finishing_;
  if (waits && context_.now - file.examined < options_.look_wait) {
    return;
  }
  file.examined = context_.now;
  if (!find_name(file) && !waited(file.emptied, options_.search_wait)) {
    return;
  }
  const Expected<FileInfo> info = file.info();
  const Expected<ContentMatch> match = info ? file.compare(file.content()) : Expected<ContentMatch>(info.error());
  if (!match) {
    return;  // the next sweep finds it changed again
  }
  const Expected<bool> version = is_version(file, file.content(), *match);
  if (!version) {
    return;
  }
  if (match->is_cut() && *version) {  // an editor removed its last lines
    continue_at(file, match->position, info->size);
    return;
  }
  if (match->whole && file.print().has_lines()) {  // only the line at the position, which was not finished
    continue_at(file, file.offset(), file.offset());
    return;
  }
  if (waits_for_original(file.path(), *info) && !waited(file.emptied, options_.search_wait)) {
    return;
  }
  const Content content = compare_with_known(file.path(), *info, file.content(), nullptr);
  if (content == Content::kCopy || content == Content::kRest || is_of_unread_log(file, *info)) {
    // An older copy was overwritten by a newer one.
    if (info->links == 0) {
      keep_known(forget(file));
    } else if (open_if_still(file.path(), *info)) {  // else it was renamed: left to the next discovery
      begin_anew(file, *info);
    }
    return;
  }
  const bool last_attempt = waited(file.emptied, options_.search_wait);
  if (content == Content::kLater && !last_attempt) {
    return;
  }
  const Expected<bool> recovered = resume_in_copy(file, last_attempt);
  const bool complete = recovered && adopt_missed_generations(file, nullptr) != Missed::kUnknown;
  const bool may_differ = !match->diverged && *version;  // once it goes on, from what was read
  if (!complete || (!*recovered && (may_differ || may_become_copy(file.path(), *info)))) {
    if (!waited(file.emptied, complete ? options_.rotate_wait : options_.search_wait)) {
      return;
    }
  }
  begin_again(file, recovered, *match, *version, info->size);
}

// It holds what was read of it up to `position`, of `size` bytes.
void LogCollector::continue_at(TailedFile& file, std::uint64_t position, std::uint64_t size) {
  if (position < size && position < file.offset()) {
    name_gap(Gap::kRewritten, "'" + file.path() + "' was changed after its first " + std::to_string(position) +
                                  " bytes: lines after them may be counted twice");
  }
  file.rewind(context_, position);
  enqueue(file);
}

// Whether a file beside it, also one that begins with only a few lines of it, holds all that was read of `file`.
bool LogCollector::is_in_another(const TailedFile& file) {
  const Expected<std::vector<Sibling>> others = siblings_of(file);
  return others && std::any_of(others->begin(), others->end(), [&](const Sibling& other) {
           if (key_of(other.info) == file.key() || other.info.size < file.offset()) {
             return false;
           }
           const Expected<std::unique_ptr<File>> content = open_if_still(other.path, other.info);
           const Expected<ContentMatch> match =
               content ? file.compare(**content) : Expected<ContentMatch>(content.error());
           return match && match->whole;
         });
}

// A truncated file, of which no copy is left to be looked for.
void LogCollector::begin_again(TailedFile& file, const Expected<bool>& recovered, const ContentMatch& match,
                               bool version, std::uint64_t size) {
  if (!recovered) {
    name_gap(Gap::kFileMissing,
             "a copy of '" + file.path() + "' could not be looked for: " + recovered.error().message);
  } else if (file.offset() > 0 && !file.print().has_lines()) {
    name_gap(Gap::kAmbiguousContent, "'" + file.path() +
                                         "' was truncated and held nothing but zeros before the line at " +
                                         std::to_string(file.offset()) + ": which file is its copy is not certain");
  } else if (!*recovered && version && match.has_most()) {
    continue_at(file, match.position, size);
    return;
  } else if (!*recovered && match.is_cut()) {
    name_gap(Gap::kAmbiguousContent,
             "'" + file.path() + "' was cut and too little is left to be recognised: it is read from its beginning");
  } else if (!*recovered && file.offset() > 0 && !file.read_before() && !is_in_another(file)) {
    name_gap(Gap::kFileMissing, "'" + file.path() +
                                    "' was truncated while nobody looked: what was written to it after " +
                                    std::to_string(file.offset()) + " bytes is not counted");
  } else if (!*recovered && !name_edit(file, file.content(), match, version)) {
    return;
  }
  file.start_over(context_, (recovered && *recovered) || file.offset() == 0);
  enqueue(file);
}

}  // namespace leeway
