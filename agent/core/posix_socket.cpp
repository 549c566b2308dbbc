#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "agent/core/posix_stream.h"

namespace leeway {
namespace {

constexpr std::size_t kConnectionBytes = std::size_t{64} << 10;
constexpr std::size_t kRoundBytes = std::size_t{1} << 20;  // of one receive(), about
constexpr std::size_t kLongestUdp = 65'536;
constexpr std::size_t kLongestLocal = std::size_t{256} << 10;  // senders have a buffer of 208 KiB by default
constexpr unsigned kDatagrams = 64;                            // read by one call
constexpr int kBacklog = 128;
// No descriptor is left: connections wait this long before the next attempt to take them.
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

// An address in the system's form.
struct SystemAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

Expected<SystemAddress> system_address(const StreamAddress& address) {
  SystemAddress result;
  const Error wrong{ErrorCode::kConfiguration, "'" + address.to_string() + "' is no address"};
  if (address.kind == StreamKind::kUnix || address.kind == StreamKind::kUnixDatagram) {
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    if (address.place.size() >= sizeof(local.sun_path)) {
      return wrong;
    }
    std::memcpy(local.sun_path, address.place.data(), address.place.size());
    std::memcpy(&result.storage, &local, sizeof(local));
    result.size = sizeof(local);
    return result;
  }
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, address.place.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&result.storage, &v4, sizeof(v4));
    result.size = sizeof(v4);
  } else if (::inet_pton(AF_INET6, address.place.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    std::memcpy(&result.storage, &v6, sizeof(v6));
    result.size = sizeof(v6);
  } else {
    return wrong;
  }
  return result;
}

bool is_local(const StreamAddress& address) {
  return address.kind == StreamKind::kUnix || address.kind == StreamKind::kUnixDatagram;
}

Error listen_error(const StreamAddress& address, int errno_value) {
  Error error = system_error("cannot listen at", address.to_string(), errno_value);
  error.code = errno_value == EADDRINUSE ? ErrorCode::kInUse : error.code;
  return error;
}

// Removes the path of a socket that nobody listens at any more: that of a process that was killed.
Expected<void> remove_stale(const StreamAddress& address, const SystemAddress& system, int type) {
  struct stat info {};
  if (::lstat(address.place.c_str(), &info) != 0) {
    return {};
  }
  if (!S_ISSOCK(info.st_mode)) {
    return Error{ErrorCode::kInUse, "cannot listen at '" + address.to_string() + "': the path exists and is no socket"};
  }
  const Descriptor client(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!client.valid() || ::connect(client.get(), system.get(), system.size) == 0 || errno != ECONNREFUSED) {
    return listen_error(address, EADDRINUSE);
  }
  ::unlink(address.place.c_str());
  return {};
}

// A socket that is bound, and its path.
class BoundSocket {
 public:
  BoundSocket(Descriptor socket, StreamAddress address, FilePlace place)
      : socket_(std::move(socket)), address_(std::move(address)), place_(place) {}
  BoundSocket(BoundSocket&&) noexcept = default;
  BoundSocket& operator=(BoundSocket&&) = delete;
  ~BoundSocket() {
    if (socket_.valid() && is_local(address_) && check_path()) {
      ::unlink(address_.place.c_str());
    }
  }

  static Expected<BoundSocket> bind(const StreamAddress& address, int type, unsigned mode);

  int get() const { return socket_.get(); }
  const StreamAddress& address() const { return address_; }
  Expected<void> check_path() const {
    if (!is_local(address_)) {
      return {};
    }
    const Expected<FilePlace> now = FilePlace::of(address_.place);
    if (!now) {
      return now.error();
    }
    return *now == place_ ? Expected<void>()
                          : Error{ErrorCode::kNotFound, "'" + address_.place + "' is now another file"};
  }

 private:
  Descriptor socket_;
  StreamAddress address_;
  FilePlace place_;
};

Expected<BoundSocket> BoundSocket::bind(const StreamAddress& address, int type, unsigned mode) {
  const Expected<SystemAddress> system = system_address(address);
  if (!system) {
    return system.error();
  }
  Descriptor socket(::socket(system->storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) {
    return listen_error(address, errno);
  }
  const int on = 1;
  if (is_local(address)) {
    if (const Expected<void> removed = remove_stale(address, *system, type); !removed) {
      return removed.error();
    }
    ::fchmod(socket.get(), mode);  // what the path is created with
  } else if (type == SOCK_STREAM) {
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  }
  if (::bind(socket.get(), system->get(), system->size) != 0) {
    return listen_error(address, errno);
  }
  FilePlace place;
  if (is_local(address)) {
    const Expected<FilePlace> now = FilePlace::of(address.place);
    place = now ? *now : place;
  }
  BoundSocket bound(std::move(socket), address, place);
  if (is_local(address) && ::chmod(address.place.c_str(), mode) != 0) {  // without the process's mask
    return listen_error(address, errno);
  }
  if (type == SOCK_STREAM && ::listen(bound.get(), kBacklog) != 0) {
    return listen_error(address, errno);
  }
  return bound;
}

class DatagramStream final : public StreamEndpoint {
 public:
  DatagramStream(BoundSocket socket, const StreamOptions& options)
      : socket_(std::move(socket)),
        slot_(std::min(options.max_datagram, socket_.address().kind == StreamKind::kUdp ? kLongestUdp : kLongestLocal)),
        buffers_(new char[slot_ * kDatagrams]) {
    for (std::size_t i = 0; i < kDatagrams; ++i) {
      parts_[i] = {buffers_.get() + i * slot_, slot_};
      messages_[i].msg_hdr.msg_iov = &parts_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
    const int wanted = static_cast<int>(options.receive_buffer);
    // The first ignores the system's limit, but only for the superuser.
    if (::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) != 0) {
      ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
    }
  }

  Expected<void> receive(StreamSink& sink, Duration patience) override {
    std::array<pollfd, 2> files{};
    files[1] = {socket_.get(), POLLIN, 0};
    if (Expected<void> waited = interrupt_.wait(files.data(), files.size(), patience); !waited) {
      return waited;
    }
    for (std::size_t bytes = 0; files[1].revents != 0 && bytes < kRoundBytes;) {
      // MSG_TRUNC: the length that it had.
      const int count = ::recvmmsg(socket_.get(), messages_.data(), kDatagrams, MSG_DONTWAIT | MSG_TRUNC, nullptr);
      if (count < 0 && errno != EAGAIN && errno != EINTR) {
        return system_error("cannot read", socket_.address().to_string(), errno);
      }
      for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i) {
        const std::size_t size = messages_[i].msg_len;
        sink.datagram({static_cast<const char*>(parts_[i].iov_base), std::min(size, slot_)}, size);
        bytes += size;
      }
      if (count < static_cast<int>(kDatagrams)) {
        break;
      }
    }
    return {};
  }

  void interrupt() override { interrupt_.raise(); }

  StreamStatus status() const override {
    StreamStatus status;
    std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
    socklen_t size = sizeof(memory);
    if (::getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, memory.data(), &size) == 0) {
      status.dropped = memory[SK_MEMINFO_DROPS];
      status.receive_buffer = memory[SK_MEMINFO_RCVBUF];
    }
    return status;
  }

  Expected<void> check_path() const override { return socket_.check_path(); }

 private:
  const BoundSocket socket_;
  const std::size_t slot_;
  const std::unique_ptr<char[]> buffers_;  // not initialised: pages that are not needed cost nothing
  std::array<iovec, kDatagrams> parts_{};
  std::array<mmsghdr, kDatagrams> messages_{};
  Interrupt interrupt_;
};

class ListeningStream final : public StreamEndpoint {
 public:
  ListeningStream(BoundSocket socket, const StreamOptions& options)
      : socket_(std::move(socket)), max_connections_(options.max_connections), buffer_(kConnectionBytes) {}

  Expected<void> receive(StreamSink& sink, Duration patience) override {
    files_.assign(2, pollfd{});
    files_[1] = {pause_ ? -1 : socket_.get(), POLLIN, 0};
    for (const Connection& connection : connections_) {
      files_.push_back({connection.socket.get(), POLLIN, 0});
    }
    const Duration longest = std::exchange(pause_, false) ? std::min(patience, kAcceptPause) : patience;
    if (Expected<void> waited = interrupt_.wait(files_.data(), files_.size(), longest); !waited) {
      return waited;
    }
    read_ready(sink);
    return files_[1].revents != 0 ? accept() : Expected<void>();
  }

  void interrupt() override { interrupt_.raise(); }

  StreamStatus status() const override {
    StreamStatus status;
    status.open = open_;
    status.connections = accepted_;
    status.refused = refused_;
    return status;
  }

  Expected<void> check_path() const override { return socket_.check_path(); }

 private:
  struct Connection {
    std::uint64_t channel;
    Descriptor socket;
  };

  // Each connection in turn, beginning with another one each time.
  void read_ready(StreamSink& sink) {
    const std::size_t count = connections_.size();
    std::size_t bytes = 0;
    std::size_t next = next_;
    for (std::size_t i = 0; i < count && bytes < kRoundBytes; ++i) {
      next = (next_ + i) % count;
      if (files_[2 + next].revents != 0) {
        bytes += read(connections_[next], sink);
      }
    }
    next_ = count == 0 ? 0 : next + 1;
    std::erase_if(connections_, [](const Connection& connection) { return !connection.socket.valid(); });
    open_ = connections_.size();
  }

  std::size_t read(Connection& connection, StreamSink& sink) {
    const ssize_t size = ::recv(connection.socket.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size > 0) {
      sink.bytes(connection.channel, {buffer_.data(), static_cast<std::size_t>(size)});
      return static_cast<std::size_t>(size);
    }
    if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
      sink.end(connection.channel, size == 0);
      connection.socket.close();
    }
    return 0;
  }

  Expected<void> accept() {
    for (int i = 0; i < kBacklog; ++i) {
      Descriptor socket(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (!socket.valid()) {
        pause_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        const bool broken = errno == EBADF || errno == EINVAL || errno == ENOTSOCK;
        return broken ? system_error("cannot listen at", socket_.address().to_string(), errno) : Expected<void>();
      }
      if (connections_.size() >= max_connections_) {
        ++refused_;
        continue;
      }
      const int on = 1;  // finds out that a host is gone; without effect on local sockets
      ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
      ++accepted_;
      connections_.push_back({accepted_, std::move(socket)});
      open_ = connections_.size();
    }
    return {};
  }

  const BoundSocket socket_;
  const std::size_t max_connections_;
  std::vector<char> buffer_;
  std::vector<pollfd> files_;
  std::vector<Connection> connections_;
  std::size_t next_ = 0;
  bool pause_ = false;
  std::atomic<std::uint64_t> open_ = 0;
  std::atomic<std::uint64_t> accepted_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  Interrupt interrupt_;
};

}  // namespace

Expected<std::unique_ptr<StreamEndpoint>> open_posix_socket(const StreamAddress& address,
                                                            const StreamOptions& options) {
  const bool datagrams = address.has_datagrams();
  Expected<BoundSocket> socket = BoundSocket::bind(address, datagrams ? SOCK_DGRAM : SOCK_STREAM, options.mode);
  if (!socket) {
    return socket.error();
  }
  if (datagrams) {
    return std::unique_ptr<StreamEndpoint>(new DatagramStream(*std::move(socket), options));
  }
  return std::unique_ptr<StreamEndpoint>(new ListeningStream(*std::move(socket), options));
}

}  // namespace leeway
