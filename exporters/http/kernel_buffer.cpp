#include "exporters/http/kernel_buffer.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>

namespace leeway {
namespace {

// The beginning of Linux' tcp_info. The header that has it complete cannot be included together with <netinet/tcp.h>.
struct TcpInfo {
  std::array<char, 120> other;
  std::uint64_t bytes_acked;
};

}  // namespace

void limit_unsent(int socket) {
  // Only sockets of TCP have the option.
  static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMostUnsent, sizeof kMostUnsent));
}

std::size_t unread_bytes(int socket) {
  int bytes = 0;
  return ::ioctl(socket, SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

std::uint64_t received_bytes(int socket) {
  TcpInfo info{};
  socklen_t size = sizeof info;
  const bool known = ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && size == sizeof info;
  return known ? info.bytes_acked : 0;
}

}  // namespace leeway
