// The operating system's files as collectors and the checkpoint see them. `PosixFileSystem` is the real one,
// tests/support/memory_file_system.h the in-memory version with fault injection.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/stream_endpoint.h"

namespace leeway {

enum class FileType : std::uint8_t { kRegular, kDirectory, kOther, kFifo };

struct FileInfo {
  FileType type = FileType::kOther;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t links = 0;
  std::uint64_t size = 0;
  TimePoint modified{};
  TimePoint born = kNoTime;  // statx birth time, where the file system has one
};

struct DirectoryEntry {
  std::string name;
  FileType type = FileType::kOther;  // also kOther where the listing does not say: call stat() then
};

// An open file. Closed by its destructor.
class File {
 public:
  virtual ~File() = default;
  // Bytes read, 0 at the end of the file. Interrupted calls are repeated.
  virtual Expected<std::size_t> read_at(std::uint64_t offset, std::span<char> out) = 0;
  // Writes all of `bytes`.
  virtual Expected<void> write_at(std::uint64_t offset, std::string_view bytes) = 0;
  virtual Expected<void> sync_data() = 0;
  virtual Expected<FileInfo> info() const = 0;
  // The first position >= offset that holds data rather than a hole; `offset` itself where holes are unknown,
  // the file's size where only a hole follows.
  virtual Expected<std::uint64_t> next_data(std::uint64_t offset) const = 0;
};

// Reads all available bytes, up to the size of `out`, repeating short reads.
Expected<std::size_t> read_fully(File& file, std::uint64_t offset, std::span<char> out);

enum class OpenMode : std::uint8_t {
  kRead,
  kReadWriteCreate,  // created with mode 0600
};

// Safe to call from any thread.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // Never blocks on a FIFO and never opens a terminal: only regular files are accepted.
  virtual Expected<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  // Follows symbolic links.
  virtual Expected<FileInfo> stat(const std::string& path) const = 0;
  // The path that `path` leads to, absolute and without symbolic links.
  virtual Expected<std::string> real_path(const std::string& path) const = 0;
  // Where the symbolic link `path` leads, one step, whether something is there or not: an absolute path, or one from
  // the directory of `path`. An error where there is no link.
  virtual Expected<std::string> read_link(const std::string& path) const = 0;
  // Without "." and "..", in no particular order.
  virtual Expected<std::vector<DirectoryEntry>> list(const std::string& directory) const = 0;
  virtual Expected<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Expected<void> remove(const std::string& path) = 0;
  // With its parents, mode 0700; succeeds if it exists.
  virtual Expected<void> make_directory(const std::string& path) = 0;
  // Makes creations and renames in the directory durable.
  virtual Expected<void> sync_directory(const std::string& path) = 0;
  // An exclusive lock on `path` (created if absent), held until the result is destroyed or the process dies.
  // kInUse where another process, or another caller in this one, holds it.
  virtual Expected<std::unique_ptr<File>> lock(const std::string& path) = 0;
  // Opens a FIFO or standard input, or creates a socket and listens. kInUse where another process listens there, or
  // another caller has standard input.
  virtual Expected<std::unique_ptr<StreamEndpoint>> open_stream(const StreamAddress& address,
                                                                const StreamOptions& options);
};

class PosixFileSystem final : public FileSystem {
 public:
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
  Expected<std::unique_ptr<StreamEndpoint>> open_stream(const StreamAddress& address,
                                                        const StreamOptions& options) override;
};

}  // namespace leeway
