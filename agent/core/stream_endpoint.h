// Inputs that are not files: standard input, FIFOs and sockets. What was read from one cannot be read again. Opened by
// FileSystem::open_stream(); posix_stream is the real one. Used by collectors/stream, on a thread of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/clock.h"
#include "agent/core/expected.h"

namespace leeway {

// kUnix is a stream of bytes as kTcp is; kUnixDatagram has messages as kUdp has.
enum class StreamKind : std::uint8_t { kStandardInput, kFifo, kUdp, kTcp, kUnix, kUnixDatagram };

struct StreamAddress {
  StreamKind kind = StreamKind::kStandardInput;
  std::string place{};  // a path, or an IP address without brackets
  std::uint16_t port = 0;

  bool operator==(const StreamAddress&) const = default;
  bool has_datagrams() const { return kind == StreamKind::kUdp || kind == StreamKind::kUnixDatagram; }
  bool is_socket() const { return kind != StreamKind::kStandardInput && kind != StreamKind::kFifo; }
  // "standard input", "fifo:///run/app", "udp://127.0.0.1:5514", "unix:///run/app.sock".
  std::string to_string() const;
};

struct StreamOptions {
  std::size_t max_connections = 64;
  std::size_t max_datagram = 256 << 10;  // bytes; of a longer one only this many are read
  std::size_t receive_buffer = 8 << 20;  // bytes that are asked of the kernel, for datagrams
  unsigned mode = 0660;                  // permissions of a socket's path
};

struct StreamStatus {
  std::uint64_t open = 0;            // connections; for a FIFO 1 if it has a writer
  std::uint64_t connections = 0;     // since it was opened, writers of a FIFO one after the other
  std::uint64_t refused = 0;         // connections beyond the limit
  std::uint64_t dropped = 0;         // datagrams that the kernel dropped because its buffer was full, modulo 2^32
  std::uint64_t receive_buffer = 0;  // bytes that the kernel grants; 0: it has none of its own
  bool ended = false;                // nothing will ever come: standard input was closed
};

// Where bytes go. A channel is a connection, or what one writer of a FIFO after the other writes; its number is never
// used again.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  virtual void bytes(std::uint64_t channel, std::string_view bytes) = 0;
  // Nothing follows in it. `orderly`: its writer closed it, so that its last line is complete.
  virtual void end(std::uint64_t channel, bool orderly) = 0;
  // `size` is more than that of `text` if it was cut.
  virtual void datagram(std::string_view text, std::size_t size) = 0;
};

// Used by one thread at a time, except where it says otherwise.
class StreamEndpoint {
 public:
  virtual ~StreamEndpoint() = default;
  // Waits until there is something, `patience` is over or interrupt() was called, and gives `sink` what is there, up to
  // about a megabyte. After an error it is of no more use.
  virtual Expected<void> receive(StreamSink& sink, Duration patience) = 0;
  // Any thread: the running receive(), or the next one, does not wait.
  virtual void interrupt() = 0;
  // Any thread.
  virtual StreamStatus status() const = 0;
  // Any thread: an error if its path no longer leads to it, so that no writer finds it.
  virtual Expected<void> check_path() const = 0;
};

}  // namespace leeway
