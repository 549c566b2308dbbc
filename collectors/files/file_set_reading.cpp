// Part of FileCollector: reads versions that several files form together.
#include <algorithm>

#include "collectors/files/file_collector.h"

namespace leeway {

void FileCollector::start_set(const std::string& key) {
  FileSet* const set = sets_.find(key);
  if (set == nullptr || set->found.empty()) {
    return;
  }
  set->last_attempt = now_;
  set->retry = false;
  set->at_hand = true;
  set_ = ActiveSet{key, set->found, set->found_stamp};
  std::sort(set_->members.begin(), set_->members.end(), [](const SetMember& a, const SetMember& b) {
    return a.stamp.modified != b.stamp.modified ? a.stamp.modified < b.stamp.modified : a.path < b.path;
  });
  current_ = {set->newest, until_.has_value()};
}

// Opens the next member, or passes over one whose content is known.
void FileCollector::next_member() {
  if (set_->at == set_->members.size()) {
    set_examined();
    return;
  }
  SetMember& member = set_->members[set_->at];
  FileVersion* const version = versions_.find(member.path);
  if (version == nullptr) {
    leave_set(true);
    return;
  }
  const bool known = version->state == FileVersion::State::kRead && version->stamp == member.stamp && !version->fresh;
  if (!set_->reading && known) {
    version->error.clear();
    member.hash = version->hash;
    ++set_->at;
    return;
  }
  std::unique_ptr<File> file;
  const Expected<FileInfo> info = open(member.path, file);
  if (!info && info.error().code != ErrorCode::kNotFound) {
    fail(*version, info.error().message);
    return;
  }
  if (!info || stamp_of(member.path, *info) != member.stamp) {
    if (finishing_) {
      fail_changed(*version, member.path);
    } else {
      leave_set(true);  // the next discovery sees the change
    }
    return;
  }
  take_in_hand(*version, member.path, member.stamp, std::move(file));
}

void FileCollector::member_examined(FileVersion& version) {
  version.state = FileVersion::State::kRead;
  version.stamp = active_->stamp;
  version.hash = reader_->hash();
  version.has_hash = true;
  version.position = 0;
  version.error.clear();
  version.fresh = is_fresh(version.stamp);
  set_->fresh = set_->fresh || version.fresh;
  set_->members[set_->at].hash = version.hash;
  ++set_->at;
  stop();
}

// The content of all members is known. Empty ones are no part of it.
void FileCollector::set_examined() {
  FileSet& set = active_set();
  std::erase_if(set_->members, [&](const SetMember& member) {
    const FileVersion* const version = versions_.find(member.path);
    return version == nullptr || version->state != FileVersion::State::kRead;
  });
  const std::uint64_t content = content_of(set_->members);
  const bool same = set.has_content && set.content == content;
  const bool resumes = set.partial && same && resume_set(set);
  if (set.partial && !resumes) {
    ++totals_.rejects["replaced_while_reading"];
    set.drop_partial();
  }
  if (set_->members.empty() || (same && !resumes) || was_renamed(set, content)) {
    if (!set_->members.empty() && !is_left_out()) {
      totals_.unchanged += set.stamp == set_->stamp ? 0 : 1;
      totals_.newest = std::max(totals_.newest, current_.modified);
      set.modified = current_.modified;
    }
    end_set();
    return;
  }
  set_->reading = true;
  set_->at = set.at;
  set_->content = content;
  current_.held_back = current_.held_back && !resumes;
}

// Puts the members into the order in which the version was begun, whatever their names are now.
bool FileCollector::resume_set(const FileSet& set) {
  std::vector<SetMember> left = set_->members;
  std::vector<SetMember> ordered;
  for (const std::uint64_t hash : set.order) {
    const auto found =
        std::find_if(left.begin(), left.end(), [&](const SetMember& member) { return member.hash == hash; });
    if (found == left.end()) {
      return false;
    }
    ordered.push_back(std::move(*found));
    left.erase(found);
  }
  set_->members = std::move(ordered);
  return set.at < set_->members.size();
}

// A directory that was read under another name is not read again.
bool FileCollector::was_renamed(FileSet& set, std::uint64_t content) {
  if (set.has_content) {
    return false;
  }
  for (const auto& [key, other] : sets_.all()) {
    if (other.found.empty() && other.has_content && !other.partial && other.content == content) {
      set.has_content = true;
      set.content = content;
      set.shape = other.shape;
      return true;
    }
  }
  return false;
}

void FileCollector::begin_member(FileVersion& version, RecordBatch& out) {
  FileSet& set = active_set();
  if (reader_->hash() != set_->members[set_->at].hash) {
    fail_changed(version, active_->path);
    return;
  }
  if (!begin(version, set.position, set.shape, out)) {
    return;
  }
  version.error.clear();
  const bool first = !set.partial;
  if (first) {
    set.partial = true;
    set.has_content = true;
    set.content = set_->content;
    set.order.clear();
    for (const SetMember& member : set_->members) {
      set.order.push_back(member.hash);
    }
  }
  if (!current_.held_back) {
    mark(set.content, {.first = first, .columns = reader_->columns()}, out);
  }
}

void FileCollector::end_member() {
  FileSet& set = active_set();
  stop();
  set.position = 0;
  set.at = ++set_->at;
  if (set_->at < set_->members.size()) {
    return;
  }
  count_read();
  set.modified = is_left_out() ? set.modified : current_.modified;
  set.partial = false;
  end_set();
}

void FileCollector::end_set() {
  FileSet& set = active_set();
  set.order.clear();
  set.at = 0;
  set.position = 0;
  set.stamp = set_->stamp;
  set.fresh = set_->fresh;
  leave_set(false);
}

void FileCollector::leave_set(bool retry) {
  stop();
  FileSet& set = active_set();
  set.retry = retry;
  set.at_hand = false;
  set_.reset();
}

// An empty member adds no records; with one that is broken, the version is not complete.
void FileCollector::reject_member(FileVersion& version, const ReadStep& step) {
  const bool is_new = !is_left_out() && count_reject(version, step.reason);
  version.state = FileVersion::State::kBroken;
  version.stamp = active_->stamp;
  version.has_hash = false;
  if (step.reason == "empty" && !set_->reading) {
    version.error.clear();
    if (is_new) {
      note("'" + active_->path + "' is empty: it adds no records to its version");
    }
    stop();
    ++set_->at;
    return;
  }
  if (!is_left_out()) {
    version.error = unreadable(step);
  }
  if (is_new) {
    note(version.error + "; the last good version of its set stays");
  }
  FileSet& set = active_set();
  if (set.partial) {
    set.drop_partial();
  }
  set.stamp = set_->stamp;
  leave_set(false);
}

}  // namespace leeway
