#include "collectors/stream/stream_keys.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "agent/core/nearest_word.h"

namespace leeway {
namespace {

constexpr std::int64_t kMostConnections = 1024;
constexpr std::uint64_t kSmallestBuffer = std::uint64_t{64} << 10;
constexpr std::uint64_t kLargestBuffer = std::uint64_t{1} << 30;
constexpr std::uint64_t kLargestReceiveBuffer = std::uint64_t{512} << 20;
constexpr std::size_t kLongestPath = 107;  // sizeof(sockaddr_un::sun_path) - 1
constexpr const char* kExample = R"("udp://127.0.0.1:5514", "tcp://127.0.0.1:5514" or "unix:///run/leeway/log.sock")";

struct Scheme {
  std::string_view name;
  StreamKind kind;
};

constexpr std::array kSchemes = {
    Scheme{"udp", StreamKind::kUdp},
    Scheme{"tcp", StreamKind::kTcp},
    Scheme{"unix", StreamKind::kUnix},
    Scheme{"unixgram", StreamKind::kUnixDatagram},
};

Error wrong(const std::string& text, const std::string& why) {
  return Error{ErrorCode::kConfiguration, "'listen' is \"" + text + "\"" + why};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0 ? std::optional(port) : std::nullopt;
}

bool is_address(const std::string& host) {
  in6_addr ignored{};
  return ::inet_pton(host.find(':') == std::string::npos ? AF_INET : AF_INET6, host.c_str(), &ignored) == 1;
}

Expected<StreamAddress> parse_host(const std::string& text, StreamKind kind, std::string_view rest) {
  const std::size_t colon = rest.rfind(':');
  std::string host(rest.substr(0, colon));
  const std::optional<std::uint16_t> port =
      colon == std::string_view::npos ? std::nullopt : parse_port(rest.substr(colon + 1));
  if (!port) {
    return wrong(text, ", without a port from 1 to 65535; expected something like \"tcp://127.0.0.1:5514\"");
  }
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  if (in_brackets) {
    host = host.substr(1, host.size() - 2);
  }
  host = host == "localhost" ? "127.0.0.1" : host;
  if (!is_address(host) || in_brackets != (host.find(':') != std::string::npos)) {
    return wrong(text, "; expected an IP address of this host, such as 127.0.0.1 or [::1]");
  }
  return StreamAddress{kind, std::move(host), *port};
}

std::optional<unsigned> parse_mode(const std::string& text) {
  unsigned mode = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  const bool fine = error == std::errc() && end == text.data() + text.size() && mode <= 0777 && text.size() >= 3;
  return fine ? std::optional(mode) : std::nullopt;
}

}  // namespace

Expected<StreamAddress> parse_listen(const std::string& text) {
  const std::size_t colon = text.find("://");
  const std::string name = text.substr(0, colon);
  const auto scheme =
      std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& known) { return known.name == name; });
  if (colon == std::string::npos || scheme == kSchemes.end()) {
    std::vector<std::string> words;
    words.reserve(kSchemes.size());
    for (const Scheme& known : kSchemes) {
      words.emplace_back(known.name);
    }
    return wrong(text, std::string("; expected ") + kExample + did_you_mean(name, words));
  }
  const std::string rest = text.substr(colon + 3);
  if (scheme->kind == StreamKind::kUdp || scheme->kind == StreamKind::kTcp) {
    return parse_host(text, scheme->kind, rest);
  }
  if (!rest.starts_with('/') || rest.size() > kLongestPath) {
    return wrong(text, "; expected an absolute path of up to 107 bytes, such as \"unix:///run/leeway/log.sock\"");
  }
  return StreamAddress{scheme->kind, rest, 0};
}

bool is_loopback(const StreamAddress& address) {
  const bool has_host = address.kind == StreamKind::kUdp || address.kind == StreamKind::kTcp;
  return !has_host || address.place.starts_with("127.") || address.place == "::1";
}

StreamAddress read_listen(TableReader& reader) {
  if (!reader.has("listen")) {
    reader.missing("listen", kExample);
    return {};
  }
  const std::optional<std::string> text = reader.string("listen");
  if (!text) {
    return {};
  }
  Expected<StreamAddress> address = parse_listen(*text);
  if (!address) {
    reader.error("listen", address.error().message);
    return {};
  }
  const bool allowed = reader.boolean("allow_remote", false);
  if (!allowed && !is_loopback(*address)) {
    reader.error("listen", "'listen' is \"" + *text +
                               "\", to which other hosts can send what becomes metrics; expected a loopback address "
                               "such as 127.0.0.1, or allow_remote = true");
  }
  return *std::move(address);
}

void read_socket_keys(TableReader& reader, const StreamAddress& address, StreamOptions& endpoint,
                      ReceiverOptions& options) {
  const bool datagrams = address.has_datagrams();
  const std::string framing = reader.choice("framing",
                                            datagrams ? std::vector<std::string>{"auto", "newline", "message"}
                                                      : std::vector<std::string>{"auto", "newline", "octet_counting"},
                                            "auto");
  options.framing = framing == "newline"          ? Framing::kNewline
                    : framing == "octet_counting" ? Framing::kOctetCounting
                    : framing == "message"        ? Framing::kMessage
                                                  : Framing::kAuto;
  endpoint.max_connections = static_cast<std::size_t>(
      reader.integer("max_connections", 1, kMostConnections, static_cast<std::int64_t>(endpoint.max_connections)));
  endpoint.receive_buffer = static_cast<std::size_t>(reader.byte_size("receive_buffer", endpoint.receive_buffer));
  if (endpoint.receive_buffer > kLargestReceiveBuffer) {
    reader.error("receive_buffer", "expected a size up to 512MiB");
  }
  if (const std::optional<std::string> text = reader.string("mode")) {
    const std::optional<unsigned> mode = parse_mode(*text);
    if (!mode) {
      reader.error("mode", "'mode' is \"" + *text + R"("; expected permissions in octal, such as "0660")");
    }
    endpoint.mode = mode.value_or(endpoint.mode);
  }
}

void read_buffer(TableReader& reader, ReceiverOptions& options) {
  const std::uint64_t buffer = reader.byte_size("buffer", options.buffer);
  if (buffer < kSmallestBuffer || buffer > kLargestBuffer) {
    reader.error("buffer", "expected a size from 64KiB to 1GiB");
  }
  options.buffer = static_cast<std::size_t>(buffer);
}

}  // namespace leeway
