// What FileCollector remembers across runs, and what it reports.
#include <algorithm>

#include "collectors/files/file_collector.h"

namespace leeway {
namespace {

constexpr std::uint8_t kStateVersion = 2;
constexpr std::uint8_t kStateWithoutSets = 1;

// The reason in a sentence of unreadable(); "" in any other.
std::string reason_in(const std::string& error, const std::string& path) {
  const std::string start = "'" + path + "' cannot be read (";
  const std::size_t end = error.starts_with(start) ? error.find("): ", start.size()) : std::string::npos;
  return end == std::string::npos ? "" : error.substr(start.size(), end - start.size());
}

}  // namespace

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
  sets_.save(out);
}

Expected<void> FileCollector::load(StateReader& in) {
  const std::uint8_t state_version = in.u8();
  if (state_version != kStateVersion && state_version != kStateWithoutSets) {
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
  if (state_version != kStateWithoutSets) {
    sets_.load(in);
  }
  return in.expect_end();
}

TimePoint FileCollector::stalest() const {
  if (options_.replaces_any) {
    return totals_.newest;
  }
  TimePoint stalest = kNoTime;
  const auto see = [&](std::uint64_t gone_since, TimePoint modified) {
    if (gone_since == 0 && modified != kNoTime && (stalest == kNoTime || modified < stalest)) {
      stalest = modified;
    }
  };
  if (by_set()) {
    for (const auto& [key, set] : sets_.all()) {
      see(set.gone_since, set.modified);
    }
    return stalest;
  }
  for (const auto& [path, version] : versions_.all()) {
    see(version.gone_since, version.modified);
  }
  return stalest;
}

bool FileCollector::is_waiting(const std::string& path, const FileVersion& version) const {
  if (version.held || !by_set()) {
    return version.held || (version.error.empty() && wants_reading(version));
  }
  const FileSets::Map::const_iterator set = sets_.all().find(set_of(path));
  return version.error.empty() && set != sets_.all().end() && set->second.wants_reading();
}

void FileCollector::report_file(const std::string& path, const FileVersion& version, SourceStatus& out) const {
  const bool at_hand = active_ && active_->path == path;
  const bool waiting = is_waiting(path, version);
  const std::uint64_t applied = at_hand && !by_set() ? active_->applied : 0;
  out.lag_bytes += waiting ? version.seen.size - std::min(version.seen.size, applied) : 0;
  out.unreadable_files += version.error.empty() ? 0 : 1;
  if (const std::string reason = reason_in(version.error, path); !reason.empty()) {
    ++out.damaged_files[reason];
  }
  if (out.files.size() >= kMaxReported) {
    return;
  }
  const bool empty = version.state == FileVersion::State::kBroken && version.error.empty();
  const char* const state = !version.error.empty() ? "unreadable"
                            : at_hand              ? "open"
                            : waiting              ? "waiting"
                            : empty                ? "empty"
                                                   : "read";
  const std::string why = version.held ? "waits for '" + options_.marker + "' in its directory" : version.error;
  out.files.push_back({path, waiting ? applied : version.seen.size, version.seen.size, state, why});
}

void FileCollector::report(SourceStatus& out) const {
  out.bytes = bytes_;
  out.records = records_;
  out.rejects = counts_.rejects;
  out.reject_examples = examples_.by_reason();
  out.anomalies = counts_.anomalies;
  out.open_files = active_ ? 1 : 0;
  out.paths = quoted_patterns(paths_.patterns);
  out.matching_files = matching_;
  out.versions = totals_;
  out.versions->stalest = stalest();
  for (const auto& [path, version] : versions_.all()) {
    if (version.gone_since == 0) {
      report_file(path, version, out);
    }
  }
  if (set_ && set_->reading) {
    out.lag_bytes -= std::min(out.lag_bytes, current_.bytes);
  }
  for (const auto& [path, problem] : problems_) {
    ++out.unreadable_files;
    out.files.push_back({path, 0, 0, "unreadable", problem});
  }
}

}  // namespace leeway
