#include "collectors/files/file_sets.h"

#include <xxhash.h>

#include <algorithm>
#include <utility>

namespace leeway {
namespace {

constexpr std::size_t kMinSetState = 10;  // bytes

std::uint64_t hash_of(const std::string& bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

// Never 0, which stands for no set.
std::uint64_t stamp_of(std::span<const SetMember> members) {
  StateWriter out;
  for (const SetMember& member : members) {
    out.text(member.path);
    member.stamp.save(out);
  }
  return hash_of(out.take()) | 1;
}

void save_set(const FileSet& set, StateWriter& out) {
  out.u8(static_cast<std::uint8_t>((set.partial ? 1 : 0) | (set.has_content ? 2 : 0)));
  for (const std::uint64_t number : {set.content, set.stamp, set.shape, set.at, set.position, set.gone_since}) {
    out.u64(number);
  }
  out.i64(set.modified.time_since_epoch().count());
  out.u64(set.order.size());
  for (const std::uint64_t hash : set.order) {
    out.u64(hash);
  }
}

void load_set(StateReader& in, FileSet& set) {
  const std::uint8_t flags = in.u8();
  set.partial = (flags & 1) != 0;
  set.has_content = (flags & 2) != 0;
  for (std::uint64_t* number : {&set.content, &set.stamp, &set.shape, &set.at, &set.position, &set.gone_since}) {
    *number = in.u64();
  }
  set.modified = TimePoint(Duration(in.i64()));
  for (std::uint64_t left = in.count(); left > 0 && in.ok(); --left) {
    set.order.push_back(in.u64());
  }
}

}  // namespace

std::uint64_t content_of(std::span<const SetMember> members) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(members.size());
  for (const SetMember& member : members) {
    hashes.push_back(member.hash);
  }
  std::sort(hashes.begin(), hashes.end());
  return XXH3_64bits(hashes.data(), hashes.size() * sizeof(std::uint64_t));
}

void FileSet::drop_partial() {
  has_content = has_content && !partial;
  partial = false;
  order.clear();
  at = 0;
  position = 0;
}

FileSet* FileSets::find(std::string_view key) {
  const Map::iterator found = sets_.find(key);
  return found == sets_.end() ? nullptr : &found->second;
}

void FileSets::begin() {
  for (auto& [key, set] : sets_) {
    set.found.clear();
  }
}

void FileSets::add(const std::string& key, SetMember member) { sets_[key].found.push_back(std::move(member)); }

void FileSets::end(MonotonicTime now, std::uint64_t generation, std::size_t limit) {
  std::vector<std::pair<std::uint64_t, std::string>> gone;
  for (auto& [key, set] : sets_) {
    if (set.found.empty()) {
      set.gone_since = set.gone_since == 0 ? generation : set.gone_since;
      set.found_stamp = 0;
      if (!set.at_hand) {
        gone.emplace_back(set.gone_since, key);
      }
      continue;
    }
    set.gone_since = 0;
    set.newest = kNoTime;
    for (const SetMember& member : set.found) {
      set.newest = std::max(set.newest, member.stamp.modified);
    }
    const std::uint64_t stamp = stamp_of(set.found);
    if (stamp != set.found_stamp) {
      set.found_stamp = stamp;
      set.found_since = now;
    }
  }
  std::sort(gone.begin(), gone.end());
  for (std::size_t i = 0; i < gone.size() && sets_.size() > limit; ++i) {
    sets_.erase(gone[i].second);
  }
}

void FileSets::save(StateWriter& out) const {
  out.u64(sets_.size());
  for (const auto& [key, set] : sets_) {
    out.text(key);
    save_set(set, out);
  }
}

void FileSets::load(StateReader& in) {
  sets_.clear();
  for (std::uint64_t left = in.count(kMinSetState); left > 0 && in.ok(); --left) {
    FileSet& set = sets_[std::string(in.text())];
    load_set(in, set);
  }
}

}  // namespace leeway
