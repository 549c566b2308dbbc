// What a source knows about each file: which version was read last, how far, and with what result. This part of a file
// source's state is saved. Used by FileCollector.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/core/clock.h"
#include "agent/core/file_system.h"
#include "agent/core/state_io.h"

namespace leeway {

// Distinguishes a version from the next one without reading it. No device number: it changes when a machine restarts.
struct FileStamp {
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  TimePoint modified{};
  std::uint64_t companion = 0;  // size and time of the second file, if the format has one

  bool operator==(const FileStamp&) const = default;
  void save(StateWriter& out) const;
  void load(StateReader& in);
};

struct FileVersion {
  enum class State : std::uint8_t {
    kNew,      // nothing was read yet
    kPartial,  // `hash` was read up to `position`
    kRead,     // `hash` was read to its end
    kBroken,   // the version `stamp` cannot be read; `hash` is the last good one
  };

  // --- saved ---
  State state = State::kNew;
  FileStamp stamp;         // of the version that was examined last
  std::uint64_t hash = 0;  // of the last good version; kPartial: of the one that is being read
  bool has_hash = false;
  std::uint64_t position = 0;    // kPartial
  std::uint64_t shape = 0;       // of the last good version's columns
  TimePoint modified = kNoTime;  // of the last good version
  std::uint64_t gone_since = 0;  // discovery that no longer found the file; 0 while it exists

  // --- of this run ---
  std::string error;  // why it cannot be read
  FileStamp seen;     // at the last discovery
  TimePoint seen_since = kNoTime;
  TimePoint last_attempt = kNoTime;
  bool present = false;  // found by the last discovery
  bool held = false;     // not to be read before its directory has the marker
  bool at_hand = false;  // being read
  bool retry = false;    // the operating system returned an error; the same version is tried again
  bool noted_growth = false;
  bool fresh = false;  // it was read so soon after it was written that a later write may have left the stamp as it is
};

class FileVersions {
 public:
  using Map = std::map<std::string, FileVersion, std::less<>>;

  Map& all() { return files_; }
  const Map& all() const { return files_; }
  FileVersion* find(std::string_view path);
  // A file that was read at this stamp, at least in part: the one that another name may refer to. Null where there is
  // none.
  FileVersion* find_stamp(const FileStamp& stamp);
  // To be called when find_stamp() should see the changes since its last call.
  void forget_index() { by_inode_.clear(); }
  // Keeps `version`, which is about to be replaced by another one: its file may appear under another name.
  void displace(const FileVersion& version);
  // Forgets files that are gone, the longest gone first, until at most `limit` are left.
  void prune(std::size_t limit);

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  static constexpr std::size_t kMaxDisplaced = 256;

  Map files_;
  std::deque<FileVersion> displaced_;                              // the latest last
  std::unordered_multimap<std::uint64_t, FileVersion*> by_inode_;  // empty: to be built
};

}  // namespace leeway
