#include "exporters/http/listen_address.h"

#include <charconv>

namespace leeway {

Expected<ListenAddress> parse_listen_address(std::string_view text) {
  const Error error{ErrorCode::kUsage, "--web.listen-address '" + std::string(text) +
                                           "': expected ADDRESS:PORT, such as 127.0.0.1:9464, [::1]:9464 or :9464"};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return error;
  }
  ListenAddress address;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return error;
  }
  const std::string_view port = text.substr(colon + 1);
  const std::from_chars_result read = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (read.ec != std::errc() || read.ptr != port.data() + port.size()) {
    return error;
  }
  address.host = host;
  return address;
}

}  // namespace leeway
