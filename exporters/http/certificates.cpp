#include "exporters/http/certificates.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <ctime>
#include <limits>
#include <utility>

namespace leeway {
namespace {

struct FreeBio {
  void operator()(BIO* bio) const { ::BIO_free(bio); }
};
struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { ::GENERAL_NAMES_free(names); }
};

using Bio = std::unique_ptr<BIO, FreeBio>;

Bio bio_of(const std::string& text) { return Bio(::BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

bool has(const std::string& text, const char* what) { return text.find(what) != std::string::npos; }

// Without it, OpenSSL asks the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*unused*/) { return 0; }

// The last error of OpenSSL on this thread, which it forgets.
std::string openssl_reason() {
  const unsigned long code = ::ERR_peek_last_error();
  const char* const reason = ::ERR_reason_error_string(code);
  ::ERR_clear_error();
  return reason == nullptr ? std::string("unknown error") : std::string(reason);
}

std::string text_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(::ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(::ASN1_STRING_length(string))};
}

std::string ip_text(const ASN1_OCTET_STRING* bytes) {
  const std::string text = text_of(bytes);
  boost::asio::ip::address_v4::bytes_type v4{};
  boost::asio::ip::address_v6::bytes_type v6{};
  if (text.size() == v4.size()) {
    std::copy(text.begin(), text.end(), v4.begin());
    return boost::asio::ip::address_v4(v4).to_string();
  }
  if (text.size() == v6.size()) {
    std::copy(text.begin(), text.end(), v6.begin());
    return boost::asio::ip::address_v6(v6).to_string();
  }
  return {};
}

}  // namespace

Error pem_error(const PemSource& source, const std::string& what) {
  const std::string where = source.path.empty() ? "" : " '" + source.path + "'";
  return Error{ErrorCode::kConfiguration, source.key + where + ": " + what, source.position};
}

Expected<std::vector<Certificate>> read_certificates(const PemSource& source, const std::string& text) {
  std::vector<Certificate> found;
  const Bio bio = bio_of(text);
  ::ERR_clear_error();
  while (X509* const certificate = ::PEM_read_bio_X509_AUX(bio.get(), nullptr, no_passphrase, nullptr)) {
    found.emplace_back(certificate);
  }
  const bool at_end = ERR_GET_REASON(::ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string reason = openssl_reason();
  if (!at_end) {
    return pem_error(source, "certificate " + std::to_string(found.size() + 1) + " is damaged (" + reason +
                                 "); expected certificates in PEM");
  }
  if (found.empty() && has(text, "PRIVATE KEY-----")) {
    return pem_error(source,
                     "it holds a private key; expected a certificate. Are the files of certificate and key "
                     "exchanged?");
  }
  if (found.empty()) {
    return pem_error(source, "it holds no certificate; expected PEM, which begins with -----BEGIN CERTIFICATE-----");
  }
  return found;
}

Expected<PrivateKey> read_private_key(const PemSource& source, const std::string& text) {
  if (has(text, "ENCRYPTED")) {
    return pem_error(source,
                     "the key is encrypted, and nobody is there to enter a passphrase; expected a key without "
                     "one, as written by `openssl pkey -in KEY -out FILE`");
  }
  const Bio bio = bio_of(text);
  ::ERR_clear_error();
  PrivateKey key(::PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  const std::string reason = openssl_reason();
  if (key != nullptr) {
    return key;
  }
  if (has(text, "PRIVATE KEY-----")) {
    return pem_error(source, "the key is damaged (" + reason + "); expected a private key in PEM");
  }
  if (has(text, "BEGIN CERTIFICATE-----")) {
    return pem_error(source,
                     "it holds a certificate and no private key. Are the files of certificate and key "
                     "exchanged?");
  }
  return pem_error(source, "it holds no private key; expected PEM, which begins with -----BEGIN PRIVATE KEY-----");
}

TimePoint not_after(const X509& certificate) {
  std::tm time{};
  if (::ASN1_TIME_to_tm(::X509_get0_notAfter(&certificate), &time) != 1) {
    return TimePoint{};
  }
  const std::chrono::sys_days day = std::chrono::year(time.tm_year + 1900) /
                                    std::chrono::month(static_cast<unsigned>(time.tm_mon + 1)) /
                                    std::chrono::day(static_cast<unsigned>(time.tm_mday));
  // In 9999 for certificates that never expire, which is beyond what fits into nanoseconds.
  if (day >= std::chrono::floor<std::chrono::days>(kLastPlausible)) {
    return kLastPlausible;
  }
  return TimePoint(day) + std::chrono::hours(time.tm_hour) + std::chrono::minutes(time.tm_min) +
         std::chrono::seconds(time.tm_sec);
}

std::vector<std::string> alternative_names(const X509& certificate) {
  const std::unique_ptr<GENERAL_NAMES, FreeNames> names(
      static_cast<GENERAL_NAMES*>(::X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> texts;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const void* const value = ::GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI) {
      texts.push_back(text_of(static_cast<const ASN1_STRING*>(value)));
    } else if (type == GEN_IPADD) {
      texts.push_back(ip_text(static_cast<const ASN1_OCTET_STRING*>(value)));
    }
  }
  return texts;
}

}  // namespace leeway
