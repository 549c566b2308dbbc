// The file of --web.config.file, in the format of Prometheus' exporter-toolkit: TLS, client certificates, passwords,
// headers, rate limit. Described in exporters/http/WEB_CONFIGURATION.md. Read by the HTTP server, which also reads the
// files that it names.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/diagnostics.h"
#include "agent/core/clock.h"
#include "agent/core/error.h"

namespace leeway {

// As in Go, with the same consequences: only the last two verify what a client sends.
enum class ClientAuth : std::uint8_t { kNone, kRequest, kRequireAny, kVerifyIfGiven, kRequireAndVerify };

enum class TlsVersion : std::uint8_t { kTls10, kTls11, kTls12, kTls13 };

// Certificates or a key in PEM, inline or in a file.
struct PemSource {
  std::string key;   // of the configuration: "cert" or "cert_file"; "" if none is given
  std::string path;  // relative ones begin at the directory of the configuration; "" if it is inline
  std::string text;  // inline
  Position position{};

  bool given() const { return !key.empty(); }
};

struct TlsConfig {
  PemSource certificate;
  PemSource private_key;
  PemSource client_ca;
  ClientAuth client_auth = ClientAuth::kNone;
  std::vector<std::string> client_allowed_sans;  // empty: any
  TlsVersion min_version = TlsVersion::kTls12;
  TlsVersion max_version = TlsVersion::kTls13;
  std::vector<std::string> ciphers;  // of TLS up to 1.2, in OpenSSL's names; empty if those versions are off
  bool prefer_server_ciphers = true;
  std::vector<std::string> curves;  // in OpenSSL's names; empty: the library's
};

struct RateLimit {
  Duration interval{};
  std::int64_t burst = 0;

  bool operator==(const RateLimit&) const = default;
};

struct WebConfig {
  std::optional<TlsConfig> tls;  // none: plain HTTP
  std::vector<std::pair<std::string, std::string>> headers;
  std::map<std::string, std::string, std::less<>> users;  // name and bcrypt hash; empty: no password is asked for
  std::optional<RateLimit> rate_limit;
};

// `text` is the content of the file `path`. Errors and warnings go to `diagnostics`, at their positions; after an error
// the result is incomplete, but names the files that it could read.
WebConfig parse_web_config(const std::string& text, const std::string& path, Diagnostics& diagnostics);

}  // namespace leeway
