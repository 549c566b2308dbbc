// How the server speaks TLS: its certificate, and what it requires of clients, as a web configuration says. Made by
// web_settings; used by ClientStream.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "exporters/web_config/web_config.h"

namespace leeway {

// In PEM.
struct TlsTexts {
  std::string certificate;
  std::string private_key;
  std::string client_ca;  // "" if none is given
};

// Immutable. Handshakes of several connections share it, on one thread.
class TlsContext {
 public:
  // kConfiguration, at the key of the file that is wrong.
  static Expected<std::shared_ptr<const TlsContext>> make(const TlsConfig& config, const TlsTexts& texts);

  boost::asio::ssl::context& native() const { return native_; }
  // When the first certificate of those that clients are sent expires.
  TimePoint not_after() const { return not_after_; }

 private:
  explicit TlsContext(const TlsConfig& config) : client_auth_(config.client_auth) {}

  static int verify_client(X509_STORE_CTX* store, void* self);
  void set_protocol(const TlsConfig& config);
  void set_clients(const TlsConfig& config);

  mutable boost::asio::ssl::context native_{boost::asio::ssl::context::tls_server};
  ClientAuth client_auth_;
  std::vector<std::string> allowed_sans_;
  TimePoint not_after_{};
};

}  // namespace leeway
