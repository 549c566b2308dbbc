#include "exporters/http/client_stream.h"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <boost/asio/write.hpp>
#include <limits>
#include <utility>

#include "agent/core/ascii.h"
#include "exporters/http/address.h"

namespace leeway {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

// As much at once as the socket takes, not Asio's 64 KiB: between two pieces, the thread may be making other pages.
std::size_t all_that_fits(const error_code& error, std::size_t /*sent*/) {
  return error ? 0 : std::numeric_limits<std::size_t>::max();
}

}  // namespace

void ClientStream::handshake(std::shared_ptr<const TlsContext> context,
                             std::function<void(Handshake, const std::string&)> done) {
  context_ = std::move(context);
  socket_.async_wait(tcp::socket::wait_read, [this, done = std::move(done)](const error_code& waiting) {
    char first = 0;
    error_code error = waiting;
    if (!error && socket_.receive(boost::asio::buffer(&first, 1), tcp::socket::message_peek, error) == 0) {
      error = boost::asio::error::eof;
    }
    if (error) {
      done(Handshake::kGone, "");
      return;
    }
    // A record of TLS begins with a number below 32, a request of HTTP with a method.
    if (is_letter(first)) {
      context_.reset();
      done(Handshake::kPlain, "");
      return;
    }
    tls_ = std::make_unique<Tls>(socket_, context_->native());
    tls_->async_handshake(Tls::server, [this, done](const error_code& failure) {
      if (!failure) {
        done(Handshake::kDone, "");
        return;
      }
      const bool gone = failure == boost::asio::error::operation_aborted || failure == boost::asio::error::eof ||
                        failure == boost::asio::error::connection_reset ||
                        failure == boost::asio::ssl::error::stream_truncated;
      const std::string why = why_it_failed(failure);
      tls_.reset();
      done(gone ? Handshake::kGone : Handshake::kFailed, why);
    });
  });
}

std::string ClientStream::why_it_failed(const error_code& error) const {
  const long verified = ::SSL_get_verify_result(tls_->native_handle());
  std::string why = error.message();
  if (why.find(" alert ") != std::string::npos) {
    why = "the client refuses, " + why;
  }
  if (verified == X509_V_ERR_CERT_REJECTED) {
    why += ": the certificate of the client has none of client_allowed_sans";
  } else if (verified != X509_V_OK) {
    why += std::string(": ") + ::X509_verify_cert_error_string(verified);
  }
  return why;
}

void ClientStream::read_some(boost::asio::mutable_buffer buffer, Done done) {
  if (tls_ != nullptr) {
    tls_->async_read_some(buffer, std::move(done));
  } else {
    socket_.async_read_some(buffer, std::move(done));
  }
}

void ClientStream::write(const Buffers& buffers, Done done) {
  if (tls_ != nullptr) {
    boost::asio::async_write(*tls_, buffers, all_that_fits, std::move(done));
  } else {
    boost::asio::async_write(socket_, buffers, all_that_fits, std::move(done));
  }
}

void ClientStream::finish(std::function<void()> done) {
  const auto end = [this, done = std::move(done)] {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    done();
  };
  if (tls_ == nullptr) {
    end();
    return;
  }
  // Sends the alert, then waits for that of the client or for something else that it sends.
  tls_->async_shutdown([end](const error_code& /*error*/) { end(); });
}

void ClientStream::discard_some(boost::asio::mutable_buffer buffer, Done done) {
  socket_.async_read_some(buffer, std::move(done));
}

void ClientStream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void ClientStream::close() {
  error_code ignored;
  socket_.close(ignored);
}

std::string ClientStream::peer() const {
  error_code error;
  const tcp::endpoint endpoint = socket_.remote_endpoint(error);
  return error ? std::string() : ListenAddress{endpoint.address().to_string(), endpoint.port()}.to_string();
}

std::string ClientStream::peer_host() const {
  error_code error;
  const tcp::endpoint endpoint = socket_.remote_endpoint(error);
  const int family = error ? AF_UNSPEC : endpoint.data()->sa_family;
  return family == AF_INET || family == AF_INET6 ? endpoint.address().to_string() : std::string();
}

}  // namespace leeway
