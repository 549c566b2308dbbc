// The limits of a log source, and what it counts. Used by LogCollector and its files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "agent/core/clock.h"
#include "agent/core/state_io.h"
#include "agent/core/status.h"
#include "collectors/decode/decoder.h"
#include "collectors/records/line_joiner.h"

namespace leeway {

struct TailOptions {
  std::size_t max_line = 1 << 20;                   // bytes; longer lines are skipped and counted
  std::size_t chunk = 256 * 1024;                   // bytes per read
  std::size_t max_open_files = 256;                 // if there are more, they are opened in turn
  Duration rotate_wait = std::chrono::seconds(5);   // without growth, until a rotated or deleted file is finished
  Duration moved_wait = std::chrono::seconds(60);   // the same for a file that was moved away and has no successor yet
  Duration decide_wait = std::chrono::seconds(5);   // for a new file that is too short to be told from a copy
  Duration search_wait = std::chrono::seconds(60);  // while not all places where a file may be can be examined
  Duration look_wait = std::chrono::milliseconds(200);  // between two searches for the copy of a truncated file
  Duration deleted_wait = std::chrono::hours(1);        // a deleted file is kept open this long after its last growth
  JoinRules join{};                                     // which lines are a record together
  bool start_at_end = false;                            // for files that exist at the very first discovery
  std::size_t max_finished = 256;  // finished files that are remembered after they left the watched paths
  std::size_t max_reported_files = 100;
};

// Bytes that are certainly lost; the values are part of the saved state.
enum class LossReason : std::uint8_t { kVanished, kTruncated, kOversize, kNul };
inline constexpr std::size_t kLossReasons = 4;

// Why it is not certain that each line was counted once; ROTATION.md explains them. The values are part of the saved
// state.
enum class Gap : std::uint8_t {
  kFileMissing,       // the position was known, but the file is not to be found
  kAmbiguousContent,  // too little content to tell a file from a copy of another
  kRewritten,         // a file was changed before its read position
};
inline constexpr std::size_t kGaps = 3;

// What a source has counted since its state directory was created. bytes + all of lost = bytes that files held.
struct TailCounters {
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  std::uint64_t rotations = 0;
  std::uint64_t truncations = 0;
  std::uint64_t joined = 0;  // lines that were added to the record of a line before
  std::array<std::uint64_t, kLossReasons> lost{};
  std::array<std::uint64_t, kGaps> gaps{};
  DecodeCounts decode;

  void lose(LossReason reason, std::uint64_t count) { lost[static_cast<std::size_t>(reason)] += count; }
  void save(StateWriter& out) const;
  void load(StateReader& in, std::uint8_t version);
  void report(SourceStatus& out) const;
};

}  // namespace leeway
