// Certificates and keys in PEM, with messages for whoever made the file. Used by TlsContext.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "exporters/web_config/web_config.h"

namespace leeway {

struct FreeX509 {
  void operator()(X509* certificate) const { ::X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, FreeX509>;
using PrivateKey = std::unique_ptr<EVP_PKEY, FreeKey>;

// At least one, in the order of the text. kConfiguration, at `source`.
Expected<std::vector<Certificate>> read_certificates(const PemSource& source, const std::string& text);
Expected<PrivateKey> read_private_key(const PemSource& source, const std::string& text);

TimePoint not_after(const X509& certificate);
// The subject alternative names: DNS names, addresses of mail, URIs, IP addresses as Go writes them.
std::vector<std::string> alternative_names(const X509& certificate);

// `source` and what is wrong with it.
Error pem_error(const PemSource& source, const std::string& what);

}  // namespace leeway
