// Parses a listen address. Used by the listener.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

struct ListenAddress {
  std::string host;  // without brackets; "" for every address of the machine
  std::uint16_t port = 0;

  // "host:port", with brackets around an IPv6 address.
  std::string to_string() const;
};

// "127.0.0.1:9464", "localhost:9464", "[::1]:9464", ":9464". Does not check whether the host exists. kUsage.
Expected<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace leeway
