// A client of TLS for tests; it does what the test says, and waits at most 20 s.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/exporters/http/test_certificates.h"

namespace leeway {

class TlsClient {
 public:
  struct Options {
    std::optional<TestCertificate> certificate;
    int max_version = 0;  // TLS1_2_VERSION, ...; 0: any
    std::string alpn;     // "\x02h2"; "" for none
    std::string cipher;   // of TLS up to 1.2, in OpenSSL's names
  };

  // Connects to the loopback, and shakes hands.
  TlsClient(int port, const Options& options);
  explicit TlsClient(int port) : TlsClient(port, Options{}) {}
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // A client learns from its first read whether its certificate was accepted.
  bool connected() const { return connected_; }
  bool send(std::string_view bytes);
  // One response with a body of its Content-Length, or what arrived before the end.
  std::string read_response();
  // What arrives until the server closes. Sets `clean` if it said so before.
  std::string read_to_end(bool* clean = nullptr);
  // What the last failure was: "alert bad certificate", ...
  const std::string& error() const { return error_; }
  // Of the server, in PEM; "" if there is none.
  std::string certificate() const;
  std::string alpn() const;

 private:
  bool succeeded(int result);

  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  int fd_ = -1;
  bool connected_ = false;
  std::string error_;
};

}  // namespace leeway
