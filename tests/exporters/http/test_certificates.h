// Certificates for tests of TLS, made in memory: an authority, and what it issues.
#pragma once

#include <chrono>
#include <string>

namespace leeway {

struct TestCertificate {
  std::string certificate;  // PEM
  std::string private_key;  // PEM
};

struct TestSubject {
  std::string name = "localhost";
  std::string alternative_names = "DNS:localhost";  // in OpenSSL's notation
  std::chrono::seconds begins = -std::chrono::hours(1);
  std::chrono::seconds ends = std::chrono::hours(1);  // from now
  bool is_authority = false;
};

// With a key of ECDSA; signed by `issuer`, or by itself if that is null.
TestCertificate make_certificate(const TestSubject& subject, const TestCertificate* issuer = nullptr);

}  // namespace leeway
