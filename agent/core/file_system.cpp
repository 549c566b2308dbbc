#include "agent/core/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <utility>

#include "agent/core/access_denied.h"
#include "agent/core/descriptor.h"
#include "agent/core/posix_stream.h"

namespace leeway {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

TimePoint to_time_point(const statx_timestamp& time) {
  const auto plausible = [](TimePoint limit) {
    return std::chrono::duration_cast<std::chrono::seconds>(limit.time_since_epoch());
  };
  const std::chrono::seconds seconds(time.tv_sec);
  return TimePoint(std::clamp(seconds, plausible(kFirstPlausible), plausible(kLastPlausible)) +
                   std::chrono::nanoseconds(time.tv_nsec));
}

FileType type_of_mode(unsigned mode) {
  return S_ISREG(mode)    ? FileType::kRegular
         : S_ISDIR(mode)  ? FileType::kDirectory
         : S_ISFIFO(mode) ? FileType::kFifo
                          : FileType::kOther;
}

FileInfo to_file_info(const struct statx& raw) {
  FileInfo info;
  info.type = type_of_mode(raw.stx_mode);
  info.device = (static_cast<std::uint64_t>(raw.stx_dev_major) << 32) | raw.stx_dev_minor;
  info.inode = raw.stx_ino;
  info.links = raw.stx_nlink;
  info.size = raw.stx_size;
  info.modified = to_time_point(raw.stx_mtime);
  if ((raw.stx_mask & STATX_BTIME) != 0) {
    info.born = to_time_point(raw.stx_btime);
  }
  return info;
}

Descriptor open_descriptor(const std::string& path, int flags) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, kFileMode);
  } while (fd < 0 && errno == EINTR);
  return Descriptor(fd);
}

class PosixFile final : public File {
 public:
  PosixFile(Descriptor descriptor, std::string path) : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Expected<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    ssize_t size = 0;
    do {
      size = ::pread(descriptor_.get(), out.data(), out.size(), static_cast<off_t>(offset));
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
      return system_error("cannot read", path_, errno);
    }
    return static_cast<std::size_t>(size);
  }

  Expected<void> write_at(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t size = ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (size < 0) {
        if (errno == EINTR) {
          continue;
        }
        return system_error("cannot write", path_, errno);
      }
      bytes.remove_prefix(static_cast<std::size_t>(size));
      offset += static_cast<std::uint64_t>(size);
    }
    return {};
  }

  Expected<void> sync_data() override {
    if (::fdatasync(descriptor_.get()) != 0) {
      return system_error("cannot sync", path_, errno);
    }
    return {};
  }

  Expected<FileInfo> info() const override {
    struct statx raw {};
    if (::statx(descriptor_.get(), "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) {
      return system_error("cannot stat", path_, errno);
    }
    return to_file_info(raw);
  }

  Expected<std::uint64_t> next_data(std::uint64_t offset) const override {
    const off_t position = ::lseek(descriptor_.get(), static_cast<off_t>(offset), SEEK_DATA);
    if (position >= 0) {
      return static_cast<std::uint64_t>(position);
    }
    if (errno != ENXIO) {  // the file system does not report holes
      return offset;
    }
    Expected<FileInfo> now = info();
    if (!now) {
      return now.error();
    }
    return std::max(offset, now->size);
  }

  int descriptor() const { return descriptor_.get(); }

 private:
  Descriptor descriptor_;
  std::string path_;
};

// With the reason and the remedy where access is denied.
Error path_error(std::string_view action, const std::string& path, int errno_value) {
  Error error = system_error(action, path, errno_value);
  if (errno_value == EACCES) {
    error.message += explain_denial(path);
  } else if (errno_value == EROFS) {
    error.message += "; mount a writable volume there";
  }
  return error;
}

Expected<std::unique_ptr<PosixFile>> open_regular(const std::string& path, int flags) {
  Descriptor descriptor = open_descriptor(path, flags);
  if (!descriptor.valid()) {
    return path_error("cannot open", path, errno);
  }
  auto file = std::make_unique<PosixFile>(std::move(descriptor), path);
  Expected<FileInfo> info = file->info();
  if (!info) {
    return info.error();
  }
  if (info->type != FileType::kRegular) {
    return Error{ErrorCode::kIo, "cannot open '" + path + "': not a regular file"};
  }
  return file;
}

FileType type_of_entry(const dirent& entry) {
  return entry.d_type == DT_REG ? FileType::kRegular : entry.d_type == DT_DIR ? FileType::kDirectory : FileType::kOther;
}

}  // namespace

Expected<std::unique_ptr<StreamEndpoint>> FileSystem::open_stream(const StreamAddress& address,
                                                                  const StreamOptions& /*options*/) {
  return Error{ErrorCode::kNotFound, "cannot open '" + address.to_string() + "': there are only files"};
}

Expected<std::unique_ptr<StreamEndpoint>> PosixFileSystem::open_stream(const StreamAddress& address,
                                                                       const StreamOptions& options) {
  return open_posix_stream(address, options);
}

Expected<std::size_t> read_fully(File& file, std::uint64_t offset, std::span<char> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const Expected<std::size_t> size = file.read_at(offset + done, out.subspan(done));
    if (!size) {
      return size.error();
    }
    if (*size == 0) {
      break;
    }
    done += *size;
  }
  return done;
}

Expected<std::unique_ptr<File>> PosixFileSystem::open(const std::string& path, OpenMode mode) {
  Expected<std::unique_ptr<PosixFile>> file = open_regular(path, mode == OpenMode::kRead ? O_RDONLY : O_RDWR | O_CREAT);
  if (!file) {
    return file.error();
  }
  return std::unique_ptr<File>(std::move(*file));
}

Expected<FileInfo> PosixFileSystem::stat(const std::string& path) const {
  struct statx raw {};
  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_BASIC_STATS | STATX_BTIME, &raw) != 0) {
    return path_error("cannot stat", path, errno);
  }
  return to_file_info(raw);
}

Expected<std::string> PosixFileSystem::real_path(const std::string& path) const {
  const std::unique_ptr<char, void (*)(void*)> resolved(::realpath(path.c_str(), nullptr), ::free);
  if (resolved == nullptr) {
    return path_error("cannot resolve", path, errno);
  }
  return std::string(resolved.get());
}

Expected<std::string> PosixFileSystem::read_link(const std::string& path) const {
  std::array<char, PATH_MAX> target;
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  if (size < 0) {
    return path_error("cannot read the link", path, errno);
  }
  return std::string(target.data(), static_cast<std::size_t>(size));
}

Expected<std::vector<DirectoryEntry>> PosixFileSystem::list(const std::string& directory) const {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), ::closedir);
  if (stream == nullptr) {
    return path_error("cannot list", directory, errno);
  }
  std::vector<DirectoryEntry> entries;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) {
      break;
    }
    std::string name = entry->d_name;
    if (name != "." && name != "..") {
      entries.push_back({std::move(name), type_of_entry(*entry)});
    }
  }
  if (errno != 0) {
    return path_error("cannot list", directory, errno);
  }
  return entries;
}

Expected<void> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    return path_error("cannot rename", from, errno);
  }
  return {};
}

Expected<void> PosixFileSystem::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) {
    return path_error("cannot remove", path, errno);
  }
  return {};
}

Expected<void> PosixFileSystem::make_directory(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string parent = path.substr(0, end);
    if (::mkdir(parent.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
      const int reason = errno;
      const Expected<FileInfo> info = stat(parent);  // a read-only file system says EROFS for what exists, too
      if (!info || info->type != FileType::kDirectory) {
        return path_error("cannot create directory", parent, reason);
      }
    }
    if (end == std::string::npos) {
      break;
    }
  }
  const Expected<FileInfo> info = stat(path);
  if (!info) {
    return info.error();
  }
  if (info->type != FileType::kDirectory) {
    return system_error("cannot create directory", path, ENOTDIR);
  }
  return {};
}

Expected<void> PosixFileSystem::sync_directory(const std::string& path) {
  const Descriptor descriptor = open_descriptor(path, O_RDONLY | O_DIRECTORY);
  if (!descriptor.valid() || ::fsync(descriptor.get()) != 0) {
    return system_error("cannot sync directory", path, errno);
  }
  return {};
}

Expected<std::unique_ptr<File>> PosixFileSystem::lock(const std::string& path) {
  Expected<std::unique_ptr<PosixFile>> file = open_regular(path, O_RDWR | O_CREAT);
  if (!file) {
    return file.error();
  }
  int result = 0;
  do {
    result = ::flock((*file)->descriptor(), LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result != 0) {
    if (errno == EWOULDBLOCK) {
      return Error{ErrorCode::kInUse, "'" + path + "' is locked by another process: is another agent running?"};
    }
    return system_error("cannot lock", path, errno);
  }
  return std::unique_ptr<File>(std::move(*file));
}

}  // namespace leeway
