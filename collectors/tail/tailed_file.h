// One log file: its read position, how it is recognised, and reading its next lines. Owned and driven by LogCollector
// on the writer's thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/file_system.h"
#include "agent/core/record_batch.h"
#include "agent/core/state_io.h"
#include "agent/core/status.h"
#include "collectors/decode/decoder.h"
#include "collectors/tail/file_identity.h"

namespace leeway {

struct TailOptions {
  std::size_t max_line = 1 << 20;    // bytes; longer lines are skipped and counted
  std::size_t chunk = 256 * 1024;    // bytes per read
  std::size_t max_open_files = 256;  // if there are more, they are opened in turn
  std::uint32_t rotate_wait = 5;     // discoveries without growth after which a rotated or deleted file is finished
  std::uint32_t moved_wait = 60;     // the same for a file that was moved away and has no successor yet
  bool start_at_end = false;         // for files that exist at the very first discovery
  std::size_t max_finished = 256;    // finished files that are remembered after they left the watched paths
  std::size_t max_reported_files = 100;
};

// Bytes that are certainly lost; the values are part of the saved state.
enum class LossReason : std::uint8_t { kVanished, kTruncated, kOversize, kNul };
inline constexpr std::size_t kLossReasons = 4;

// What a source has counted since its state directory was created. bytes + all of lost = bytes that files held.
struct TailCounters {
  std::uint64_t bytes = 0;
  std::uint64_t records = 0;
  std::uint64_t rotations = 0;
  std::uint64_t truncations = 0;
  std::array<std::uint64_t, kLossReasons> lost{};
  DecodeCounts decode;

  void lose(LossReason reason, std::uint64_t count) { lost[static_cast<std::size_t>(reason)] += count; }
  void save(StateWriter& out) const;
  void load(StateReader& in);
  void report(SourceStatus& out) const;
};

// What reading needs, shared by all files of a source.
struct TailContext {
  FileSystem& files;
  Decoder& decoder;
  const TailOptions& options;
  TailCounters counters{};
  std::size_t read_size = 0;  // bytes to request next: fewer if a batch's rows fill up before its bytes
  std::vector<Line> lines{};  // of the current chunk; kept for its capacity
};

class TailedFile {
 public:
  enum class ReadResult : std::uint8_t { kMore, kCaughtUp, kTruncated, kFailed };

  TailedFile() = default;  // to load() into
  // A file never read before; with `from_end` its current complete lines are left out.
  TailedFile(std::string path, const FileInfo& info, bool from_end);

  // kNotFound where the path now leads to another file.
  Expected<void> open(FileSystem& files);
  void close() { file_.reset(); }
  bool is_open() const { return file_ != nullptr; }
  // Of the open file, whatever its name.
  Expected<FileInfo> info() const { return file_->info(); }

  // Reads about `budget` bytes, passes their lines to the decoder and moves the position past them. `final`: the file
  // is no longer written, so a last line without newline is a line. kTruncated: what was read no longer exists, call
  // start_over(). kFailed: see error().
  ReadResult read(TailContext& context, RecordBatch& out, std::size_t budget, bool final);

  // Goes back to the beginning of a file that was truncated or overwritten. Known bytes that were not applied are
  // lost, unless it was `recovered` from a copy.
  void start_over(TailContext& context, bool recovered);
  // The copy of this file's content that was made before it was truncated, to continue from the same position.
  std::unique_ptr<TailedFile> resume_in(std::string path, const FileInfo& info) const;

  // Whether the file looks different from when it was last read to its end.
  bool changed(const FileInfo& info) const;
  // Whether `info` can be of this file, which has its device and inode.
  bool same_birth(const FileInfo& info) const;
  // Whether `candidate`, found under another name, is this file.
  bool is_same(const FileInfo& candidate, File& content) const;
  // Whether `candidate` begins with what this file begins with, or began with before it was truncated: a copy.
  bool is_copy(File& candidate) const;
  // Whether `candidate` holds exactly the bytes that were applied of this file.
  bool holds_applied(File& candidate) const;
  void observe(const FileInfo& info);
  // Known bytes that were not applied.
  std::uint64_t unread() const;

  void save(StateWriter& out) const;
  void load(StateReader& in);
  FileStatus status() const;

  const std::string& path() const { return path_; }
  void set_path(std::string path) { path_ = std::move(path); }
  FileKey key() const { return {device_, inode_}; }
  void set_device(std::uint64_t device) { device_ = device; }
  TimePoint born() const { return born_; }
  // When it was last read to its end, or first found.
  TimePoint last_modified() const { return read_modified_; }
  std::uint64_t offset() const { return offset_; }
  bool finished() const { return finished_; }  // read to its end, including its last line
  const std::string& error() const { return error_; }
  void set_error(std::string error) { error_ = std::move(error); }

  // --- kept by LogCollector ---

  std::uint64_t generation = 0;        // the discovery that last found it
  bool own_path_seen = false;          // in that discovery
  std::string other_path;              // another path that leads to it, in that discovery
  bool attached = false;               // its path leads to it: may be closed and opened again
  bool rotated = false;                // its name now belongs to another file, or it was moved
  bool replaced = false;               // another file has taken that name
  bool deleted = false;                // no name leads to it
  std::string origin;                  // the name it was written under; only while rotated
  std::uint64_t directory_device = 0;  // of the directory of `path`: a change means a mount came or went
  std::uint32_t quiet = 0;             // discoveries without growth since it was rotated or deleted
  std::uint32_t emptied = 0;           // reads that found it empty, perhaps about to become a copy
  bool finalize = false;               // the next read is final
  bool queued = false;
  std::uint64_t last_used = 0;

 private:
  struct Head {
    std::uint64_t size;
    std::uint64_t hash;
  };

  Expected<void> seek_last_line(const TailOptions& options);
  ReadResult read_chunk(TailContext& context, RecordBatch& out, std::size_t capacity, bool final);
  ReadResult skip_zeros(TailContext& context, std::uint64_t from, const FileInfo& info, LossReason reason, bool final);
  void apply(TailContext& context, RecordBatch& out, std::string_view chunk, std::size_t consumed);
  ReadResult fail(const Error& error);
  void caught_up(const FileInfo& info, bool final);

  std::string path_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  TimePoint born_ = kNoTime;
  std::uint64_t offset_ = 0;      // at the start of a line, unless skipping_
  Fingerprint fingerprint_{};     // of [0, offset_)
  std::uint64_t size_ = 0;        // bytes this content was seen to have: >= offset_
  std::uint64_t found_size_ = 0;  // when last looked at, although the content may have changed since
  bool skipping_ = false;         // inside an over-long line
  bool from_end_ = false;         // the position is still to be found
  bool finished_ = false;
  std::vector<Head> former_heads_;  // of contents that were truncated away
  // When it was last read to its end. The size is not saved, so that each file is checked once after a start.
  std::uint64_t read_size_ = UINT64_MAX;
  TimePoint read_modified_ = kNoTime;
  std::string error_;
  std::unique_ptr<File> file_;
};

}  // namespace leeway
