#include "tests/exporters/http/test_certificates.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace leeway {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Bio memory() { return {BIO_new(BIO_s_mem()), &BIO_free}; }
Bio memory(const std::string& text) { return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free}; }

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (extension == nullptr) {
    throw std::invalid_argument("not an extension: " + value);
  }
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

TestCertificate make_certificate(const TestSubject& subject, const TestCertificate* issuer) {
  const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  Certificate issued_by(nullptr, &X509_free);
  Key signing(nullptr, &EVP_PKEY_free);
  if (issuer != nullptr) {
    issued_by.reset(PEM_read_bio_X509(memory(issuer->certificate).get(), nullptr, nullptr, nullptr));
    signing.reset(PEM_read_bio_PrivateKey(memory(issuer->private_key).get(), nullptr, nullptr, nullptr));
  }
  const Certificate certificate(X509_new(), &X509_free);
  static long serial = 0;
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), subject.begins.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), subject.ends.count());
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(subject.name.c_str()), -1, -1, 0);
  X509* const parent = issued_by ? issued_by.get() : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(parent));
  add_extension(certificate.get(), parent, NID_basic_constraints, subject.is_authority ? "CA:TRUE" : "CA:FALSE");
  if (!subject.alternative_names.empty()) {
    add_extension(certificate.get(), parent, NID_subject_alt_name, subject.alternative_names);
  }
  X509_sign(certificate.get(), signing ? signing.get() : key.get(), EVP_sha256());

  const Bio certificate_text = memory();
  const Bio key_text = memory();
  PEM_write_bio_X509(certificate_text.get(), certificate.get());
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(certificate_text), text_of(key_text)};
}

}  // namespace leeway
