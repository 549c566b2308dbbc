#include "tests/exporters/http/server_fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace leeway {

RawClient::RawClient() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval patience{20, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

RawClient::~RawClient() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

bool RawClient::connect(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::finish_sending() { ::shutdown(fd_, SHUT_WR); }

std::string RawClient::read_response(bool has_body) {
  std::string text;
  std::size_t wanted = std::string::npos;  // known once the header is complete
  // Byte by byte: what follows belongs to the next response.
  for (char byte = 0; text.size() < wanted && ::recv(fd_, &byte, 1, 0) == 1;) {
    text += byte;
    if (wanted == std::string::npos && text.ends_with("\r\n\r\n")) {
      const std::size_t at = text.find("Content-Length: ");
      const bool known = has_body && at != std::string::npos;
      wanted = text.size() + (known ? std::stoul(text.substr(at + std::string_view("Content-Length: ").size())) : 0);
    }
  }
  return text;
}

std::optional<std::string> RawClient::read_to_end() {
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (size > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(size));
    } else if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return std::nullopt;
    } else {
      return text;
    }
  }
}

bool RawClient::readable_within(std::chrono::milliseconds time) {
  pollfd poller{fd_, POLLIN, 0};
  return ::poll(&poller, 1, static_cast<int>(time.count())) > 0;
}

void RawClient::vanish() {
  const linger reset{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::close(std::exchange(fd_, -1));
}

}  // namespace leeway
