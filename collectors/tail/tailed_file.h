// One log file: its read position, how it is recognised, and reading its next lines. Owned and driven by LogCollector
// on the writer's thread. A compressed file is read as its content.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/file_system.h"
#include "agent/core/record_batch.h"
#include "agent/core/state_io.h"
#include "collectors/decode/decoder.h"
#include "collectors/records/line_joiner.h"
#include "collectors/tail/compressed_file.h"
#include "collectors/tail/content_print.h"
#include "collectors/tail/file_identity.h"
#include "collectors/tail/line_cutter.h"
#include "collectors/tail/tail_counters.h"
#include "collectors/tail/wide_lines.h"

namespace leeway {

class TailedFile;

// The lines at the end of a file that may go on in the next one.
struct HeldLines {
  TailedFile* file;
  std::string text;  // with the overlap() before them
  std::size_t size;  // without it

  std::string_view lines() const { return std::string_view(text).substr(text.size() - size); }
};

// What reading needs, shared by all files of a source.
struct TailContext {
  FileSystem& files;
  Decoder& decoder;
  const TailOptions& options;
  LineJoiner joiner;
  TailCounters counters{};
  RejectExamples examples{};  // of rejected lines; not saved
  MonotonicTime now{};
  std::optional<TimePoint> until{};  // later records are left out
  std::size_t read_size = 0;         // bytes to request next: fewer if a batch's rows fill up before its bytes
  std::vector<Line> lines{};         // of the current chunk; kept for its capacity
  std::vector<Line> records{};       // the same, joined
  // What the beginning of the next file to read may go on with, in order.
  std::vector<HeldLines> carried{};
  std::vector<Line> carried_lines{};  // of it, in front of the current chunk
  std::size_t carried_count = 0;      // those of them that `lines` begins with
  bool goes_on = false;               // the lines that the file holds will be carried
  // Where records are read in the order of their times: later ones are left to the next read.
  TimePoint limit = TimePoint::max();
  TimePoint latest = kLastPlausible;  // a later time says nothing
  TimePoint wall = kNoTime;
};

class TailedFile {
 public:
  enum class ReadResult : std::uint8_t { kMore, kCaughtUp, kTruncated, kFailed };
  static constexpr std::uint64_t kNoEnd = UINT64_MAX;

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
  // rewind() or start_over(). kFailed: see error().
  ReadResult read(TailContext& context, RecordBatch& out, std::size_t budget, bool final);

  // Notes the time of the first record that was not applied and has one, as a part of `content` shows, which is that of
  // the file. Nothing counts. `scratch` is overwritten.
  void look_ahead(TailContext& context, File& content, RecordBatch& scratch);
  // A time that no record that was not applied precedes, those of one time being in the order of the file; kNoTime if
  // none is known. Not saved.
  TimePoint due() const { return std::max(reached_, next_); }

  // Continues at `position`, up to which the content is the same as before; what was applied after it is gone. kFailed
  // as for read(), else kMore.
  ReadResult rewind(TailContext& context, std::uint64_t position);
  // Takes over the open file of a predecessor that read the same file.
  void take_file(TailedFile& predecessor) { file_ = std::move(predecessor.file_); }
  // Goes back to the beginning of a file that was truncated or overwritten. Known bytes that were not applied are
  // lost, unless it was `recovered` from a copy.
  void start_over(TailContext& context, bool recovered);
  // Nothing of it was read yet: it may turn out to be a copy of another file.
  bool fresh() const { return offset_ == 0 && print_.empty() && formers_.empty() && !from_end_ && !decided; }
  // Makes this fresh file continue at `position`, up to which it holds the content of `print`, of a file born at
  // `content_born`.
  Expected<void> resume_at(File& content, const ContentPrint& print, std::uint64_t position, TimePoint content_born);
  // Continues at the position of `original`, of which this fresh file holds all that was applied.
  void resume_from(const TailedFile& original);
  // The copy of this file's content that was made before it was truncated, to continue from the same position.
  // What lies behind `end` of it is not read.
  std::unique_ptr<TailedFile> resume_in(std::string path, const FileInfo& info, std::uint64_t end) const;

  // Whether an open file of which nothing was applied changed since it was last read to its end, or found.
  bool changed_since_found() const;
  // Whether it was read to its end in this run.
  bool read_before() const { return read_size_ != UINT64_MAX; }
  // Whether the file looks different from when it was last read to its end.
  bool changed(const FileInfo& info) const;
  // Whether the zeros that it waits at are written over, which changes neither size nor time of a file that is mapped.
  bool continues_in_zeros() const;
  // Whether the record at its end, which might have gone on, is complete: nothing followed for a while.
  bool record_is_due(const TailContext& context) const;
  // What was applied of it may no longer be there.
  bool looks_truncated() const { return emptied != MonotonicTime{} || (found_size_ < offset_ && !compressed()); }
  // It was read to its end, but for lines that may belong to a record that goes on.
  bool holds_lines() const { return held_ > 0; }
  // One of them was cut, so that its rest is sure to come, unless the container ended.
  bool holds_cut_line() const { return held_ > 0 && ends_cut_; }
  // These lines; none if `content` is not what was read.
  Expected<std::optional<HeldLines>> held_lines(File& content);
  // Whether `info` can be of this file, which has its device and inode.
  bool same_birth(const FileInfo& info) const;
  // Whether `info` is of this file, and not of another that got its inode number.
  bool is(const FileInfo& info) const { return key_of(info) == key() && same_birth(info); }
  // Whether `candidate`, found under another name, is this file.
  bool is_same(const FileInfo& candidate, File& content) const;
  // How much of what was applied of this file `candidate` holds. The error is of reading it.
  Expected<ContentMatch> compare(File& candidate) const;
  // The same for what was applied of it before it was last truncated: the best match.
  // `print` is set to the one that it is of.
  Expected<ContentMatch> compare_former(File& candidate, const ContentPrint*& print) const;
  // The most lines that `candidate` has in common with the beginning of one of them.
  Expected<std::uint64_t> lines_of_former(File& candidate) const;
  // Whether a file that begins with `head` holds nothing of this one.
  bool differs_from(std::string_view head) const { return formers_.empty() && print_.differs_from(head); }
  const ContentPrint& print() const { return print_; }
  File& content() { return *file_; }
  void observe(const FileInfo& info);
  // It is gone for ever; only what was read of it is still known.
  void end();
  // Whether it is not empty. If so, the next read() returns kTruncated unless the file still begins as it does now.
  // Only while nothing was applied of it. The error is of reading it.
  Expected<bool> note_beginning();
  // As after a read that found nothing to count.
  void found_nothing_new(const FileInfo& info);
  // The same of a file of which nothing was applied: what it held before, if anything, is to be looked for.
  void found_empty(const FileInfo& info);
  // What it holds now was or will be read elsewhere.
  void found_copy(const FileInfo& info);
  // Known bytes that were not applied.
  std::uint64_t unread() const;

  // `max_marks`: about how many marks of its content, and of each former one, are kept.
  void save(StateWriter& out, std::size_t max_marks) const;
  // `version` is 1 for a state without prints of the content, 2 for one without unfinished lines, 3 and 4 for one
  // without ends.
  void load(StateReader& in, std::uint8_t version);
  FileStatus status() const;

  const std::string& path() const { return path_; }
  // The name that its content was written under.
  const std::string& written_under() const { return rotated ? origin : path_; }
  void set_path(std::string path) { path_ = std::move(path); }
  FileKey key() const { return {device_, inode_}; }
  // Its device has another number, or no file has its device and inode any more.
  void set_key(FileKey key) {
    device_ = key.device;
    inode_ = key.inode;
  }
  void set_born(TimePoint born) { born_ = born; }
  TimePoint born() const { return born_; }
  // Of the file that its content was first read in, if it goes on in a copy of it.
  TimePoint content_born() const { return content_born_; }
  // No content of it is older; kNoTime if that is not known: compressing makes a new file.
  TimePoint oldest_content() const { return compressed() && content_born_ == born_ ? kNoTime : content_born_; }
  void set_content_born(TimePoint born) { content_born_ = born; }
  TimePoint modified() const { return std::max(found_modified_, read_modified_); }
  // When it was last read to its end, or first found.
  TimePoint last_modified() const { return begins ? begins_after : read_modified_; }
  std::uint64_t offset() const { return offset_; }
  bool finished() const { return finished_; }  // read to its end, including its last line
  bool compressed() const { return can_decompress(path_); }
  const std::string& error() const { return error_; }
  void set_error(std::string error) { error_ = std::move(error); }

  // --- kept by LogCollector ---

  std::uint64_t generation = 0;        // the discovery that last found it
  std::uint64_t first_found = 0;       // the one that found it first; 0: in an earlier run
  bool own_path_seen = false;          // in that discovery
  std::string other_path;              // another path that leads to it, in that discovery
  bool attached = false;               // its path leads to it: may be closed and opened again
  bool rotated = false;                // its name now belongs to another file, or it was moved
  bool replaced = false;               // another file has taken that name
  bool deleted = false;                // no name leads to it
  bool copied = false;                 // it never had the name that its content was written under
  std::string origin;                  // the name it was written under; only while rotated
  std::uint64_t directory_device = 0;  // of the directory of `path`: a change means a mount came or went
  std::string real_path;               // what `path` led to when it was first found there, without symbolic links
  std::string log;                     // that its content is of: the name of the current file, as of log_looked
  std::uint64_t log_looked = 0;        // a discovery
  // Since when; no time: it is not.
  MonotonicTime quiet{};      // a rotated or deleted file that does not grow
  MonotonicTime emptied{};    // truncated, and the copy of its content is still looked for
  MonotonicTime examined{};   // the same, and it was last looked for
  MonotonicTime undecided{};  // not known whether it is a copy of another file, or what comes before it
  MonotonicTime missing{};    // not to be found, although not all places could be examined
  bool decided = false;       // it is no copy of another file
  // The bytes by which that was decided, if they held no complete line: with more of them it is decided again.
  std::uint64_t compared = 0;
  // Nothing of its content was applied: before it is read, generations that came and went since then are looked for.
  bool begins = false;
  TimePoint begins_after{};  // the last change of what it held before
  bool finalize = false;     // the next read is final
  bool queued = false;
  std::uint64_t last_used = 0;
  bool looked_ahead = false;     // in this run
  bool before_others = false;    // it is read to its end before the others
  std::uint64_t known_size = 0;  // what there was to read when it was queued, or when that was read: bytes
  std::uint64_t known_rest = 0;  // what is left of that
  bool outgrows = false;         // its writer is as fast as the reader
  // Its place in the queue, kept by ReadQueue.
  struct Place {
    TimePoint due = kNoTime;
    bool current = false;  // not rotated
    std::int64_t number = 0;
    // NOLINTNEXTLINE(modernize-use-nullptr): in what the compiler writes
    auto operator<=>(const Place&) const = default;
  } place;

 private:
  // Bytes from the position on, and the file before and after they were read.
  struct Fetched {
    FileInfo before;
    FileInfo after;
    char* carried = nullptr;  // room for the carried lines before them
    std::string_view chunk{};
    std::uint64_t end = 0;  // where it ends in the file
    bool at_end = false;    // of the file
  };

  Expected<void> seek_last_line(const TailOptions& options);
  Expected<void> give_first_line(TailContext& context);
  Expected<Wide> byte_order(std::string_view read, std::uint64_t from);
  ReadResult read_chunk(TailContext& context, RecordBatch& out, std::size_t capacity, bool final);
  std::optional<ReadResult> fetch(TailContext& context, RecordBatch& out, std::size_t capacity, Fetched& fetched);
  void note_size(TailContext& context, const Fetched& fetched);
  static void count(TailContext& context, const CutResult& cut);
  bool is_utf16() const { return wide_.value_or(Wide::kNone) != Wide::kNone; }
  CutResult cut(TailContext& context, RecordBatch& out, std::string_view chunk, const CutOptions& options);
  bool hold_open_record(TailContext& context, RecordBatch& out, std::string_view chunk, bool was_skipping, bool at_end,
                        CutResult& cut);
  void note_held(std::string_view text, std::size_t lines);
  std::size_t carried_size(const TailContext& context) const;
  void cut_carried(TailContext& context, char* buffer, std::string_view chunk) const;
  static void put_carried_first(TailContext& context);
  void apply_carried(TailContext& context) const;
  std::uint64_t apply_held(const HeldLines& held, std::span<const Line> lines);
  std::span<const Line> joined(TailContext& context, std::size_t& late) const;
  std::size_t added_lines(const TailContext& context) const;
  ReadResult skip_zeros(TailContext& context, std::uint64_t from, const FileInfo& info, LossReason reason, bool final);
  bool holds_nothing_new() const;
  void content_ends_at(std::uint64_t position);
  void resumed(TimePoint content_born);
  ReadResult jump(std::uint64_t position, const Fingerprint& fingerprint);
  bool apply(TailContext& context, RecordBatch& out, std::string_view chunk, bool was_skipping, CutResult& cut);
  void move_on(std::string_view text, std::size_t size, std::span<const Line> lines);
  std::size_t decode(TailContext& context, std::span<const Line> records, RecordBatch& out, std::string_view chunk);
  std::size_t decode_limited(TailContext& context, std::span<const Line> records, RecordBatch& out,
                             std::string_view chunk);
  bool is_left_out(const TailContext& context, std::size_t row, const RecordBatch& out);
  std::size_t keep_until(TailContext& context, RecordBatch& out, std::string_view chunk, std::uint64_t end,
                         bool was_skipping, CutResult& cut);
  ReadResult fail(const Error& error);
  void caught_up(const FileInfo& info, bool final);

  std::string path_;
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  TimePoint born_ = kNoTime;
  TimePoint content_born_ = kNoTime;
  std::uint64_t offset_ = 0;               // at the start of a line, unless skipping_
  Fingerprint fingerprint_{};              // of [0, offset_)
  std::uint64_t size_ = 0;                 // bytes this content was seen to have: >= offset_
  std::uint64_t end_ = kNoEnd;             // of the part of the file that is read
  std::uint64_t found_size_ = 0;           // when last looked at, although the content may have changed since
  bool skipping_ = false;                  // inside an over-long line
  std::optional<std::string> first_line_;  // of the file, once it was wanted and is complete
  std::optional<Wide> wide_;               // once it was read
  TimePoint reached_ = kNoTime;            // the latest time of the records that were applied in this run
  TimePoint next_ = kNoTime;               // of the next one, once it was seen
  std::size_t turn_size_ = 0;              // bytes to read where a limit may leave most of them
  Beginning unfinished_{};                 // of the line at the position: its bytes are read again
  bool from_end_ = false;                  // the position is still to be found
  bool is_copy_ = false;                   // unless it grew since it was last looked at
  bool left_out_ = false;                  // the last record with a time was after the end of a replay
  bool finished_ = false;
  std::uint64_t zeros_end_ = 0;              // [offset_, zeros_end_) held only zeros when it was last looked at
  std::uint64_t zeros_at_ = 0;               // offset_ at that time
  std::optional<std::uint64_t> first_zero_;  // it waits there
  MonotonicTime open_since_{};               // the record at the end may go on; no time: there is none
  std::uint64_t open_size_ = 0;              // of the file at that time
  std::uint64_t held_ = 0;                   // bytes of that record, if they are all that is left
  bool ends_cut_ = false;                    // it has a line that was cut
  ContentPrint print_;                       // of [0, offset_)
  std::vector<ContentPrint> formers_;        // of contents that were truncated away
  // When it was last read to its end. The size is not saved, so that each file is checked once after a start.
  std::uint64_t read_size_ = UINT64_MAX;
  TimePoint read_modified_ = kNoTime;
  TimePoint found_modified_ = kNoTime;  // when last looked at
  std::string error_;
  std::unique_ptr<File> file_;
};

}  // namespace leeway
