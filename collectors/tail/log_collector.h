// Runs the `log` source: reads the files that match its patterns, the one furthest behind first, across rotations and
// restarts. Built by LogSource, driven by the pipeline on the writer's thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/core/collector.h"
#include "agent/core/file_system.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/json_fields.h"
#include "collectors/decode/named_pattern.h"
#include "collectors/paths/glob.h"
#include "collectors/tail/read_queue.h"
#include "collectors/tail/tailed_file.h"

namespace leeway {

struct LogPaths {
  std::vector<Glob> patterns;
  std::vector<Glob> excludes;
  std::optional<NamedPattern> fields{};  // found in a file's path; its groups are fields of the file's records
  GlobLimits limits{};
};

// Rotated files are read before the files that took their names. The position of a file is always at the start of a
// line: an unfinished line is read again when it has grown.
class LogCollector final : public Collector {
 public:
  // `files` outlives the collector; `columns` is the size of the schema that `decoder` was made for.
  LogCollector(LogPaths paths, const TailOptions& options, FileSystem& files, std::unique_ptr<Decoder> decoder,
               const Schema& schema);

  Expected<PollState> poll(Budget budget, RecordBatch& out) override;
  Expected<PollState> finish(Budget budget, RecordBatch& out) override;
  Expected<void> discover() override;
  void keep_order(const ReadOrder& order) override;
  std::optional<TimePoint> unread_from() const override;
  void set_time(TimePoint wall) override;
  void set_monotonic_time(MonotonicTime now) override { context_.now = now; }
  void leave_out_after(TimePoint until) override { context_.until = until; }
  void inherit_open_files(Collector& predecessor) override;
  std::vector<std::string> take_notes() override;
  std::vector<std::string> watch_directories() const override;
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void report(SourceStatus& out) const override;

 private:
  // How often the files of a directory are searched while they are being renamed.
  static constexpr int kRenameRaces = 3;
  // Copies that are remembered, and sentences for the log between two calls of take_notes().
  static constexpr std::size_t kMaxCopies = 1024;
  // Directories whose changes are noted.
  static constexpr std::size_t kMaxNoted = 1024;
  static constexpr std::size_t kMaxNotes = 256;
  // Files without a descriptor that are looked at each kClosedInterval.
  static constexpr std::size_t kMaxClosedLooks = 1000;
  static constexpr Duration kClosedInterval = std::chrono::seconds(1);

  // kRest: a copy that is longer than what was read, or that differs at its end only. kUndecided: too short to be told
  // from a copy. kLater: something could not be read at this moment.
  enum class Content : std::uint8_t { kNew, kCopy, kRest, kUndecided, kLater };
  // A file that holds nothing but what was read elsewhere, unless it changes.
  struct Copy {
    std::uint64_t size = 0;
    TimePoint born = kNoTime;
    std::uint64_t generation = 0;
  };

  struct Sibling {
    std::string path;
    FileInfo info;

    // The same file under the same name.
    bool operator==(const Sibling& other) const {
      return path == other.path && key_of(info) == key_of(other.info) && info.born == other.info.born;
    }
  };
  // Where a file that holds all that is known of a content is to be continued.
  struct Rest {
    const ContentPrint* print = nullptr;
    std::uint64_t position = 0;
    TimePoint content_born{};
    const TailedFile* beside = nullptr;  // a log that holds the same, unchanged and all read
  };
  struct FoundCopy {
    std::optional<Sibling> copy;
    bool nothing_left = false;  // it was compressed before the position that was reached
    bool renamed = false;       // files were renamed meanwhile
  };
  struct Listing {
    std::vector<Sibling> files;
    std::vector<std::string> directories;
  };
  // For generations between a file and the one that has its name now, if any.
  struct MissedSearch {
    TailedFile& file;
    std::string origin;     // the name that both were written under
    std::string next_path;  // what that leads to now
    const FileInfo* successor;
    std::uint64_t intact;  // the size of the file, 0 if it no longer holds what was read of it

    bool in_place() const { return file.is_open() && !file.rotated; }
  };
  // A directory: its change before it was first looked at, and the one at which it was last searched.
  struct Watch {
    TimePoint since;
    TimePoint searched = kNoTime;
    bool of_path = true;  // false: links lead there
  };
  // The last change of a directory, as of this discovery.
  struct Change {
    TimePoint modified;
    TimePoint born;
    bool search = true;   // false: it is the one above a directory that does not exist yet
    bool of_path = true;  // false: only links to new logs lead there
  };
  using Changes = std::map<std::string, Change>;  // by directory
  using Files = std::unordered_map<FileKey, std::unique_ptr<TailedFile>, FileKeyHash>;

  // log_collector.cpp: reading
  void read_one(TailedFile& file, Budget budget, RecordBatch& out);
  void add_path_fields(const TailedFile& file, std::size_t row, RecordBatch& out);
  void read_in_use(TailedFile& file, Budget budget, RecordBatch& out);
  bool open(TailedFile& file);
  void close(TailedFile& file);
  bool close_least_used();
  void sweep();
  void sweep_closed();
  TailedFile& add(std::unique_ptr<TailedFile> file);
  std::unique_ptr<TailedFile> forget(TailedFile& file);

  // log_turns.cpp: which file is read next
  PollState read_next(Budget budget, RecordBatch& out);
  TailedFile* next_queued() const;
  TimePoint limit_of(const TailedFile& file, TimePoint until) const;
  void look_ahead(TailedFile& file, RecordBatch& out);
  TimePoint due_of(const TailedFile& file);
  void enqueue(TailedFile& file);
  void requeue(TailedFile& file, std::uint64_t size);

  bool waited(MonotonicTime& since, Duration wait) const;
  void name_gap(Gap gap, const std::string& sentence);
  void note(const std::string& sentence);

  // log_copies.cpp: the content of files
  bool decide(TailedFile& file);
  static Expected<std::size_t> first_lines(File& file, std::uint64_t size);
  Content compare_with_known(const std::string& path, const FileInfo& info, File& content, TailedFile* fresh);
  Content compare_with(TailedFile& known, const std::string& path, const FileInfo& info, File& content,
                       TailedFile* fresh);
  static Content compare_with_gone(const TailedFile& known, File& content);
  bool waits_for_original(const std::string& path, const FileInfo& info);
  bool is_rotated_away(const TailedFile& file);
  Content after(TailedFile& known, const TailedFile* fresh);
  Content read_rest(const TailedFile& known, const TailedFile* fresh, const ContentPrint& print, std::uint64_t position,
                    bool beside = false);
  Content compare_beginning(TailedFile& known, const FileInfo& info, File& content);
  Content compare_unread(TailedFile& known, const FileInfo& info, File& content);
  Content compare_whole(TailedFile& known, const std::string& path, const FileInfo& info, File& content,
                        TailedFile* fresh, const ContentMatch& match);
  Expected<std::uint64_t> intact_size(TailedFile& file);
  void remember_copy(const FileInfo& info);
  bool is_remembered_copy(const FileInfo& info);
  static bool is_generation_of(const std::string& path, const TailedFile& file);
  bool is_of_same_log(const std::string& path, TailedFile& file);
  static bool may_be_copy(const TailedFile& original, const std::string& path, const FileInfo& info);
  bool may_become_copy(const std::string& path, const FileInfo& info);
  Expected<File*> content_now(TailedFile& file, std::unique_ptr<File>& opened);
  Expected<bool> begins_like(TailedFile& original, std::uint64_t size, File& candidate);
  static Expected<bool> begin_alike(File& original, File& candidate, std::uint64_t size);

  // log_rewritten.cpp: files that no longer hold what was read of them
  bool continues_in(TailedFile& file, const FileInfo& successor);
  TailedFile* fresh_successor(const TailedFile& file, const FileInfo& successor);
  Expected<bool> is_version(const TailedFile& file, File& content, const ContentMatch& match);
  bool name_edit(const TailedFile& file, File& content, const ContentMatch& match, bool version);
  void begin_anew(TailedFile& file, const FileInfo& info);
  void truncated(TailedFile& file);
  bool is_in_another(const TailedFile& file);
  void continue_at(TailedFile& file, std::uint64_t position, std::uint64_t size);
  void begin_again(TailedFile& file, const Expected<bool>& recovered, const ContentMatch& match, bool version,
                   std::uint64_t size);

  // log_resume.cpp: copies of such files, and of those that are gone
  Expected<bool> resume_in_copy(TailedFile& file, bool last_attempt);
  Expected<FoundCopy> find_copy(TailedFile& file, bool last_attempt);
  Expected<bool> continue_in(const TailedFile& file, const Sibling& copy, TailedFile* known);
  Expected<const TailedFile*> furthest_in(const TailedFile& file, const Sibling& candidate, File& content) const;
  Expected<std::string> first_line(const std::string& path);
  Expected<std::uint64_t> end_of_copy(const TailedFile& file, File& content, std::uint64_t position);
  void read_on(const TailedFile& file, const Sibling& candidate, TailedFile* known, std::uint64_t end);

  // log_held.cpp: records that go on in another file
  const std::string& log_of(TailedFile& file);
  static bool is_current(const TailedFile& file);
  static bool is_earlier(const TailedFile& a, const TailedFile& b);
  bool was_rotated_since(TailedFile& file);
  TailedFile* file_before(TailedFile& file);
  bool goes_on(TailedFile& file);
  bool carry_lines(TailedFile& file);

  // log_discovery.cpp: names
  std::vector<FileKey> keys() const;
  TailedFile* find(const std::string& path, const FileInfo& info);
  bool knows(const FileInfo& info) const;
  void look_at(const std::string& path);
  TailedFile* find_after_reboot(const FileInfo& info);
  void found(TailedFile& file, const std::string& path, const FileInfo& info);
  void settle_names();
  void look_for(TailedFile& file, bool may_vanish);
  void lost_its_path(TailedFile& file, const FileInfo* successor, bool may_vanish);
  void mark_rotated(TailedFile& file);
  void wait_for_end(TailedFile& file);
  void prune_finished();

  // log_search.cpp: files that are not where they were
  std::uint64_t directory_device(const std::string& path);
  Expected<std::unique_ptr<File>> open_other(const std::string& path);
  Expected<std::unique_ptr<File>> open_if_still(const std::string& path, const FileInfo& info);
  Expected<const Listing*> list(const std::string& directory);
  Expected<Listing> list_once(const std::string& directory) const;
  Expected<std::vector<Sibling>> siblings_of(const TailedFile& file, const std::string& next_path = {});
  Expected<std::optional<Sibling>> find_sibling(const TailedFile& file);
  bool find_name(TailedFile& file);
  void set_name(TailedFile& file, const std::string& path);
  void follow(const Sibling& renamed);
  bool is_watched(const std::string& path) const;
  FileKey unused_key() const;
  void vanish(TailedFile& file);
  bool was_compressed(const TailedFile& gone) const;
  void search_after_one_before(const std::string& log);
  void keep_known(std::unique_ptr<TailedFile> gone);

  // log_missed.cpp: generations that came and went unseen
  // kUnknown: something could not be examined. kMayGrow: one holds only a few lines that others begin with too, and is
  // none of its own unless it goes on.
  enum class Missed : std::uint8_t { kUnknown, kMayGrow, kFound };
  void adopt_all_missed(TailedFile& gone, int& adopted);
  bool search_before_beginning(TailedFile& file);
  void search_behind_empty(TailedFile& file);
  Content began_as_copy(TailedFile& file);
  Missed adopt_missed_generations(TailedFile& file, const FileInfo* successor, int* adopted = nullptr);
  bool may_be_of_forgotten(const Sibling& candidate) const;
  bool has_name_of_missed(const MissedSearch& search, const std::string& path) const;
  bool is_named_as_generation(const MissedSearch& search, const std::string& path) const;
  static bool is_between_links(const MissedSearch& search, const std::string& path);
  Expected<std::vector<Sibling>> beside_link(const MissedSearch& search);
  bool may_be_missed(const MissedSearch& search, const Sibling& candidate) const;
  Content compare_missed(const MissedSearch& search, const Sibling& candidate, bool& few);
  TailedFile& adopt(const std::string& origin, const Sibling& candidate, bool last);
  bool is_beside_original(const std::string& compressed) const;
  bool is_beside_another(const std::string& compressed, const TailedFile& file) const;
  bool is_of_unread_one(const std::string& compressed) const;
  Expected<bool> is_of_unread(TailedFile* file, const std::string& origin, const FileInfo& info, File& candidate);
  bool is_of_unread_log(TailedFile& file, const FileInfo& info);
  static Expected<bool> is_beginning_of(File& original, const FileInfo& info, File& candidate);

  // log_watches.cpp: directories in which such generations are looked for that it never saw
  Changes changes_of_directories() const;
  void note_change(std::string directory, bool of_path, Changes& changes) const;
  void add_links(const GlobResult& scan, Changes& changes);
  void watch(const Changes& changes);
  TimePoint watched_since(const std::string& directory, const Change& change) const;
  bool is_new(const TailedFile& file) const { return file.first_found > searched_unseen_; }

  // log_unseen.cpp: logs that it never saw under a name of theirs
  void adopt_unseen(const Changes& changes);
  bool adopt_unseen_in(const std::string& directory, TimePoint since);
  bool may_be_unseen(const Sibling& candidate, TimePoint since);
  std::string name_before(const std::string& directory, const Sibling& candidate) const;
  std::vector<std::string> bases_beside(const std::string& directory, const Sibling& candidate) const;
  std::string log_at(const std::string& path) const;
  bool has_form_of_known(const std::string& directory, std::string_view name) const;
  bool is_known_before(const std::string& path, const FileInfo& info) const;
  Content compare_unseen(const std::string& name, const Sibling& candidate);

  const LogPaths paths_;
  const TailOptions options_;
  FileSystem& file_system_;
  const std::unique_ptr<Decoder> decoder_;
  const std::size_t columns_;
  std::vector<NamedPattern::Column> path_columns_;
  std::vector<std::string_view> path_groups_;
  JsonFields json_fields_;
  TailContext context_;

  ContentCache contents_;  // of files that are compared
  Files files_;
  ReadQueue queue_;
  std::optional<ReadOrder> order_;
  TimePoint reached_ = kNoTime;  // by the files that were read, with an order
  std::vector<TailedFile*> open_;
  std::vector<FileKey> closed_;  // files without a descriptor, still to be looked at in this round
  MonotonicTime closed_swept_{};
  Rest rest_;                           // of the comparison that is being made
  const TailedFile* in_use_ = nullptr;  // is not closed to get a descriptor; may be forgotten meanwhile
  std::uint64_t reads_ = 0;

  bool started_ = false;     // the first discovery is over, in this run or in the one that saved the state
  bool discovered_ = false;  // in this run
  bool finishing_ = false;
  bool applied_lines_ =
      false;  // all of them rejected, or to the end of a file: to be saved, although there is no record
  std::uint64_t generation_ = 0;
  std::optional<std::uint64_t> matching_;  // files, in the last discovery
  std::set<std::string> watched_;
  std::map<std::string, Watch> watches_;
  std::map<std::string, std::string> links_;  // where a new log is, or will be -> the link in `path` that leads there
  std::uint64_t searched_unseen_ = 0;         // the last discovery in which all of them could be examined
  std::map<std::string, std::string> problems_;             // path -> why it cannot be read
  std::map<std::string, Listing> listings_;                 // of this discovery
  std::map<std::string, std::uint64_t> directory_devices_;  // of this discovery
  std::unordered_map<FileKey, Copy, FileKeyHash> copies_;
  std::vector<std::string> notes_;
  std::size_t more_notes_ = 0;  // that were left out
};

}  // namespace leeway
