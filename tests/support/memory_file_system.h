// Files in memory, for tests of code that reads logs or writes state: the counterpart of PosixFileSystem, with a
// control side (writers that append, truncate, rotate, delete), injected faults and power failures. Safe to call from
// any thread. Paths are absolute, or relative to the root. Open files must be destroyed before the file system.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/file_system.h"

namespace leeway {

enum class FileOperation : std::uint8_t {
  kOpen,
  kStat,
  kList,
  kRead,
  kWrite,
  kSync,
  kRename,
  kRemove,
  kMakeDirectory,
  kSyncDirectory,
  kLock,
  kInfo,
};

class MemoryFileSystem : public FileSystem {
 public:
  MemoryFileSystem();
  ~MemoryFileSystem() override;

  Expected<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Expected<FileInfo> stat(const std::string& path) const override;
  Expected<std::string> real_path(const std::string& path) const override;
  Expected<std::string> read_link(const std::string& path) const override;
  Expected<std::vector<DirectoryEntry>> list(const std::string& directory) const override;
  Expected<void> rename(const std::string& from, const std::string& to) override;
  Expected<void> remove(const std::string& path) override;
  Expected<void> make_directory(const std::string& path) override;
  Expected<void> sync_directory(const std::string& path) override;
  Expected<std::unique_ptr<File>> lock(const std::string& path) override;

  // --- the control side: another process that always succeeds; parents are created, faults and limits do not apply ---

  void append(const std::string& path, std::string_view bytes);
  void append(File& writer, std::string_view bytes);
  // Replaces the content in place: same inode, as `>` does.
  void write(const std::string& path, std::string_view bytes);
  void write_at(const std::string& path, std::uint64_t offset, std::string_view bytes);
  // If shorter, the content is cut off; if longer, a hole is added.
  void truncate(const std::string& path, std::uint64_t size);
  // A file held open across renames and deletions, as a service holds its log.
  std::unique_ptr<File> open_writer(const std::string& path);
  // Replaces what is at `path`, as `ln -sfn` and `ln -f` do.
  void make_symlink(const std::string& target, const std::string& path);
  void make_hard_link(const std::string& existing, const std::string& path);
  void make_fifo(const std::string& path);
  void remove_tree(const std::string& path);
  bool exists(const std::string& path) const;
  std::string content(const std::string& path) const;  // "" if there is none

  // --- how this file system behaves ---

  // Inode numbers of deleted and closed files are given to the next new file, as ext4 does. Off by default.
  void set_reuse_inodes(bool reuse);
  // Whether files have a birth time. On by default.
  void set_birth_times(bool known);
  // Time of the next modifications; advances by 1 ms with each unless frozen.
  void set_time(TimePoint time, bool frozen = false);
  // Without permission a file cannot be opened, and a directory cannot be listed or searched (EACCES).
  void set_readable(const std::string& path, bool readable);
  // Free bytes: a write past them stores what fits, then fails with ENOSPC. nullopt: no limit.
  void set_free_space(std::optional<std::uint64_t> bytes);
  // Limit on open files (EMFILE), not counting writers of the control side. nullopt: no limit.
  void set_open_limit(std::optional<std::size_t> files);
  std::size_t open_files() const;
  // The most that one read_at() returns. nullopt: no limit.
  void set_read_limit(std::optional<std::size_t> bytes);
  // Called after each successful read, before the reader sees its bytes: for races between a read and the next call.
  void set_after_read(std::function<void()> hook);
  // Called before each open, stat, list, read and info: for what other processes do between two calls.
  void set_before_call(std::function<void()> hook);
  std::uint64_t calls(FileOperation operation) const;  // made so far, including failed ones

  // --- faults ---

  // `operation` fails with `errno_value` on every path that contains `path_part`, after `skip` calls that succeed,
  // `times` times (0: until cleared). A failing write stores the first half of its bytes.
  void fail(FileOperation operation, int errno_value, std::string path_part = "", std::uint64_t skip = 0,
            std::uint64_t times = 0);
  void clear_faults();

  // What was not synced is lost: contents revert to the last sync_data(), names to the last sync_directory() (or to
  // persist()). With a seed, each unsynced 512-byte sector and each unsynced size survives at random, as on real disks.
  // Earlier open files and locks are dead: every call on them fails with EIO.
  void power_cut(std::optional<std::uint64_t> torn_seed = std::nullopt);
  // The current content survives a power failure.
  void persist();

 private:
  struct Node;
  struct Fault;
  struct Resolved;
  class MemoryFile;
  using NodePtr = std::shared_ptr<Node>;

  Expected<Resolved> resolve(const std::string& path, bool follow_last, bool privileged = false) const;
  Expected<NodePtr> find(const std::string& path) const;
  NodePtr make_node(FileType type);
  NodePtr make_parents(const std::string& path);
  NodePtr find_or_create(const std::string& path);
  void link(Node& parent, const std::string& name, const NodePtr& node);
  void replace(const std::string& path, const NodePtr& node);
  void unlink(Node& parent, const std::string& name);
  void release(Node& node);
  void store(Node& node, std::uint64_t offset, std::string_view bytes);
  void resize(Node& node, std::uint64_t size);
  void touch(Node& node);
  FileInfo info_of(const Node& node) const;
  void before_call() const;
  std::optional<Error> injected(FileOperation operation, const std::string& path) const;

  mutable std::mutex mutex_;
  NodePtr root_;
  std::uint64_t next_inode_ = 2;
  std::vector<std::uint64_t> free_inodes_;
  bool reuse_inodes_ = false;
  bool birth_times_ = true;
  TimePoint time_;
  bool time_frozen_ = false;
  std::optional<std::uint64_t> free_space_;
  std::optional<std::size_t> open_limit_;
  std::optional<std::size_t> read_limit_;
  std::function<void()> after_read_;
  std::function<void()> before_call_;
  std::size_t open_files_ = 0;
  std::uint64_t epoch_ = 0;  // power failures so far
  mutable std::vector<Fault> faults_;
  mutable std::map<FileOperation, std::uint64_t> calls_;
};

}  // namespace leeway
