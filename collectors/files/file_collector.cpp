#include "collectors/files/file_collector.h"

#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "collectors/decode/cell_text.h"

namespace leeway {

FileCollector::FileCollector(FilePaths paths, const FileOptions& options, FileSystem& files,
                             std::unique_ptr<FileReader> reader, const Schema& schema)
    : paths_(std::move(paths)),
      options_(options),
      file_system_(files),
      reader_(std::move(reader)),
      columns_(schema.size()),
      path_columns_(paths_.fields ? paths_.fields->columns(schema) : std::vector<NamedPattern::Column>()),
      json_fields_(schema) {}

FileCollector::~FileCollector() { stop(); }

Expected<PollState> FileCollector::poll(Budget budget, RecordBatch& out) { return read_next(budget, out); }

Expected<PollState> FileCollector::finish(Budget budget, RecordBatch& out) {
  if (!finishing_) {
    finishing_ = true;
    for (auto& [path, version] : versions_.all()) {
      if (version.present && version.error.empty()) {
        consider(path, version);
      }
    }
    for (const auto& [key, set] : sets_.all()) {
      consider(key, set);
    }
  }
  return read_next(budget, out);
}

PollState FileCollector::read_next(Budget budget, RecordBatch& out) {
  out.reset(columns_);
  if (!active_ && set_) {
    next_member();
    return PollState::kMore;
  }
  if (!active_) {
    if (queue_.empty()) {
      return PollState::kIdle;
    }
    const std::string key = queue_.extract(queue_.begin()).value().second;
    if (by_set()) {
      start_set(key);
    } else {
      start(key);
    }
    return PollState::kMore;
  }
  return active_->prepared ? read(budget, out) : prepare(budget, out);
}

// When finishing there is nothing else to do meanwhile.
PollState FileCollector::wait() {
  if (!finishing_) {
    return PollState::kWaiting;
  }
  reader_->wait();
  return PollState::kMore;
}

// An isolated reader opens the file itself. The file must not be opened here: closing it releases the locks that this
// process has on it.
Expected<FileInfo> FileCollector::open(const std::string& path, std::unique_ptr<File>& file) {
  if (reader_->is_isolated()) {
    return file_system_.stat(path);
  }
  Expected<std::unique_ptr<File>> opened = file_system_.open(path, OpenMode::kRead);
  if (!opened) {
    return std::move(opened).error();
  }
  file = std::move(*opened);
  return file->info();
}

void FileCollector::start(const std::string& path) {
  FileVersion* const version = versions_.find(path);
  if (version == nullptr) {
    return;
  }
  version->last_attempt = now_;
  version->retry = false;
  std::unique_ptr<File> file;
  const Expected<FileInfo> info = open(path, file);
  if (!info) {
    if (info.error().code != ErrorCode::kNotFound) {
      fail(*version, info.error().message);
    }
    return;
  }
  const FileStamp stamp = stamp_of(path, *info);
  if (stamp != version->seen && !finishing_ && options_.pace.settle > Duration::zero()) {
    version->seen = stamp;
    version->seen_since = now_;
    return;
  }
  version->seen = stamp;
  current_ = {stamp.modified, until_.has_value()};
  take_in_hand(*version, path, stamp, std::move(file));
}

void FileCollector::take_in_hand(FileVersion& version, const std::string& path, const FileStamp& stamp,
                                 std::unique_ptr<File> file) {
  version.at_hand = true;
  active_ = Active{path, stamp, std::move(file)};
  if (!path_columns_.empty() && !paths_.fields->match(active_->path, active_->path_fields)) {
    active_->path_fields.clear();
  }
  const bool read_before = version.state == FileVersion::State::kRead && version.has_hash;
  reader_->open({path, active_->file.get(), stamp.size, read_before ? version.stamp.size : 0, version.hash});
}

bool FileCollector::changed_meanwhile() const {
  if (reader_->is_isolated()) {
    return false;
  }
  const Expected<FileInfo> info = active_->file->info();
  return !info || info->size != active_->stamp.size || info->modified != active_->stamp.modified;
}

PollState FileCollector::prepare(Budget budget, RecordBatch& out) {
  FileVersion& version = *versions_.find(active_->path);
  const ReadStep step = reader_->prepare(budget, out);
  out.reset(columns_);
  if (changed_meanwhile()) {
    fail_changed(version, active_->path);
    return PollState::kMore;
  }
  switch (step.state) {
    case ReadStep::State::kMore:
      break;
    case ReadStep::State::kWaiting:
      return wait();
    case ReadStep::State::kBroken:
      reject(version, step);
      break;
    case ReadStep::State::kFailed:
      fail(version, step.message);
      break;
    case ReadStep::State::kDone:
      if (!set_) {
        take_up(version, out);
      } else if (set_->reading) {
        begin_member(version, out);
      } else {
        member_examined(version);
      }
      break;
  }
  return PollState::kMore;
}

// The file's content is known: goes to `position` of it. `shape` is that of the version before.
bool FileCollector::begin(FileVersion& version, std::uint64_t position, std::uint64_t& shape, RecordBatch& out) {
  const ReadStep begun = reader_->begin(position, out);
  out.reset(columns_);
  if (begun.state == ReadStep::State::kFailed) {
    fail(version, begun.message);
    return false;
  }
  if (begun.state == ReadStep::State::kBroken) {
    reject(version, begun);
    return false;
  }
  if (shape != 0 && shape != reader_->shape()) {
    ++counts_.anomalies["header_changed"];
  }
  shape = reader_->shape();
  active_->prepared = true;
  step_counts_ = {};
  step_examples_.clear();
  return true;
}

void FileCollector::take_up(FileVersion& version, RecordBatch& out) {
  const bool same = version.has_hash && version.hash == reader_->hash();
  const bool resumes = version.state == FileVersion::State::kPartial && same;
  if (version.stamp != active_->stamp) {
    versions_.displace(version);
  }
  if (same && !resumes) {
    if (!is_left_out()) {
      totals_.unchanged += version.stamp == active_->stamp ? 0 : 1;
      totals_.newest = std::max(totals_.newest, active_->stamp.modified);
    }
    end_version(version);
    return;
  }
  if (reader_->has_grown() && !std::exchange(version.noted_growth, true)) {
    note("'" + active_->path +
         "' was appended to, and all of it is read again with each version; if it is a log, read it with type = "
         "\"log\", "
         "which reads each line once");
  }
  if (version.state == FileVersion::State::kPartial && !resumes) {
    ++totals_.rejects["replaced_while_reading"];
    version.state = FileVersion::State::kNew;
    version.has_hash = false;
  }
  if (!begin(version, resumes ? version.position : 0, version.shape, out)) {
    return;
  }
  version.state = FileVersion::State::kPartial;
  version.stamp = active_->stamp;
  version.hash = reader_->hash();
  version.has_hash = true;
  version.position = reader_->position();
  version.error.clear();
  current_.held_back = current_.held_back && !resumes;
  if (!resumes && !current_.held_back) {
    mark(version.hash, {.first = true, .columns = reader_->columns()}, out);
  }
}

void FileCollector::mark(std::uint64_t content, FileVersionPart part, RecordBatch& out) const {
  const std::string& name = set_ ? set_->key : active_->path;
  part.file = options_.replaces_any ? 0 : XXH3_64bits(name.data(), name.size());
  part.id = content;
  part.path = out.own(name);
  part.modified = current_.modified;
  out.set_file_version(part);
}

PollState FileCollector::read(Budget budget, RecordBatch& out) {
  FileVersion& version = *versions_.find(active_->path);
  if (!current_.held_back) {
    step_counts_.rejects.clear();
    step_counts_.anomalies.clear();
    step_examples_.clear();
  }
  step_examples_.begin(active_->path);
  step_counts_.examples = &step_examples_;
  const ReadStep step = reader_->read(budget, out, step_counts_);
  const bool changed = changed_meanwhile();
  if (changed || step.state == ReadStep::State::kFailed) {
    out.reset(columns_);
    if (changed) {
      abandon(version);
    } else {
      fail(version, step.message);
    }
    return PollState::kMore;
  }
  if (step.state == ReadStep::State::kWaiting) {
    return wait();
  }
  apply(version, step, out);
  if (step.state == ReadStep::State::kBroken) {
    reject(version, step);
  } else if (step.state == ReadStep::State::kDone && set_) {
    end_member();
  } else if (step.state == ReadStep::State::kDone) {
    count_read();
    end_version(version);
  }
  return PollState::kMore;
}

void FileCollector::add_path_fields(RecordBatch& out) const {
  for (const NamedPattern::Column& wanted : path_columns_) {
    const std::string_view text =
        active_->path_fields.empty() ? std::string_view() : active_->path_fields[wanted.group];
    DecodeCounts ignored;
    const Value value = text.data() == nullptr ? Value() : text_value(out.own(text), out, ignored);
    for (Row row = 0; row < out.rows(); ++row) {
      out.cell(wanted.column, row) = value;
    }
  }
}

void FileCollector::apply(FileVersion& version, const ReadStep& step, RecordBatch& out) {
  for (Row row = 0; row < out.rows(); ++row) {
    if (out.times()[row] == kNoTime) {
      out.set_time(row, current_.modified);
    }
  }
  active_->applied += step.bytes;
  current_.bytes += step.bytes;
  (set_ ? active_set().position : version.position) = reader_->position();
  const bool last = step.state == ReadStep::State::kDone && (!set_ || set_->at + 1 == set_->members.size());
  leave_out(out);
  const bool begins = current_.held_back && (out.rows() > 0 || (last && !is_left_out()));
  if (current_.held_back && !begins) {
    out.reset(columns_);
    return;
  }
  current_.held_back = false;
  add_path_fields(out);
  json_fields_.fill(0, out, step_counts_);
  mark(set_ ? active_set().content : version.hash,
       {.first = begins, .last = last, .columns = begins ? reader_->columns() : std::span<const std::string>()}, out);
  add_counts(counts_.rejects, step_counts_.rejects);
  add_counts(counts_.anomalies, step_counts_.anomalies);
  examples_.take(step_examples_);
  bytes_ += begins ? current_.bytes : step.bytes;
  records_ += out.rows();
}

void FileCollector::leave_out(RecordBatch& out) {
  if (!until_) {
    return;
  }
  std::vector<Row> kept;
  for (Row row = 0; row < out.rows(); ++row) {
    if (out.times()[row] <= *until_) {
      kept.push_back(row);
    }
  }
  current_.cut = current_.cut || kept.size() < out.rows();
  out.retain(kept);
}

void FileCollector::count_read() {
  if (!is_left_out()) {
    ++totals_.read;
    totals_.newest = std::max(totals_.newest, current_.modified);
  }
}

void FileCollector::end_version(FileVersion& version) {
  version.state = FileVersion::State::kRead;
  version.stamp = active_->stamp;
  version.modified = is_left_out() ? kNoTime : active_->stamp.modified;
  version.position = 0;
  version.error.clear();
  version.fresh = is_fresh(version.stamp);
  stop();
}

void FileCollector::stop() {
  if (active_) {
    reader_->close();
    if (FileVersion* const version = versions_.find(active_->path)) {
      version->at_hand = false;
    }
    active_.reset();
  }
}

}  // namespace leeway
