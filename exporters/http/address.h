// Parses a listen address. Used by the listener; ports also by the probe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

// A decimal number up to 65535, 0 included; none for anything else.
std::optional<std::uint16_t> parse_port(std::string_view text);

struct ListenAddress {
  std::string host;  // without brackets; "" for every address of the machine
  std::uint16_t port = 0;

  // "host:port", with brackets around an IPv6 address.
  std::string to_string() const;
};

// "127.0.0.1:9464", "localhost:9464", "[::1]:9464", ":9464". Does not check whether the host exists. kUsage.
Expected<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace leeway
