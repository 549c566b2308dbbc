// Runs the `file` source: reads the files that match its patterns, each version once and as a whole. Built by
// FileSource, driven by the pipeline on the writer's thread.
//
// A version is started when its size and time have not changed for `settle`. It is then hashed, and read only if its
// content differs from the last one. After each step the open file is checked again: if it changed meanwhile it was
// incomplete, and is started again. A file that was renamed over stays open, so the old version is read to its end.
//
// If several files form a version together, they are first hashed one by one: the version is new if the contents of the
// set differ from those read last, whatever the names. Then they are read one after the other, older ones first.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/collector.h"
#include "collectors/decode/file_reader.h"
#include "collectors/decode/format.h"
#include "collectors/decode/json_fields.h"
#include "collectors/decode/named_pattern.h"
#include "collectors/files/file_sets.h"
#include "collectors/files/file_versions.h"
#include "collectors/paths/glob.h"

namespace leeway {

struct FilePaths {
  std::vector<Glob> patterns;
  std::vector<Glob> excludes;
  std::optional<NamedPattern> fields{};  // its groups, matched in a file's path, are fields of the file's records
};

struct FileOptions {
  FilePace pace{};
  VersionUnit unit = VersionUnit::kFile;
  bool replaces_any = false;       // a version replaces the one read before it, of whatever file
  std::string marker{};            // a file is read only if one of this name is in its directory
  bool has_time = false;           // records may have times of their own
  std::size_t max_files = 10'000;  // that are remembered; others are not read
};

class FileCollector final : public Collector {
 public:
  // `files` and `schema`, which `reader` was made for, outlive the collector.
  FileCollector(FilePaths paths, const FileOptions& options, FileSystem& files, std::unique_ptr<FileReader> reader,
                const Schema& schema);
  ~FileCollector() override;

  Expected<PollState> poll(Budget budget, RecordBatch& out) override;
  // Files that have not settled are read too.
  Expected<PollState> finish(Budget budget, RecordBatch& out) override;
  void set_time(TimePoint wall) override { now_ = wall; }
  void set_monotonic_time(MonotonicTime now) override { monotonic_now_ = now; }
  void leave_out_after(TimePoint until) override { until_ = until; }
  void set_wake(const std::function<void()>& wake) override { reader_->set_wake(wake); }
  Expected<void> discover() override;
  std::vector<std::string> watch_directories() const override { return {watched_.begin(), watched_.end()}; }
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void report(SourceStatus& out) const override;
  std::vector<std::string> take_notes() override { return std::exchange(notes_, {}); }

 private:
  // A version that was younger than this when it was read is checked once more: times in file systems are so coarse
  // that a later write may have left the same one.
  static constexpr Duration kFresh = std::chrono::seconds(1);
  static constexpr std::size_t kMaxReported = 100;  // files in the status
  static constexpr std::size_t kMaxNotes = 16;      // between two calls of take_notes()

  // The open file.
  struct Active {
    std::string path;
    FileStamp stamp;
    std::unique_ptr<File> file;
    std::vector<std::string_view> path_fields{};  // of `path`; empty if it has none
    bool prepared = false;
    std::uint64_t applied = 0;  // bytes
  };
  // The set that is being examined or read.
  struct ActiveSet {
    std::string key;
    std::vector<SetMember> members;  // those that are not empty, once it is being read
    std::uint64_t stamp = 0;
    std::uint64_t content = 0;
    bool fresh = false;
    bool reading = false;
    std::size_t at = 0;
  };
  // The version that is being read, of a file or of a set.
  struct Current {
    TimePoint modified = kNoTime;
    // With an end of a replay, a version is announced to the monitors, and counted, with its first record that is not
    // left out. A version without one is as if it did not exist.
    bool held_back = false;
    bool cut = false;         // records of it were left out
    std::uint64_t bytes = 0;  // applied
  };

  // file_collector.cpp: reading files
  PollState read_next(Budget budget, RecordBatch& out);
  Expected<FileInfo> open(const std::string& path, std::unique_ptr<File>& file);
  void start(const std::string& path);
  void take_in_hand(FileVersion& version, const std::string& path, const FileStamp& stamp, std::unique_ptr<File> file);
  PollState prepare(Budget budget, RecordBatch& out);
  void take_up(FileVersion& version, RecordBatch& out);
  bool begin(FileVersion& version, std::uint64_t position, std::uint64_t& shape, RecordBatch& out);
  PollState read(Budget budget, RecordBatch& out);
  PollState wait();
  void mark(std::uint64_t content, FileVersionPart part, RecordBatch& out) const;
  void add_path_fields(RecordBatch& out) const;
  void apply(FileVersion& version, const ReadStep& step, RecordBatch& out);
  void leave_out(RecordBatch& out);
  bool is_left_out() const { return current_.held_back && (current_.cut || current_.modified > *until_); }
  bool changed_meanwhile() const;
  void abandon(FileVersion& version);
  void count_read();
  void end_version(FileVersion& version);
  bool count_reject(const FileVersion& version, const std::string& reason);
  void reject(FileVersion& version, const ReadStep& step);
  std::string unreadable(const ReadStep& step) const;
  void fail_changed(FileVersion& version, const std::string& path);
  void fail(FileVersion& version, const std::string& message);
  bool is_fresh(const FileStamp& stamp) const { return now_ != kNoTime && now_ - stamp.modified < kFresh; }
  void stop();
  void note(std::string sentence);

  // file_set_reading.cpp: versions of several files
  bool by_set() const { return options_.unit != VersionUnit::kFile; }
  std::string set_of(const std::string& path) const;
  FileSet& active_set() { return *sets_.find(set_->key); }
  void start_set(const std::string& key);
  void next_member();
  void member_examined(FileVersion& version);
  void set_examined();
  bool resume_set(const FileSet& set);
  bool was_renamed(FileSet& set, std::uint64_t content);
  void begin_member(FileVersion& version, RecordBatch& out);
  void end_member();
  void end_set();
  void leave_set(bool retry);
  void reject_member(FileVersion& version, const ReadStep& step);

  // file_collector_state.cpp
  TimePoint stalest() const;
  bool is_waiting(const std::string& path, const FileVersion& version) const;
  void report_file(const std::string& path, const FileVersion& version, SourceStatus& out) const;

  // file_discovery.cpp: finding versions
  FileStamp stamp_of(const std::string& path, const FileInfo& info) const;
  void look_at(const std::string& path);
  bool take_over(FileVersion& version, const FileStamp& stamp);
  void consider(const std::string& path, FileVersion& version);
  bool is_due(const FileVersion& version) const;
  static bool wants_reading(const FileVersion& version);
  bool has_marker(const std::string& path);
  void find_sets();
  void consider(const std::string& key, const FileSet& set);

  const FilePaths paths_;
  const FileOptions options_;
  FileSystem& file_system_;
  const std::unique_ptr<FileReader> reader_;
  const std::size_t columns_;
  const std::vector<NamedPattern::Column> path_columns_;
  JsonFields json_fields_;

  FileVersions versions_;
  FileSets sets_;
  std::set<std::pair<TimePoint, std::string>> queue_;  // by modification time: older records first
  std::optional<Active> active_;
  std::optional<ActiveSet> set_;
  Current current_;
  TimePoint now_ = kNoTime;
  MonotonicTime monotonic_now_{};
  std::optional<TimePoint> until_;
  bool finishing_ = false;
  std::uint64_t generation_ = 0;  // of discoveries, over all runs
  bool over_limit_ = false;       // the last discovery found more files than are remembered
  std::set<std::string> watched_;
  std::optional<std::uint64_t> matching_;        // files, in the last discovery
  std::map<std::string, std::string> problems_;  // path -> why it cannot be examined
  std::map<std::string, bool> markers_;          // directory -> whether it has the marker, in the last discovery
  std::vector<std::string> notes_;

  // Counters, saved.
  DecodeCounts counts_;
  RejectExamples examples_;  // of rejected lines; not saved
  VersionStatus totals_;
  std::uint64_t bytes_ = 0;
  std::uint64_t records_ = 0;

  DecodeCounts step_counts_;      // of one read(), or of those that are held back, until their rows are accepted
  RejectExamples step_examples_;  // likewise
};

}  // namespace leeway
