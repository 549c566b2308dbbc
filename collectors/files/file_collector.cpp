#include "collectors/files/file_collector.h"

#include <xxhash.h>

#include <algorithm>

#include "collectors/decode/cell_text.h"

namespace leeway {
namespace {

constexpr std::uint8_t kStateVersion = 1;

}  // namespace

FileCollector::FileCollector(FilePaths paths, const FileOptions& options, FileSystem& files,
                             std::unique_ptr<FileReader> reader, const Schema& schema)
    : paths_(std::move(paths)),
      options_(options),
      file_system_(files),
      reader_(std::move(reader)),
      columns_(schema.size()),
      path_columns_(paths_.fields ? paths_.fields->columns(schema) : std::vector<NamedPattern::Column>()) {}

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
  }
  return read_next(budget, out);
}

PollState FileCollector::read_next(Budget budget, RecordBatch& out) {
  out.reset(columns_);
  if (!active_) {
    if (queue_.empty()) {
      return PollState::kIdle;
    }
    const std::string path = queue_.extract(queue_.begin()).value().second;
    start(path);
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
  version->at_hand = true;
  active_ = Active{path, stamp, std::move(file)};
  active_->held_back = until_.has_value();
  if (!path_columns_.empty() && !paths_.fields->match(active_->path, active_->path_fields)) {
    active_->path_fields.clear();
  }
  reader_->open({path, active_->file.get(), stamp.size});
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
    fail(version, "'" + active_->path + "' changed while it was read");
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
      take_up(version, out);
      break;
  }
  return PollState::kMore;
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
  if (version.state == FileVersion::State::kPartial && !resumes) {
    ++totals_.rejects["replaced_while_reading"];
    version.state = FileVersion::State::kNew;
    version.has_hash = false;
  }
  const ReadStep begun = reader_->begin(resumes ? version.position : 0, out);
  out.reset(columns_);
  if (begun.state == ReadStep::State::kFailed) {
    fail(version, begun.message);
    return;
  }
  if (begun.state == ReadStep::State::kBroken) {
    reject(version, begun);
    return;
  }
  if (version.shape != 0 && version.shape != reader_->shape()) {
    ++counts_.anomalies["header_changed"];
  }
  version.shape = reader_->shape();
  version.state = FileVersion::State::kPartial;
  version.stamp = active_->stamp;
  version.hash = reader_->hash();
  version.has_hash = true;
  version.position = reader_->position();
  version.error.clear();
  active_->prepared = true;
  active_->held_back = until_ && !resumes;
  step_counts_ = {};
  if (!resumes && !until_) {
    mark(version, {.first = true, .columns = reader_->columns()}, out);
  }
}

void FileCollector::mark(const FileVersion& version, FileVersionPart part, RecordBatch& out) const {
  part.file = XXH3_64bits(active_->path.data(), active_->path.size());
  part.id = version.hash;
  part.modified = version.stamp.modified;
  out.set_file_version(part);
}

PollState FileCollector::read(Budget budget, RecordBatch& out) {
  FileVersion& version = *versions_.find(active_->path);
  if (!active_->held_back) {
    step_counts_.rejects.clear();
    step_counts_.anomalies.clear();
  }
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
  } else if (step.state == ReadStep::State::kDone) {
    if (!is_left_out()) {
      ++totals_.read;
      totals_.newest = std::max(totals_.newest, version.stamp.modified);
    }
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
      out.set_time(row, version.stamp.modified);
    }
  }
  active_->applied += step.bytes;
  version.position = reader_->position();
  const bool last = step.state == ReadStep::State::kDone;
  leave_out(out);
  const bool begins = active_->held_back && (out.rows() > 0 || (last && !is_left_out()));
  if (active_->held_back && !begins) {
    out.reset(columns_);
    return;
  }
  active_->held_back = false;
  add_path_fields(out);
  mark(version,
       {.first = begins, .last = last, .columns = begins ? reader_->columns() : std::span<const std::string>()}, out);
  add_counts(counts_.rejects, step_counts_.rejects);
  add_counts(counts_.anomalies, step_counts_.anomalies);
  bytes_ += begins ? active_->applied : step.bytes;
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
  active_->cut = active_->cut || kept.size() < out.rows();
  out.retain(kept);
}

// The version was overwritten before its end: what was read of it is kept, the rest no longer exists.
void FileCollector::abandon(FileVersion& version) {
  ++totals_.rejects["changed_while_reading"];
  version.state = FileVersion::State::kBroken;
  version.has_hash = false;
  version.position = 0;
  stop();
}

void FileCollector::end_version(FileVersion& version) {
  version.state = FileVersion::State::kRead;
  version.stamp = active_->stamp;
  version.modified = is_left_out() ? kNoTime : active_->stamp.modified;
  version.position = 0;
  version.error.clear();
  version.fresh = now_ != kNoTime && now_ - active_->stamp.modified < kFresh;
  stop();
}

void FileCollector::reject(FileVersion& version, const ReadStep& step) {
  if (is_left_out()) {
    version.state = FileVersion::State::kBroken;
    version.stamp = active_->stamp;
    stop();
    return;
  }
  const bool known = version.state == FileVersion::State::kBroken && version.stamp == active_->stamp;
  totals_.rejects[step.reason] += known ? 0 : 1;
  if (version.state == FileVersion::State::kPartial) {
    version.has_hash = false;
    version.position = 0;
  }
  version.state = FileVersion::State::kBroken;
  version.stamp = active_->stamp;
  version.error = "'" + active_->path + "' cannot be read (" + step.reason + "): " + step.message;
  version.fresh = now_ != kNoTime && now_ - version.stamp.modified < kFresh;
  stop();
}

void FileCollector::fail(FileVersion& version, const std::string& message) {
  version.error = message;
  version.retry = true;
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

void FileCollector::save(StateWriter& out) const {
  out.u8(kStateVersion);
  out.u64(generation_);
  out.u64(bytes_);
  out.u64(records_);
  save_counts(counts_.rejects, out);
  save_counts(counts_.anomalies, out);
  out.u64(totals_.read);
  out.u64(totals_.unchanged);
  save_counts(totals_.rejects, out);
  out.i64(totals_.newest.time_since_epoch().count());
  versions_.save(out);
}

Expected<void> FileCollector::load(StateReader& in) {
  if (in.u8() != kStateVersion) {
    return Error{ErrorCode::kCorrupt, "not the state of a file source"};
  }
  generation_ = in.u64();
  bytes_ = in.u64();
  records_ = in.u64();
  load_counts(counts_.rejects, in);
  load_counts(counts_.anomalies, in);
  totals_.read = in.u64();
  totals_.unchanged = in.u64();
  load_counts(totals_.rejects, in);
  totals_.newest = TimePoint(Duration(in.i64()));
  versions_.load(in);
  return in.expect_end();
}

void FileCollector::report(SourceStatus& out) const {
  out.bytes = bytes_;
  out.records = records_;
  out.rejects = counts_.rejects;
  out.anomalies = counts_.anomalies;
  out.open_files = active_ ? 1 : 0;
  out.versions = totals_;
  for (const auto& [path, version] : versions_.all()) {
    if (version.gone_since != 0) {
      continue;
    }
    TimePoint& stalest = out.versions->stalest;
    if (version.modified != kNoTime && (stalest == kNoTime || version.modified < stalest)) {
      stalest = version.modified;
    }
    const bool at_hand = active_ && active_->path == path;
    const std::uint64_t applied = at_hand ? active_->applied : 0;
    const bool waiting = version.error.empty() && wants_reading(version);
    out.lag_bytes += waiting ? version.seen.size - std::min(version.seen.size, applied) : 0;
    out.unreadable_files += version.error.empty() ? 0 : 1;
    if (out.files.size() < kMaxReported) {
      const std::string state = !version.error.empty() ? "unreadable" : at_hand ? "open" : waiting ? "waiting" : "read";
      out.files.push_back({path, waiting ? applied : version.seen.size, version.seen.size, state, version.error});
    }
  }
  for (const auto& [path, problem] : problems_) {
    ++out.unreadable_files;
    out.files.push_back({path, 0, 0, "unreadable", problem});
  }
}

}  // namespace leeway
