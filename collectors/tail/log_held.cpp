// LogCollector and records that go on in another file: where rotation came between two lines of a record, those at the
// end of the older file are read together with the beginning of the next one, in one step. Nothing of this is saved:
// the position of the older file stays before its lines until then.
#include <algorithm>

#include "collectors/tail/log_collector.h"

namespace leeway {

namespace {

// Compared first: there may be thousands of files, each with each.
bool in_same_directory(std::string_view a, std::string_view b) {
  const std::size_t name = a.rfind('/') + 1;  // 0 where there is none
  return a.substr(0, name) == b.substr(0, name) && b.find('/', name) == std::string_view::npos;
}

}  // namespace

// The name of the log that the content of a file is of, whether rotation was seen or only its name says so.
const std::string& LogCollector::log_of(TailedFile& file) {
  if (file.log_looked == generation_) {
    return file.log;
  }
  file.log_looked = generation_;
  const std::string& path = file.written_under();
  file.log = path;
  for (const auto& [key, other] : files_) {
    const std::string& base = other->written_under();
    if (base.size() < file.log.size() && in_same_directory(path, base) &&
        is_generation_name(file_name(path), file_name(base))) {
      file.log = base;
    }
  }
  return file.log;
}

bool LogCollector::is_current(const TailedFile& file) {
  return !file.rotated && !file.deleted && file.path() == file.log;
}

// Of two files of a log. A file that was compressed may have the time of that, later than all that its content was
// written before.
bool LogCollector::is_earlier(const TailedFile& a, const TailedFile& b) {
  if (is_current(a) != is_current(b)) {
    return is_current(b);
  }
  if ((a.compressed() || b.compressed()) && a.oldest_content() != kNoTime && b.oldest_content() != kNoTime) {
    return a.oldest_content() < b.oldest_content();
  }
  return a.modified() != b.modified() ? a.modified() < b.modified() : a.content_born() < b.content_born();
}

// Whether another file has the name of the log than the last discovery found: what is the order is not known.
bool LogCollector::was_rotated_since(TailedFile& file) {
  const std::string& log = log_of(file);
  const Expected<FileInfo> now = file_system_.stat(log);
  return std::any_of(files_.begin(), files_.end(), [&](const Files::value_type& entry) {
    return log_of(*entry.second) == log && is_current(*entry.second) && (!now || key_of(*now) != entry.first);
  });
}

// The file with the lines before the first one of `file`; null if none is known.
TailedFile* LogCollector::file_before(TailedFile& file) {
  const std::string& log = log_of(file);
  TailedFile* before = nullptr;
  for (const auto& [key, other] : files_) {
    const bool empty = other->offset() == 0 && other->unread() == 0 && !other->compressed();
    const bool gone = other->finished() && other->deleted;
    if (other.get() != &file && !empty && !gone && log_of(*other) == log && is_earlier(*other, file) &&
        (before == nullptr || is_earlier(*before, *other))) {
      before = other.get();
    }
  }
  return before;
}

// Whether the lines that `file` holds are read together with a file that is still to be begun.
bool LogCollector::goes_on(TailedFile& file) {
  return file.holds_lines() && std::any_of(files_.begin(), files_.end(), [&](const Files::value_type& entry) {
           TailedFile& next = *entry.second;
           return &next != &file && next.offset() == 0 && next.unread() > 0 && next.error().empty() &&
                  log_of(next) == log_of(file) && is_earlier(file, next);
         });
}

// Before the beginning of `file` is read: takes the lines that it may go on with. False: they are to be read first.
bool LogCollector::carry_lines(TailedFile& file) {
  context_.carried.clear();
  if (!options_.join.joins()) {
    return true;
  }
  if (file.offset() > 0) {
    file.undecided = {};
    return true;
  }
  if (was_rotated_since(file) && !finishing_ && !waited(file.undecided, options_.search_wait)) {
    return false;
  }
  for (TailedFile* next = &file; next == &file || next->offset() == 0;) {  // else its lines go on with its own
    next = file_before(*next);
    if (next == nullptr || next->finished()) {
      break;
    }
    if (next->queued && (next->rotated || !waited(file.undecided, options_.search_wait))) {
      queue_.erase(*next);
      next->before_others = true;
      queue_.push_first(*next);
      enqueue(file);
      return false;
    }
    const bool all_read = next->unread() == 0 || (next->read_before() && !next->rotated);
    if (!next->holds_lines() && all_read && !next->looks_truncated()) {
      break;
    }
    std::unique_ptr<File> opened;
    const Expected<File*> content = content_now(*next, opened);
    Expected<std::optional<HeldLines>> held = std::optional<HeldLines>();
    if (next->holds_lines() && content && *content != nullptr) {
      held = next->held_lines(**content);
    }
    if (!held || !held->has_value()) {  // it changes, or cannot be read at this moment
      if (finishing_ || waited(file.undecided, options_.search_wait)) {
        break;
      }
      return false;
    }
    context_.carried.insert(context_.carried.begin(), *std::move(*held));
  }
  return true;
}

}  // namespace leeway
