#include "agent/core/posix_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <mutex>
#include <utility>
#include <vector>

namespace leeway {
namespace {

constexpr std::size_t kPipeBytes = std::size_t{64} << 10;
// Nothing tells that a FIFO got a writer that has not written yet, so that is looked at this often.
constexpr Duration kProbe = std::chrono::seconds(1);

// Standard input has one reader in a process.
std::atomic<bool> standard_input_in_use = false;

// Standard input, or a FIFO.
class PipeStream final : public StreamEndpoint {
 public:
  PipeStream(StreamAddress address, Descriptor fifo)
      : address_(std::move(address)), fifo_(std::move(fifo)), buffer_(kPipeBytes) {
    status_.open = is_fifo() ? 0 : 1;
    status_.connections = is_fifo() ? 0 : 1;
  }
  PipeStream(const PipeStream&) = delete;
  PipeStream& operator=(const PipeStream&) = delete;
  ~PipeStream() override {
    if (!is_fifo()) {
      standard_input_in_use = false;
    }
  }

  Expected<void> receive(StreamSink& sink, Duration patience) override {
    const StreamStatus now = status();
    std::array<pollfd, 2> files{};
    files[1] = {is_fifo() ? fifo_.get() : STDIN_FILENO, POLLIN, 0};
    const Duration longest = is_fifo() && now.open == 0 ? std::min(patience, kProbe) : patience;
    if (Expected<void> waited = interrupt_.wait(files.data(), now.ended ? 1 : 2, longest); !waited) {
      return waited;
    }
    // Reading standard input may block, unless there is something.
    if (now.ended || (!is_fifo() && files[1].revents == 0)) {
      return {};
    }
    return read(sink, (files[1].revents & POLLHUP) != 0);
  }

  void interrupt() override { interrupt_.raise(); }

  StreamStatus status() const override {
    const std::lock_guard lock(mutex_);
    return status_;
  }

  Expected<void> check_path() const override {
    if (!is_fifo()) {
      return {};
    }
    const std::lock_guard lock(mutex_);
    const Expected<FilePlace> place = FilePlace::of(address_.place);
    const Expected<FilePlace> own = FilePlace::of_descriptor(fifo_.get(), address_.place);
    if (!place || !own) {
      return place ? own.error() : place.error();
    }
    return *place == *own ? Expected<void>()
                          : Error{ErrorCode::kNotFound, "'" + address_.place + "' is now another file"};
  }

 private:
  bool is_fifo() const { return address_.kind == StreamKind::kFifo; }

  Expected<void> read(StreamSink& sink, bool hung_up) {
    const int fd = is_fifo() ? fifo_.get() : STDIN_FILENO;
    const ssize_t size = ::read(fd, buffer_.data(), buffer_.size());
    if (size > 0) {
      begin_writer();
      sink.bytes(channel_, {buffer_.data(), static_cast<std::size_t>(size)});
      return {};
    }
    if (size < 0) {
      if (errno == EAGAIN && is_fifo()) {
        begin_writer();
      }
      return errno == EAGAIN || errno == EINTR ? Expected<void>()
                                               : system_error("cannot read", address_.to_string(), errno);
    }
    const bool had_writer = status().open != 0;
    {
      const std::lock_guard lock(mutex_);
      status_.open = 0;
      status_.ended = !is_fifo();
    }
    if (had_writer) {
      sink.end(channel_, true);
    }
    return is_fifo() && (had_writer || hung_up) ? reopen() : Expected<void>();
  }

  void begin_writer() {
    const std::lock_guard lock(mutex_);
    if (status_.open == 0) {
      status_.open = 1;
      ++status_.connections;
      ++channel_;
    }
  }

  // poll() reports that the last writer is gone until the FIFO is opened anew. It stays open meanwhile, so that what
  // the next writer writes is kept.
  Expected<void> reopen() {
    const std::lock_guard lock(mutex_);
    Descriptor again(::open(address_.place.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!again.valid()) {
      return system_error("cannot open", address_.place, errno);
    }
    fifo_ = std::move(again);
    return {};
  }

  const StreamAddress address_;
  mutable std::mutex mutex_;  // for status_ and, outside of receive(), fifo_
  Descriptor fifo_;
  StreamStatus status_;
  std::uint64_t channel_ = 0;
  std::vector<char> buffer_;
  Interrupt interrupt_;
};

Expected<std::unique_ptr<StreamEndpoint>> open_fifo(const StreamAddress& address) {
  struct stat info {};
  // Before it is opened, because opening a device may do something.
  if (::stat(address.place.c_str(), &info) != 0) {
    return system_error("cannot open", address.place, errno);
  }
  if (!S_ISFIFO(info.st_mode)) {
    return Error{ErrorCode::kIo, "cannot open '" + address.place + "': it is no FIFO" +
                                     (S_ISREG(info.st_mode) ? "; read a file by type = \"log\"" : "")};
  }
  Descriptor fifo(::open(address.place.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!fifo.valid()) {
    return system_error("cannot open", address.place, errno);
  }
  return std::unique_ptr<StreamEndpoint>(new PipeStream(address, std::move(fifo)));
}

}  // namespace

std::string StreamAddress::to_string() const {
  const auto with_port = [this](const char* scheme) {
    const bool v6 = place.find(':') != std::string::npos;
    return scheme + (v6 ? "[" + place + "]" : place) + ":" + std::to_string(port);
  };
  switch (kind) {
    case StreamKind::kStandardInput:
      return "standard input";
    case StreamKind::kFifo:
      return place;
    case StreamKind::kUdp:
      return with_port("udp://");
    case StreamKind::kTcp:
      return with_port("tcp://");
    case StreamKind::kUnix:
      return "unix://" + place;
    case StreamKind::kUnixDatagram:
      return "unixgram://" + place;
  }
  return {};
}

Expected<std::unique_ptr<StreamEndpoint>> open_posix_stream(const StreamAddress& address,
                                                            const StreamOptions& options) {
  if (address.is_socket()) {
    return open_posix_socket(address, options);
  }
  if (address.kind == StreamKind::kFifo) {
    return open_fifo(address);
  }
  if (standard_input_in_use.exchange(true)) {
    return Error{ErrorCode::kInUse, "standard input is read by another source"};
  }
  return std::unique_ptr<StreamEndpoint>(new PipeStream(address, Descriptor()));
}

void keep_standard_streams() {
  for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR)) {
    if (fd > STDERR_FILENO) {
      ::close(fd);
      break;
    }
  }
}

Interrupt::Interrupt() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void Interrupt::raise() const { ::eventfd_write(event_.get(), 1); }

Expected<void> Interrupt::wait(pollfd* files, std::size_t count, Duration patience) const {
  files[0] = {event_.get(), POLLIN, 0};
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(std::max(patience, Duration::zero())).count();
  const int ready = ::poll(files, count, static_cast<int>(std::min<std::int64_t>(milliseconds, INT_MAX)));
  if (ready < 0) {
    for (std::size_t i = 0; i < count; ++i) {
      files[i].revents = 0;
    }
    return errno == EINTR ? Expected<void>() : system_error("cannot wait for", "a stream", errno);
  }
  if (files[0].revents != 0) {
    eventfd_t raised = 0;
    ::eventfd_read(event_.get(), &raised);
  }
  return {};
}

Expected<FilePlace> FilePlace::of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return system_error("cannot stat", path, errno);
  }
  return FilePlace{info.st_dev, info.st_ino};
}

Expected<FilePlace> FilePlace::of_descriptor(int fd, const std::string& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0) {
    return system_error("cannot stat", path, errno);
  }
  return FilePlace{info.st_dev, info.st_ino};
}

}  // namespace leeway
