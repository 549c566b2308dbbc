#include "exporters/http/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <utility>

#include "exporters/http/certificates.h"

namespace leeway {
namespace {

int native_version(TlsVersion version) {
  static constexpr std::array<int, 4> kVersions = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
  return kVersions.at(static_cast<std::size_t>(version));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ":") + word;
  }
  return text;
}

std::string reason_text() {
  const char* const reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  ::ERR_clear_error();
  return reason == nullptr ? "unknown error" : reason;
}

// Only HTTP/1.1 is spoken. A client that offers other protocols only is told so.
int choose_protocol(SSL* /*connection*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void* /*unused*/) {
  static constexpr std::array<unsigned char, 9> kSpoken = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  if (::SSL_select_next_proto(&found, size, kSpoken.data(), kSpoken.size(), offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

// An address as it is written in certificates' names, for one that a user wrote in another way.
std::string canonical(const std::string& name) {
  boost::system::error_code error;
  const boost::asio::ip::address address = boost::asio::ip::make_address(name, error);
  return error ? name : address.to_string();
}

Expected<void> use_certificate(SSL_CTX* context, const TlsConfig& config, std::vector<Certificate>& chain,
                               EVP_PKEY* key) {
  ::ERR_clear_error();
  if (::SSL_CTX_use_certificate(context, chain.front().get()) != 1) {
    return pem_error(config.certificate, "the certificate cannot be used (" + reason_text() +
                                             "); expected one with a key of RSA of at least 2048 bits, or of ECDSA");
  }
  for (auto certificate = chain.begin() + 1; certificate != chain.end(); ++certificate) {
    if (::SSL_CTX_add1_chain_cert(context, certificate->get()) != 1) {
      return pem_error(config.certificate, "a certificate of the chain cannot be used (" + reason_text() + ")");
    }
  }
  if (::X509_check_private_key(chain.front().get(), key) != 1) {
    ::ERR_clear_error();
    return pem_error(config.private_key, "the key does not belong to the certificate of '" + config.certificate.key +
                                             "'; expected the key with which it was requested. The server's "
                                             "certificate must come first in its file");
  }
  if (::SSL_CTX_use_PrivateKey(context, key) != 1) {
    return pem_error(config.private_key, "the key cannot be used (" + reason_text() + ")");
  }
  return {};
}

Expected<void> trust(SSL_CTX* context, const PemSource& source, const std::string& text) {
  const Expected<std::vector<Certificate>> authorities = read_certificates(source, text);
  if (!authorities) {
    return authorities.error();
  }
  for (const Certificate& authority : *authorities) {
    // Fails only if there is no memory; one that is given twice is fine.
    ::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context), authority.get());
    ::SSL_CTX_add_client_CA(context, authority.get());
  }
  ::ERR_clear_error();
  return {};
}

}  // namespace

Expected<std::shared_ptr<const TlsContext>> TlsContext::make(const TlsConfig& config, const TlsTexts& texts) {
  const std::shared_ptr<TlsContext> made(new TlsContext(config));
  SSL_CTX* const context = made->native_.native_handle();
  made->set_protocol(config);
  Expected<std::vector<Certificate>> chain = read_certificates(config.certificate, texts.certificate);
  if (!chain) {
    return chain.error();
  }
  const Expected<PrivateKey> key = read_private_key(config.private_key, texts.private_key);
  if (!key) {
    return key.error();
  }
  if (const Expected<void> used = use_certificate(context, config, *chain, key->get()); !used) {
    return used.error();
  }
  made->not_after_ = leeway::not_after(*chain->front());
  for (const Certificate& certificate : *chain) {
    made->not_after_ = std::min(made->not_after_, leeway::not_after(*certificate));
  }
  if (config.client_ca.given()) {
    if (const Expected<void> trusted = trust(context, config.client_ca, texts.client_ca); !trusted) {
      return trusted.error();
    }
  }
  made->set_clients(config);
  return std::shared_ptr<const TlsContext>(made);
}

void TlsContext::set_protocol(const TlsConfig& config) {
  SSL_CTX* const context = native_.native_handle();
  ::SSL_CTX_set_min_proto_version(context, native_version(config.min_version));
  ::SSL_CTX_set_max_proto_version(context, native_version(config.max_version));
  if (config.min_version < TlsVersion::kTls12) {
    // OpenSSL 3 has no signatures for these versions on any other level.
    ::SSL_CTX_set_security_level(context, 0);
  }
  if (!config.ciphers.empty()) {
    ::SSL_CTX_set_cipher_list(context, joined(config.ciphers).c_str());
  }
  if (!config.curves.empty()) {
    ::SSL_CTX_set1_groups_list(context, joined(config.curves).c_str());
  }
  // Sessions are not resumed: a client is verified again by each connection, against the files of that moment.
  ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_num_tickets(context, 0);
  std::uint64_t options = SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION;
  options |= config.prefer_server_ciphers ? SSL_OP_CIPHER_SERVER_PREFERENCE : 0;
  ::SSL_CTX_set_options(context, options);
  ::SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

void TlsContext::set_clients(const TlsConfig& config) {
  SSL_CTX* const context = native_.native_handle();
  for (const std::string& name : config.client_allowed_sans) {
    allowed_sans_.push_back(canonical(name));
  }
  if (client_auth_ == ClientAuth::kNone) {
    ::SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    return;
  }
  const bool required = client_auth_ == ClientAuth::kRequireAny || client_auth_ == ClientAuth::kRequireAndVerify;
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
  if (!config.client_ca.given()) {
    ::SSL_CTX_set_default_verify_paths(context);
  }
  // As in Go, whatever is trusted may end a chain.
  ::X509_VERIFY_PARAM_set_flags(::SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
  ::SSL_CTX_set_cert_verify_callback(context, verify_client, this);
}

int TlsContext::verify_client(X509_STORE_CTX* store, void* self) {
  const TlsContext& context = *static_cast<const TlsContext*>(self);
  const bool verifies =
      context.client_auth_ == ClientAuth::kVerifyIfGiven || context.client_auth_ == ClientAuth::kRequireAndVerify;
  if (verifies && ::X509_verify_cert(store) <= 0) {
    return 0;
  }
  if (context.allowed_sans_.empty()) {
    return 1;
  }
  const X509* const certificate = ::X509_STORE_CTX_get0_cert(store);
  for (const std::string& name : alternative_names(*certificate)) {
    if (std::find(context.allowed_sans_.begin(), context.allowed_sans_.end(), name) != context.allowed_sans_.end()) {
      return 1;
    }
  }
  ::X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

}  // namespace leeway
