// Part of FileCollector: versions that cannot be read, or not to their end.
#include <utility>

#include "collectors/files/file_collector.h"

namespace leeway {

// The version was overwritten before its end: what was read of it is kept, the rest no longer exists.
void FileCollector::abandon(FileVersion& version) {
  ++totals_.rejects["changed_while_reading"];
  if (set_) {
    active_set().drop_partial();
    leave_set(true);
    return;
  }
  version.state = FileVersion::State::kBroken;
  version.has_hash = false;
  version.position = 0;
  stop();
}

// Whether that version was not known to be broken.
bool FileCollector::count_reject(const FileVersion& version, const std::string& reason) {
  const bool known = version.state == FileVersion::State::kBroken && version.stamp == active_->stamp;
  totals_.rejects[reason] += known ? 0 : 1;
  return !known;
}

void FileCollector::reject(FileVersion& version, const ReadStep& step) {
  if (set_) {
    reject_member(version, step);
    return;
  }
  if (is_left_out()) {
    version.state = FileVersion::State::kBroken;
    version.stamp = active_->stamp;
    stop();
    return;
  }
  const bool is_new = count_reject(version, step.reason);
  if (version.state == FileVersion::State::kPartial) {
    version.has_hash = false;
    version.position = 0;
  }
  version.state = FileVersion::State::kBroken;
  version.stamp = active_->stamp;
  version.error = unreadable(step);
  if (is_new) {
    note(version.error + "; its last good version stays");
  }
  version.fresh = is_fresh(version.stamp);
  stop();
}

std::string FileCollector::unreadable(const ReadStep& step) const {
  return "'" + active_->path + "' cannot be read (" + step.reason + "): " + step.message;
}

void FileCollector::fail_changed(FileVersion& version, const std::string& path) {
  fail(version, "'" + path + "' changed while it was read");
}

void FileCollector::fail(FileVersion& version, const std::string& message) {
  version.error = message;
  version.retry = true;
  if (set_) {
    leave_set(true);
  }
  stop();
}

void FileCollector::note(std::string sentence) {
  if (notes_.size() < kMaxNotes) {
    notes_.push_back(std::move(sentence));
  }
}

}  // namespace leeway
