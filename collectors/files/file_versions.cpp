#include "collectors/files/file_versions.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace leeway {

void FileStamp::save(StateWriter& out) const {
  out.u64(inode);
  out.u64(size);
  out.i64(modified.time_since_epoch().count());
  out.u64(companion);
}

void FileStamp::load(StateReader& in) {
  inode = in.u64();
  size = in.u64();
  modified = TimePoint(Duration(in.i64()));
  companion = in.u64();
}

FileVersion* FileVersions::find(std::string_view path) {
  const Map::iterator at = files_.find(path);
  return at == files_.end() ? nullptr : &at->second;
}

FileVersion* FileVersions::find_stamp(const FileStamp& stamp) {
  if (by_inode_.empty()) {
    for (auto& [path, version] : files_) {
      by_inode_.emplace(version.stamp.inode, &version);
    }
    for (FileVersion& version : displaced_) {
      by_inode_.emplace(version.stamp.inode, &version);
    }
  }
  const auto [begin, end] = by_inode_.equal_range(stamp.inode);
  const auto at = std::find_if(begin, end, [&](const auto& entry) {
    return entry.second->state != FileVersion::State::kNew && entry.second->stamp == stamp;
  });
  return at == end ? nullptr : at->second;
}

void FileVersions::displace(const FileVersion& version) {
  if (version.state == FileVersion::State::kNew) {
    return;
  }
  forget_index();
  displaced_.push_back(version);
  displaced_.back().error.clear();
  if (displaced_.size() > kMaxDisplaced) {
    displaced_.pop_front();
  }
}

void FileVersions::prune(std::size_t limit) {
  if (files_.size() <= limit) {
    return;
  }
  forget_index();
  std::vector<std::pair<std::uint64_t, Map::iterator>> gone;
  for (Map::iterator at = files_.begin(); at != files_.end(); ++at) {
    const FileVersion& version = at->second;
    if (version.gone_since != 0 && !version.present && !version.at_hand) {
      gone.emplace_back(at->second.gone_since, at);
    }
  }
  std::sort(gone.begin(), gone.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [since, at] : gone) {
    if (files_.size() <= limit) {
      return;
    }
    files_.erase(at);
  }
}

namespace {

void save_version(const FileVersion& version, StateWriter& out) {
  out.u8(static_cast<std::uint8_t>(version.state));
  version.stamp.save(out);
  out.u8(version.has_hash ? 1 : 0);
  out.u64(version.hash);
  out.u64(version.position);
  out.u64(version.shape);
  out.i64(version.modified.time_since_epoch().count());
  out.u64(version.gone_since);
  out.text(version.error);
}

void load_version(StateReader& in, FileVersion& version) {
  constexpr auto kLast = static_cast<std::uint8_t>(FileVersion::State::kBroken);
  version.state = static_cast<FileVersion::State>(std::min(in.u8(), kLast));
  version.stamp.load(in);
  version.has_hash = in.u8() != 0;
  version.hash = in.u64();
  version.position = in.u64();
  version.shape = in.u64();
  version.modified = TimePoint(Duration(in.i64()));
  version.gone_since = in.u64();
  version.error = in.text();
}

}  // namespace

void FileVersions::save(StateWriter& out) const {
  out.u64(files_.size());
  for (const auto& [path, version] : files_) {
    out.text(path);
    save_version(version, out);
  }
  out.u64(displaced_.size());
  for (const FileVersion& version : displaced_) {
    save_version(version, out);
  }
}

void FileVersions::load(StateReader& in) {
  forget_index();
  files_.clear();
  displaced_.clear();
  const std::uint64_t files = in.count();
  for (std::uint64_t i = 0; i < files && in.ok(); ++i) {
    FileVersion& version = files_[std::string(in.text())];
    load_version(in, version);
  }
  const std::uint64_t displaced = in.count();
  for (std::uint64_t i = 0; i < displaced && in.ok(); ++i) {
    load_version(in, displaced_.emplace_back());
  }
}

}  // namespace leeway
