#include "exporters/web_config/tls_names.h"

#include <algorithm>
#include <array>

namespace leeway {

std::span<const TlsName> tls_ciphers() {
  static constexpr std::array<TlsName, 10> kNames{{
      {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"},
      {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"},
      {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"},
      {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
      {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"},
      {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"},
      {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"},
      {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"},
      {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"},
  }};
  return kNames;
}

std::span<const TlsName> tls13_ciphers() {
  static constexpr std::array<TlsName, 3> kNames{{
      {"TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"},
      {"TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"},
      {"TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"},
  }};
  return kNames;
}

std::span<const TlsName> tls_curves() {
  static constexpr std::array<TlsName, 4> kNames{{
      {"CurveP256", "P-256"},
      {"CurveP384", "P-384"},
      {"CurveP521", "P-521"},
      {"X25519", "X25519"},
  }};
  return kNames;
}

std::vector<std::string> go_names(std::span<const TlsName> names) {
  std::vector<std::string> words;
  for (const TlsName& name : names) {
    words.emplace_back(name.go);
  }
  return words;
}

std::string openssl_name(std::span<const TlsName> names, std::string_view go) {
  const auto found = std::find_if(names.begin(), names.end(), [go](const TlsName& name) { return name.go == go; });
  return found == names.end() ? std::string() : std::string(found->openssl);
}

}  // namespace leeway
