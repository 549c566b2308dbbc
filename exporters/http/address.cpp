#include "exporters/http/address.h"

#include <charconv>
#include <optional>
#include <system_error>

namespace leeway {
namespace {

// Empty if brackets and colons are malformed.
std::optional<std::string_view> host_of(std::string_view text, std::size_t colon) {
  const std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    const bool closed = host.size() > 2 && host.ends_with(']');
    return closed ? std::optional(host.substr(1, host.size() - 2)) : std::nullopt;
  }
  return host.find_first_of("[]: /") == std::string_view::npos ? std::optional(host) : std::nullopt;
}

}  // namespace

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, port);
  if (result.ec != std::errc() || result.ptr != end) {
    return std::nullopt;
  }
  return port;
}

std::string ListenAddress::to_string() const {
  const bool brackets = host.find(':') != std::string::npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Expected<ListenAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos) {
    const std::optional<std::string_view> host = host_of(text, colon);
    const std::optional<std::uint16_t> port = parse_port(text.substr(colon + 1));
    if (host && port) {
      return ListenAddress{std::string(*host), *port};
    }
  }
  return Error{ErrorCode::kUsage, "malformed address '" + std::string(text) +
                                      "'; expected HOST:PORT, [IPV6]:PORT or :PORT (--web.listen-address)"};
}

}  // namespace leeway
