// The operating system's streams. Used by PosixFileSystem.
#pragma once

#include <memory>
#include <string>

#include "agent/core/descriptor.h"
#include "agent/core/stream_endpoint.h"

struct pollfd;

namespace leeway {

// As FileSystem::open_stream().
Expected<std::unique_ptr<StreamEndpoint>> open_posix_stream(const StreamAddress& address, const StreamOptions& options);

// Before any file is opened: a standard stream that is closed is replaced by an empty one. Otherwise the first file
// would take its number and be read for standard input.
void keep_standard_streams();

// --- for the kinds of streams, posix_stream.cpp and posix_socket.cpp ---

Expected<std::unique_ptr<StreamEndpoint>> open_posix_socket(const StreamAddress& address, const StreamOptions& options);

// Ends a wait from another thread.
class Interrupt {
 public:
  Interrupt();
  void raise() const;  // any thread
  // Waits until one of `files` is ready, `patience` is over or raise() was called; the first one is the interrupt's own
  // place. kIo where the system refuses.
  Expected<void> wait(pollfd* files, std::size_t count, Duration patience) const;

 private:
  Descriptor event_;
};

// Which file a path led to.
struct FilePlace {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool operator==(const FilePlace&) const = default;
  static Expected<FilePlace> of(const std::string& path);
  static Expected<FilePlace> of_descriptor(int fd, const std::string& path);
};

}  // namespace leeway
