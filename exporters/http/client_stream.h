// The bytes of one connection, plain or through TLS. Used by Session.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>
#include <string>

#include "exporters/http/tls_context.h"

namespace leeway {

// Server's thread only. At most one operation at a time, apart from cancel() and close(). The caller keeps the stream
// alive until the handler of a pending operation has run.
class ClientStream {
 public:
  using Done = std::function<void(const boost::system::error_code& error, std::size_t size)>;
  using Buffers = std::array<boost::asio::const_buffer, 3>;
  enum class Handshake : std::uint8_t {
    kDone,
    kPlain,   // the client does not speak TLS: it may be answered in plain text
    kFailed,  // the client may have been told; nothing but finish() is left to do
    kGone,    // there is no connection any more
  };

  explicit ClientStream(boost::asio::ip::tcp::socket socket) : socket_(std::move(socket)) {}

  // `why` of kFailed: for the log.
  void handshake(std::shared_ptr<const TlsContext> context,
                 std::function<void(Handshake result, const std::string& why)> done);
  void read_some(boost::asio::mutable_buffer buffer, Done done);
  void write(const Buffers& buffers, Done done);
  // Announces the end of the output; the input may then be discarded.
  void finish(std::function<void()> done);
  void discard_some(boost::asio::mutable_buffer buffer, Done done);
  void cancel();
  void close();

  // Of the handshake; null without TLS.
  const TlsContext* context() const { return context_.get(); }
  boost::asio::ip::tcp::socket& socket() { return socket_; }
  // "10.0.0.3:41822", or "" if it cannot be known.
  std::string peer() const;
  // The same without the port; "" for a local socket.
  std::string peer_host() const;

 private:
  using Tls = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

  std::string why_it_failed(const boost::system::error_code& error) const;

  boost::asio::ip::tcp::socket socket_;
  std::shared_ptr<const TlsContext> context_;
  std::unique_ptr<Tls> tls_;  // only after a handshake
};

}  // namespace leeway
