// The names of Go's crypto/tls that a web configuration uses, and OpenSSL's for the same. Used by web_config.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace leeway {

struct TlsName {
  std::string_view go;
  std::string_view openssl;
};

// Of TLS up to 1.2, in the order of Go's preference.
std::span<const TlsName> tls_ciphers();
// Of TLS 1.3, which Go accepts in the list of ciphers and always enables.
std::span<const TlsName> tls13_ciphers();
std::span<const TlsName> tls_curves();

// The names in Go, for messages.
std::vector<std::string> go_names(std::span<const TlsName> names);
// OpenSSL's name, or "" for a name that is not in the list.
std::string openssl_name(std::span<const TlsName> names, std::string_view go);

}  // namespace leeway
