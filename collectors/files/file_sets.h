// Files that form a version together (`version = "directory"` or "all"): which content of a set was read last, how far,
// and whether the set has changed since. This part of a file source's state is saved. Used by FileCollector.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/state_io.h"
#include "collectors/files/file_versions.h"

namespace leeway {

// What one version consists of.
enum class VersionUnit : std::uint8_t { kFile, kDirectory, kAll };

struct SetMember {
  std::string path;
  FileStamp stamp;
  std::uint64_t hash = 0;  // of its content, once that is known
};

// The content of all members, whatever their names and order.
std::uint64_t content_of(std::span<const SetMember> members);

struct FileSet {
  // --- saved ---
  bool partial = false;                // `content` was read up to `position` of the member `at`
  bool has_content = false;            // `content` was read to its end, or is being read
  std::uint64_t content = 0;           // content_of() the last good version
  std::uint64_t stamp = 0;             // of the set that was examined last; 0: none
  TimePoint modified = kNoTime;        // of the newest file of the last good version
  std::uint64_t shape = 0;             // of the columns of the member that was read last
  std::vector<std::uint64_t> order{};  // partial: the hashes of its members, in the order in which they are read
  std::uint64_t at = 0;
  std::uint64_t position = 0;
  std::uint64_t gone_since = 0;  // discovery that found no file of it any more; 0 while there is one

  // --- of this run ---
  std::vector<SetMember> found{};  // by the last discovery, by path
  std::uint64_t found_stamp = 0;
  MonotonicTime found_since{};
  TimePoint newest = kNoTime;  // of `found`
  TimePoint last_attempt = kNoTime;
  bool retry = false;    // a file could not be read, or changed meanwhile; the set is tried again
  bool at_hand = false;  // being examined or read
  bool fresh =
      false;  // it was read so soon after it was written that a later write may have left the stamps as they are

  // A version of it is to be read.
  bool wants_reading() const { return partial || retry || stamp != found_stamp; }
  // Forgets the version that is being read.
  void drop_partial();
};

class FileSets {
 public:
  using Map = std::map<std::string, FileSet, std::less<>>;

  Map& all() { return sets_; }
  const Map& all() const { return sets_; }
  FileSet* find(std::string_view key);

  // A discovery: begin(), add() each file, end().
  void begin();
  void add(const std::string& key, SetMember member);
  // `limit`: how many sets are remembered, as far as they are gone.
  void end(MonotonicTime now, std::uint64_t generation, std::size_t limit);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  Map sets_;
};

}  // namespace leeway
