#include "exporters/http/socket_activation.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>

namespace leeway {
namespace {

constexpr int kFirst = 3;   // SD_LISTEN_FDS_START
constexpr int kMost = 100;  // ports of one agent; more is a mistake

std::optional<int> number_of(const std::optional<std::string>& text) {
  int number = 0;
  if (!text) {
    return std::nullopt;
  }
  const char* const end = text->data() + text->size();
  const std::from_chars_result result = std::from_chars(text->data(), end, number);
  return result.ec == std::errc() && result.ptr == end ? std::optional(number) : std::nullopt;
}

bool option_is(int socket, int option, int expected) {
  int value = 0;
  socklen_t size = sizeof value;
  return ::getsockopt(socket, SOL_SOCKET, option, &value, &size) == 0 && value == expected;
}

}  // namespace

Expected<std::vector<int>> activated_sockets(const std::optional<std::string>& listen_pid,
                                             const std::optional<std::string>& listen_fds) {
  const std::string flag = "--web.systemd-socket: ";
  const std::optional<int> count = number_of(listen_fds);
  if (number_of(listen_pid) != static_cast<int>(::getpid()) || !count || *count < 1 || *count > kMost) {
    return Error{ErrorCode::kUsage, flag +
                                        "systemd has passed no socket to this process (LISTEN_PID and LISTEN_FDS); "
                                        "expected to be started by a .socket unit with ListenStream="};
  }
  std::vector<int> sockets;
  for (int socket = kFirst; socket < kFirst + *count; ++socket) {
    if (!option_is(socket, SO_TYPE, SOCK_STREAM) || !option_is(socket, SO_ACCEPTCONN, 1)) {
      return Error{ErrorCode::kUsage, flag + "file descriptor " + std::to_string(socket) +
                                          " is not a stream socket that listens; expected only ListenStream= and "
                                          "Accept=no in the .socket unit"};
    }
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
    sockets.push_back(socket);
  }
  return sockets;
}

}  // namespace leeway
