// LogCollector and a log that was truncated or disappeared: reads from a copy of it what was not read before.
#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "collectors/tail/log_collector.h"

namespace leeway {
namespace {

constexpr std::size_t kFirstLine = 4096;       // bytes
constexpr std::size_t kSearched = 256 * 1024;  // bytes at a time

// Where the first line of [from, size) starts that `wanted`, given it and what follows, accepts; `size`, which is the
// file's, where there is none. A line starts at `from`.
Expected<std::uint64_t> find_line(File& file, std::uint64_t from, std::uint64_t size,
                                  const std::function<bool(std::string_view)>& wanted) {
  std::vector<char> buffer(kSearched + kFirstLine);
  for (std::uint64_t at = from; at < size;) {
    const Expected<std::size_t> read = read_fully(file, at, buffer);
    if (!read) {
      return read.error();
    }
    const std::string_view text(buffer.data(), *read);
    std::size_t line = 0;
    while (line < std::min(kSearched, text.size())) {
      if (wanted(text.substr(line))) {
        return at + line;
      }
      line = text.find('\n', line);
      line = line == std::string_view::npos ? text.size() : line + 1;
    }
    at += line;
  }
  return size;
}

}  // namespace

// Finds the copy that was made before `file` was truncated or disappeared, compressed or not, and continues there. The
// error: a candidate could not be examined at this moment; if it is the `last_attempt`, another is taken, if there is
// one.
Expected<bool> LogCollector::resume_in_copy(TailedFile& file, bool last_attempt) {
  if (file.offset() == 0) {
    return false;
  }
  for (int attempt = 0; attempt < kRenameRaces; ++attempt) {
    listings_.clear();  // the copy may be younger than the last discovery
    const Expected<FoundCopy> found = find_copy(file, last_attempt);
    if (!found) {
      return found.error();
    }
    if (found->copy) {
      TailedFile* const known = find(found->copy->path, found->copy->info);
      return known != nullptr && !known->fresh() ? true : continue_in(file, *found->copy, known);
    }
    if (found->nothing_left || !found->renamed) {
      return found->nothing_left;
    }
  }
  return false;
}

// The longest of the files that hold all that was applied of `file`: a copy that was made by hand earlier may be there
// too. The error: a candidate could not be examined, and none was found, or it may be a longer one.
Expected<LogCollector::FoundCopy> LogCollector::find_copy(TailedFile& file, bool last_attempt) {
  FoundCopy found;
  std::optional<Error> refused;
  bool may_be_longer = false;
  std::uint64_t longest = 0;
  const Expected<std::vector<Sibling>> candidates = siblings_of(file);
  if (!candidates) {
    return candidates.error();
  }
  for (const Sibling& candidate : *candidates) {
    const TailedFile* const known = find(candidate.path, candidate.info);
    const bool compressed = can_decompress(candidate.path);
    const bool named = is_of_same_log(candidate.path, file);
    const bool says_nothing =
        known != nullptr && !known->fresh() && !file.print().has_lines();  // both begin with zeros
    if (key_of(candidate.info) == file.key() || says_nothing ||
        (compressed ? !named || is_beside_another(candidate.path, file) : candidate.info.size < file.offset())) {
      continue;
    }
    const Expected<std::unique_ptr<File>> content = open_if_still(candidate.path, candidate.info);
    if (!content && content.error().code == ErrorCode::kNotFound) {
      found.renamed = true;
      continue;
    }
    const Expected<ContentMatch> match = content ? file.compare(**content) : Expected<ContentMatch>(content.error());
    const Expected<FileInfo> info = match ? (*content)->info() : Expected<FileInfo>(match.error());
    if (!info) {
      refused = info.error();
      may_be_longer = may_be_longer || named;
    } else if (match->whole && !match->other_line && (named || !match->few())) {
      if (!found.copy || info->size > longest) {
        found.copy = candidate;
        longest = info->size;
      }
    } else if (compressed && match->is_beginning() &&
               (!match->few() || candidate.path.starts_with(file.path() + '.'))) {
      found.nothing_left = true;  // the rest was written after it was compressed, and read
    }
  }
  if (refused && !found.renamed && (!found.copy || (may_be_longer && !last_attempt))) {
    return *refused;
  }
  return found;
}

// Whether the file that was compressed, other than `file` itself, is still there: it is examined itself.
bool LogCollector::is_beside_another(const std::string& compressed, const TailedFile& file) const {
  return uncompressed_name(compressed) != file.path() && is_beside_original(compressed);
}

Expected<bool> LogCollector::continue_in(const TailedFile& file, const Sibling& copy, TailedFile* known) {
  const Expected<std::unique_ptr<File>> content = open_if_still(copy.path, copy.info);
  if (!content) {
    return content.error();
  }
  const Expected<const TailedFile*> furthest = furthest_in(file, copy, **content);
  if (!furthest) {
    return furthest.error();
  }
  if (*furthest == nullptr) {
    return true;
  }
  const bool more = known == nullptr && !is_generation_of(copy.path, file);
  const Expected<std::uint64_t> end = more ? end_of_copy(file, **content, (*furthest)->offset()) : TailedFile::kNoEnd;
  if (!end) {
    return end.error();
  }
  read_on(**furthest, copy, known, *end);
  return true;
}

// With its newline; empty where there is none.
Expected<std::string> LogCollector::first_line(const std::string& path) {
  const Expected<std::unique_ptr<File>> file = open_other(path);
  if (!file) {
    return file.error().code == ErrorCode::kNotFound ? std::string() : Expected<std::string>(file.error());
  }
  std::array<char, kFirstLine> buffer;
  const Expected<std::size_t> read = read_fully(**file, 0, buffer);
  if (!read) {
    return read.error();
  }
  const std::string_view text(buffer.data(), *read);
  return std::string(text.substr(0, text.find('\n') + 1));
}

// Where the copy of `file` ends in a file that does not have the name of one, and may hold more, or be written to
// together with the log: where another generation of the log begins.
Expected<std::uint64_t> LogCollector::end_of_copy(const TailedFile& file, File& content, std::uint64_t position) {
  const std::string& origin = file.written_under();
  const Expected<FileInfo> info = content.info();
  const Expected<std::string> now = info ? first_line(origin) : info.error();
  if (!now) {
    return now.error();
  }
  std::vector<const ContentPrint*> others;
  for (const auto& [key, known] : files_) {
    if (known.get() != &file && known->written_under() == origin) {
      others.push_back(&known->print());
    }
  }
  return find_line(content, position, info->size, [&](std::string_view text) {
    return (!now->empty() && text.starts_with(*now)) ||
           std::any_of(others.begin(), others.end(), [&](const ContentPrint* one) { return one->begins(text); });
  });
}

// The one of `file` and of the copies of it that were read further in which the content was read furthest; null if all
// of the candidate was read, or that one is still being read: when it is gone, it is looked for itself.
Expected<const TailedFile*> LogCollector::furthest_in(const TailedFile& file, const Sibling& candidate,
                                                      File& content) const {
  const Expected<FileInfo> info = content.info();  // of what was compressed
  const Expected<ContentMatch> own = info ? file.compare(content) : Expected<ContentMatch>(info.error());
  if (!own) {
    return own.error();
  }
  const TailedFile* furthest = &file;
  for (const auto& [key, other] : files_) {
    if (key == key_of(candidate.info) || other.get() == &file || other->fresh()) {
      continue;
    }
    const ContentPrint* former = nullptr;
    const Expected<ContentMatch> match = other->compare(content);
    const Expected<ContentMatch> before = other->compare_former(content, former);
    if (!match || !before) {
      return match ? before.error() : match.error();
    }
    const bool all = match->is_beginning() && other->offset() >= info->size;
    if ((all && match->lines > own->lines) || (former != nullptr && before->lines > own->lines)) {
      return nullptr;  // the rest is of another log that begins alike
    }
    if (match->whole && other->offset() >= furthest->offset()) {
      furthest = other.get();
    }
  }
  return furthest == &file || furthest->finished() ? furthest : nullptr;
}

void LogCollector::read_on(const TailedFile& file, const Sibling& candidate, TailedFile* known, std::uint64_t end) {
  if (known == nullptr) {
    known = &add(file.resume_in(candidate.path, candidate.info, end));
  } else {
    known->resume_from(file);
    queue_.erase(*known);
    known->rotated = true;
    known->replaced = true;
    known->copied = true;
    known->origin = file.written_under();
  }
  copies_.erase(known->key());
  known->generation = generation_;
  known->own_path_seen = true;
  enqueue(*known);
}

}  // namespace leeway
