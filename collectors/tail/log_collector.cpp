#include "collectors/tail/log_collector.h"

#include <algorithm>
#include <utility>

#include "collectors/decode/cell_text.h"

namespace leeway {
namespace {

constexpr std::uint8_t kStateVersion = 6;
constexpr std::size_t kMinFileState = 12;  // bytes
constexpr std::size_t kMinCopyState = 4;
constexpr std::size_t kMinChangeState = 2;
// Marks of content in a saved state: of all files together, but a few of each.
constexpr std::size_t kMaxSavedMarks = 8192;
constexpr std::size_t kMinMarks = 8;

}  // namespace

LogCollector::LogCollector(LogPaths paths, const TailOptions& options, FileSystem& files,
                           std::unique_ptr<Decoder> decoder, const Schema& schema)
    : paths_(std::move(paths)),
      options_(options),
      file_system_(files),
      decoder_(std::move(decoder)),
      columns_(schema.size()),
      json_fields_(schema),
      context_{files, *decoder_, options_, LineJoiner(options_.join)} {
  context_.read_size = options_.chunk;
  if (paths_.fields) {
    path_columns_ = paths_.fields->columns(schema);
  }
}

Expected<PollState> LogCollector::poll(Budget budget, RecordBatch& out) {
  out.reset(columns_);
  if (!discovered_) {
    const Expected<void> discovered = discover();
    if (!discovered) {
      return discovered.error();
    }
  }
  if (queue_.empty()) {
    sweep();
    sweep_closed();
  }
  return read_next(budget, out);
}

Expected<PollState> LogCollector::finish(Budget budget, RecordBatch& out) {
  out.reset(columns_);
  if (!finishing_) {
    finishing_ = true;
    for (const auto& [key, file] : files_) {
      if (file->unread() > 0) {
        file->finalize = true;
        enqueue(*file);
      }
    }
  }
  return read_next(budget, out);
}

void LogCollector::read_one(TailedFile& file, Budget budget, RecordBatch& out) {
  in_use_ = &file;
  read_in_use(file, budget, out);
  in_use_ = nullptr;
}

void LogCollector::read_in_use(TailedFile& file, Budget budget, RecordBatch& out) {
  file.last_used = ++reads_;
  context_.goes_on = goes_on(file);
  if (finishing_ && context_.goes_on) {  // it is read with the other one
    return;
  }
  if ((!file.is_open() && !open(file)) || (file.fresh() && !decide(file))) {
    return;
  }
  file.begins = file.begins || (file.offset() == 0 && file.changed_since_found());
  if (file.begins && !search_before_beginning(file)) {
    file.decided = false;
    return;
  }
  if (!carry_lines(file)) {
    return;
  }
  const std::size_t rows = out.rows();
  const bool was_finished = file.finished();
  const std::uint64_t offset = file.offset();
  context_.limit = limit_of(file, budget.until);
  reached_ = std::max(reached_, file.due());
  const TailedFile::ReadResult result = file.read(context_, out, budget.bytes, file.finalize);
  context_.carried.clear();
  add_path_fields(file, rows, out);
  json_fields_.fill(static_cast<Row>(rows), out, context_.counters.decode);
  file.begins = file.begins && file.offset() == 0;
  file.before_others = file.before_others && result == TailedFile::ReadResult::kMore;
  switch (result) {
    case TailedFile::ReadResult::kMore:
      requeue(file, file.offset() > offset ? file.offset() - offset : 0);
      break;
    case TailedFile::ReadResult::kCaughtUp:
      file.finalize = false;
      applied_lines_ =
          applied_lines_ || (file.finished() && !was_finished) || (out.rows() == rows && file.offset() != offset);
      // It stays open because its writer may still live: sweep() sees growth. Compressed content does not grow.
      if (file.finished() && file.compressed()) {
        close(file);
      }
      if (file.finished() && file.deleted) {
        static_cast<void>(resume_in_copy(file, true));  // if that fails now, nothing is known to be missing
      }
      break;
    case TailedFile::ReadResult::kTruncated:
      truncated(file);
      break;
    case TailedFile::ReadResult::kFailed:
      if (!file.is_open()) {
        std::erase(open_, &file);
      }
      break;
  }
}

// Of the records from `row` on. The fields of a rotated log are those of the name that it was written under.
void LogCollector::add_path_fields(const TailedFile& file, std::size_t row, RecordBatch& out) {
  if (path_columns_.empty() || row == out.rows() || !paths_.fields->match(file.written_under(), path_groups_)) {
    return;
  }
  for (const NamedPattern::Column& wanted : path_columns_) {
    const std::string_view text = path_groups_[wanted.group];
    const Value value =
        text.data() == nullptr ? Value::missing() : text_value(out.own(text), out, context_.counters.decode);
    for (std::size_t i = row; i < out.rows(); ++i) {
      out.cell(wanted.column, static_cast<Row>(i)) = value;
    }
  }
}

bool LogCollector::open(TailedFile& file) {
  if (open_.size() >= options_.max_open_files && !close_least_used()) {
    file.set_error("the limit of open files is reached");
    return false;
  }
  Expected<void> opened = file.open(file_system_);
  if (!opened && opened.error().code == ErrorCode::kIo && close_least_used()) {  // perhaps no descriptor was left
    opened = file.open(file_system_);
  }
  if (!opened) {
    // A file that no longer exists is not an error: the next discovery finds out what happened to it.
    file.set_error(opened.error().code == ErrorCode::kNotFound ? "" : opened.error().message);
    return false;
  }
  file.attached = true;
  open_.push_back(&file);
  return true;
}

void LogCollector::close(TailedFile& file) {
  file.close();
  std::erase(open_, &file);
}

bool LogCollector::close_least_used() {
  const auto before = [](const TailedFile& a, const TailedFile& b) {
    return a.finished() != b.finished() ? a.finished() : a.last_used < b.last_used;
  };
  TailedFile* least = nullptr;
  for (TailedFile* file : open_) {
    if (file != in_use_ && (file->attached || file->finished()) && (least == nullptr || before(*file, *least))) {
      least = file;
    }
  }
  if (least != nullptr) {
    close(*least);
  }
  return least != nullptr;
}

// Finds growth of open files without a discovery.
void LogCollector::sweep() {
  for (TailedFile* file : open_) {
    const Expected<FileInfo> info = file->info();
    if (info && (file->changed(*info) || file->continues_in_zeros() || file->record_is_due(context_))) {
      file->observe(*info);
      enqueue(*file);
    }
  }
}

// The same of files that have no descriptor, a part of them each second.
void LogCollector::sweep_closed() {
  if (context_.now - closed_swept_ < kClosedInterval) {
    return;
  }
  closed_swept_ = context_.now;
  if (closed_.empty() && open_.size() < files_.size()) {
    closed_ = keys();
  }
  for (std::size_t looks = 0; looks < kMaxClosedLooks && !closed_.empty(); closed_.pop_back()) {
    const Files::const_iterator found = files_.find(closed_.back());
    if (found == files_.end() || found->second->is_open() || !found->second->attached || found->second->compressed()) {
      continue;
    }
    ++looks;
    TailedFile& file = *found->second;
    const Expected<FileInfo> info = file_system_.stat(file.path());
    if (info && file.is(*info) && file.changed(*info)) {
      file.observe(*info);
      enqueue(file);
    }
  }
}

TailedFile& LogCollector::add(std::unique_ptr<TailedFile> file) {
  TailedFile& added = *file;
  files_[added.key()] = std::move(file);
  return added;
}

std::unique_ptr<TailedFile> LogCollector::forget(TailedFile& file) {
  std::erase(open_, &file);
  queue_.erase(file);  // it may be added again
  return std::move(files_.extract(file.key()).mapped());
}

void LogCollector::save(StateWriter& out) const {
  out.u8(kStateVersion);
  out.u8(started_ ? 1 : 0);
  context_.counters.save(out);
  const std::size_t max_marks = std::max(kMinMarks, kMaxSavedMarks / std::max<std::size_t>(files_.size(), 1));
  out.u64(files_.size());
  for (const auto& [key, file] : files_) {
    file->save(out, max_marks);
  }
  out.u64(copies_.size());
  for (const auto& [key, copy] : copies_) {
    out.u64(key.device);
    out.u64(key.inode);
    out.u64(copy.size);
    out.i64(copy.born.time_since_epoch().count());
  }
  out.u64(watches_.size());
  for (const auto& [directory, watch] : watches_) {
    out.text(directory);
    out.i64(watch.since.time_since_epoch().count());
  }
}

// Sets `since` to now if it is no time; whether `wait` has passed since then.
bool LogCollector::waited(MonotonicTime& since, Duration wait) const {
  if (since == MonotonicTime{}) {
    since = context_.now;
  }
  return context_.now - since >= wait;
}

void LogCollector::name_gap(Gap gap, const std::string& sentence) {
  ++context_.counters.gaps[static_cast<std::size_t>(gap)];
  note(sentence);
}

void LogCollector::note(const std::string& sentence) {
  if (notes_.size() < kMaxNotes) {
    notes_.push_back(sentence);
  } else {
    ++more_notes_;
  }
}

std::vector<std::string> LogCollector::take_notes() {
  if (more_notes_ > 0) {
    notes_.push_back("and " + std::to_string(std::exchange(more_notes_, 0)) + " more such files");
  }
  return std::exchange(notes_, {});
}

void LogCollector::inherit_open_files(Collector& predecessor) {
  auto* const before = dynamic_cast<LogCollector*>(&predecessor);
  if (before == nullptr) {
    return;
  }
  for (TailedFile* file : before->open_) {
    const Files::iterator own = files_.find(file->key());
    if (own != files_.end() && !own->second->is_open()) {
      own->second->take_file(*file);
      own->second->attached = file->attached;
      own->second->deleted = file->deleted;
      open_.push_back(own->second.get());
    }
  }
  before->open_.clear();
}

Expected<void> LogCollector::load(StateReader& in) {
  const std::uint8_t version = in.u8();
  if (in.ok() && (version == 0 || version > kStateVersion)) {
    return Error{ErrorCode::kNewerVersion, "state of a log source has version " + std::to_string(version)};
  }
  const bool started = in.u8() != 0;
  TailCounters counters;
  counters.load(in, version);
  std::vector<std::unique_ptr<TailedFile>> loaded;
  for (std::uint64_t left = in.count(kMinFileState); left > 0 && in.ok(); --left) {
    auto file = std::make_unique<TailedFile>();
    file->load(in, version);
    loaded.push_back(std::move(file));
  }
  std::unordered_map<FileKey, Copy, FileKeyHash> copies;
  for (std::uint64_t left = version > 1 ? in.count(kMinCopyState) : 0; left > 0 && in.ok(); --left) {
    FileKey key;
    key.device = in.u64();
    key.inode = in.u64();
    Copy& copy = copies[key];
    copy.size = in.u64();
    copy.born = TimePoint(Duration(in.i64()));
  }
  std::map<std::string, Watch> watches;
  for (std::uint64_t left = version > 4 ? in.count(kMinChangeState) : 0; left > 0 && in.ok(); --left) {
    const std::string directory(in.text());
    watches[directory].since = TimePoint(Duration(in.i64()));
  }
  if (!in.ok()) {
    return Error{ErrorCode::kCorrupt, "state of a log source ends early or is malformed"};
  }
  started_ = started;
  context_.counters = std::move(counters);
  copies_ = std::move(copies);
  watches_ = std::move(watches);
  for (std::unique_ptr<TailedFile>& file : loaded) {
    add(std::move(file));
  }
  return {};
}

void LogCollector::report(SourceStatus& out) const {
  context_.counters.report(out);
  out.reject_examples = context_.examples.by_reason();
  out.lag_bytes = 0;
  out.open_files = static_cast<std::uint64_t>(
      std::count_if(open_.begin(), open_.end(), [](const TailedFile* file) { return !file->finished(); }));
  out.unreadable_files = problems_.size();
  out.paths = quoted_patterns(paths_.patterns);
  out.matching_files = matching_;
  out.files.clear();
  for (const auto& [path, problem] : problems_) {
    if (out.files.size() < options_.max_reported_files) {
      out.files.push_back({path, 0, 0, "unreadable", problem});
    }
  }
  for (const auto& [key, file] : files_) {
    out.lag_bytes += file->unread();
    out.unreadable_files += file->error().empty() || (file->finished() && file->unread() == 0) ? 0 : 1;
    if (!file->finished() && out.files.size() < options_.max_reported_files) {
      out.files.push_back(file->status());
    }
  }
  std::sort(out.files.begin(), out.files.end(),
            [](const FileStatus& a, const FileStatus& b) { return a.path < b.path; });
}

}  // namespace leeway
