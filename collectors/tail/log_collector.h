// Runs the `log` source: reads the files that match its patterns in fair turns, across rotations and restarts. Built by
// LogSource, driven by the pipeline on the writer's thread.
#pragma once

#include <deque>
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
#include "collectors/paths/glob.h"
#include "collectors/tail/tailed_file.h"

namespace leeway {

struct LogPaths {
  std::vector<Glob> patterns;
  std::vector<Glob> excludes;
  GlobLimits limits{};
};

// Rotated files are read before the files that took their names. The position of a file is always at the start of a
// line: an unfinished line is read again when it has grown.
class LogCollector final : public Collector {
 public:
  // `files` outlives the collector; `columns` is the size of the schema that `decoder` was made for.
  LogCollector(LogPaths paths, const TailOptions& options, FileSystem& files, std::unique_ptr<Decoder> decoder,
               std::size_t columns);

  Expected<PollState> poll(Budget budget, RecordBatch& out) override;
  Expected<PollState> finish(Budget budget, RecordBatch& out) override;
  // To be called about once a second: TailOptions::rotate_wait counts these calls.
  Expected<void> discover() override;
  std::vector<std::string> watch_directories() const override;
  void save(StateWriter& out) const override;
  Expected<void> load(StateReader& in) override;
  void report(SourceStatus& out) const override;

 private:
  // How often the files of a directory are searched while they are being renamed.
  static constexpr int kRenameRaces = 3;

  struct Sibling {
    std::string path;
    FileInfo info;
  };
  using Files = std::unordered_map<FileKey, std::unique_ptr<TailedFile>, FileKeyHash>;

  // log_collector.cpp: reading
  PollState read_next(Budget budget, RecordBatch& out);
  void read_one(TailedFile& file, Budget budget, RecordBatch& out);
  bool open(TailedFile& file);
  void close(TailedFile& file);
  bool close_least_used();
  void sweep();
  void enqueue(TailedFile& file);
  TailedFile* next_queued();
  TailedFile& add(std::unique_ptr<TailedFile> file);
  std::unique_ptr<TailedFile> forget(TailedFile& file);

  // log_copies.cpp: rotation by copying
  static bool may_be_copy(const TailedFile& original, const std::string& path, const FileInfo& info);
  bool may_become_copy(const std::string& path, const FileInfo& info);
  bool is_copy_of_known(const std::string& path, const FileInfo& info);
  bool begins_like(TailedFile& original, const FileInfo& info, File& candidate);
  void truncated(TailedFile& file);
  bool resume_in_copy(const TailedFile& file);

  // log_discovery.cpp: finding files
  std::vector<FileKey> keys() const;
  TailedFile* find(const FileInfo& info);
  void look_at(const std::string& path);
  TailedFile* find_after_reboot(const FileInfo& info);
  void found(TailedFile& file, const std::string& path, const FileInfo& info);
  void settle_names();
  void look_for(TailedFile& file);
  void lost_its_path(TailedFile& file, const FileInfo* successor);
  void mark_rotated(TailedFile& file);
  void wait_for_end(TailedFile& file);
  bool adopt_missed_generations(const TailedFile& file, const FileInfo* successor);
  Expected<std::unique_ptr<File>> open_if_still(const std::string& path, const FileInfo& info);
  const std::vector<Sibling>* siblings(const std::string& directory);
  const Sibling* find_sibling(const TailedFile& file, const std::vector<Sibling>& candidates);
  std::uint64_t directory_device(const std::string& path);
  void vanish(TailedFile& file);
  void prune_finished();

  const LogPaths paths_;
  const TailOptions options_;
  FileSystem& file_system_;
  const std::unique_ptr<Decoder> decoder_;
  const std::size_t columns_;
  TailContext context_;

  Files files_;
  std::deque<TailedFile*> rotated_queue_;  // read first, so that records stay in order
  std::deque<TailedFile*> queue_;          // files that have something to read, in turns
  std::vector<TailedFile*> open_;
  std::uint64_t reads_ = 0;

  bool started_ = false;     // the first discovery is over, in this run or in the one that saved the state
  bool discovered_ = false;  // in this run
  bool finishing_ = false;
  std::uint64_t generation_ = 0;
  std::set<std::string> watched_;
  std::map<std::string, std::string> problems_;                          // path -> why it cannot be read
  std::map<std::string, std::optional<std::vector<Sibling>>> siblings_;  // of this discovery
  std::map<std::string, std::uint64_t> directory_devices_;               // of this discovery
};

}  // namespace leeway
