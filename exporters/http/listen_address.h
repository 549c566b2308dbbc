// Addresses to listen on, as users write them. Used by HttpServer.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace leeway {

struct ListenAddress {
  std::string host;  // "" for all addresses; without the brackets of IPv6
  std::uint16_t port = 0;
};

// "HOST:PORT", "[HOST]:PORT" or ":PORT". Error: kUsage.
Expected<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace leeway
