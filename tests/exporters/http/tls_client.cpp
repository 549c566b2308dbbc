#include "tests/exporters/http/tls_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>

namespace leeway {

TlsClient::TlsClient(int port, const Options& options) : context_(SSL_CTX_new(TLS_client_method())) {
  if (options.max_version != 0) {
    SSL_CTX_set_max_proto_version(context_.get(), options.max_version);
  }
  if (!options.cipher.empty()) {
    SSL_CTX_set_cipher_list(context_.get(), options.cipher.c_str());
  }
  if (options.certificate) {
    const std::string& certificate = options.certificate->certificate;
    const std::string& key = options.certificate->private_key;
    BIO* const certificate_text = BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size()));
    BIO* const key_text = BIO_new_mem_buf(key.data(), static_cast<int>(key.size()));
    X509* const x509 = PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
    EVP_PKEY* const private_key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context_.get(), x509);
    SSL_CTX_use_PrivateKey(context_.get(), private_key);
    X509_free(x509);
    EVP_PKEY_free(private_key);
    BIO_free(certificate_text);
    BIO_free(key_text);
  }
  fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
  const timeval patience{20, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), fd_);
  if (!options.alpn.empty()) {
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.alpn.data()),
                        static_cast<unsigned>(options.alpn.size()));
  }
  connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
               succeeded(SSL_connect(ssl_.get()));
}

TlsClient::~TlsClient() { ::close(fd_); }

bool TlsClient::succeeded(int result) {
  if (result <= 0) {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    error_ = reason == nullptr ? "closed" : reason;
    ERR_clear_error();
  }
  return result > 0;
}

bool TlsClient::send(std::string_view bytes) {
  return succeeded(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())));
}

std::string TlsClient::read_response() {
  std::string text;
  std::size_t wanted = std::string::npos;
  for (char byte = 0; text.size() < wanted && succeeded(SSL_read(ssl_.get(), &byte, 1));) {
    text += byte;
    if (wanted == std::string::npos && text.ends_with("\r\n\r\n")) {
      const std::size_t at = text.find("Content-Length: ");
      wanted = text.size() + std::stoul(text.substr(at + std::string_view("Content-Length: ").size()));
    }
  }
  return text;
}

std::string TlsClient::read_to_end(bool* clean) {
  std::string text;
  std::array<char, 65536> buffer{};
  for (;;) {
    const int size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (size <= 0) {
      if (clean != nullptr) {
        *clean = SSL_get_error(ssl_.get(), size) == SSL_ERROR_ZERO_RETURN;
      }
      succeeded(size);
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

std::string TlsClient::certificate() const {
  X509* const found = SSL_get0_peer_certificate(ssl_.get());
  if (found == nullptr) {
    return {};
  }
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, found);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

std::string TlsClient::alpn() const {
  const unsigned char* data = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &data, &size);
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace leeway
