#include "exporters/http/listener.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "exporters/http/address.h"

namespace leeway {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

// After a failed accept (for example, out of file descriptors), the connection is still in the kernel's queue and the
// next accept would fail immediately.
constexpr std::chrono::milliseconds kAcceptRetry(100);

Error cannot_listen(const ListenAddress& address, const error_code& error) {
  const std::string prefix = "cannot listen on " + address.to_string() + ": ";
  if (error == boost::asio::error::address_in_use) {
    return Error{ErrorCode::kInUse, prefix +
                                        "address in use; is another agent running? expected a free port "
                                        "(--web.listen-address)"};
  }
  const bool denied = error == boost::asio::error::access_denied || error == boost::asio::error::no_permission;
  return Error{denied ? ErrorCode::kPermission : ErrorCode::kIo, prefix + error.message()};
}

// A name may have several addresses: uses the first IPv4 one, which scrapers of "localhost" connect to.
Expected<tcp::endpoint> resolve(boost::asio::io_context& context, const ListenAddress& address) {
  if (address.host.empty()) {
    return tcp::endpoint(tcp::v6(), address.port);
  }
  error_code error;
  const boost::asio::ip::address numeric = boost::asio::ip::make_address(address.host, error);
  if (!error) {
    return tcp::endpoint(numeric, address.port);
  }
  tcp::resolver resolver(context);
  std::optional<tcp::endpoint> found;
  for (const auto& entry : resolver.resolve(address.host, std::to_string(address.port), error)) {
    if (!found || (found->address().is_v6() && entry.endpoint().address().is_v4())) {
      found = entry.endpoint();
    }
  }
  if (!found) {
    return Error{ErrorCode::kUsage, "cannot listen on " + address.to_string() +
                                        ": unknown host; expected an address of this machine (--web.listen-address)"};
  }
  return *found;
}

error_code listen_on(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    // Old connections in TIME_WAIT do not block the port; another listener does.
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error && endpoint.address().is_v6() && endpoint.address().is_unspecified()) {
    acceptor.set_option(boost::asio::ip::v6_only(false), error);
  }
  if (!error) {
    acceptor.bind(endpoint, error);
  }
  if (!error) {
    acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  }
  return error;
}

}  // namespace

Expected<tcp::acceptor> open_acceptor(boost::asio::io_context& context, std::string_view text) {
  const Expected<ListenAddress> address = parse_listen_address(text);
  if (!address) {
    return address.error();
  }
  const Expected<tcp::endpoint> endpoint = resolve(context, *address);
  if (!endpoint) {
    return endpoint.error();
  }
  tcp::acceptor acceptor(context);
  error_code error = listen_on(acceptor, *endpoint);
  if (error == boost::asio::error::address_family_not_supported && address->host.empty()) {
    error = listen_on(acceptor, tcp::endpoint(tcp::v4(), address->port));
  }
  if (error) {
    return cannot_listen(*address, error);
  }
  return acceptor;
}

Expected<tcp::acceptor> adopt_acceptor(boost::asio::io_context& context, int socket) {
  tcp::acceptor acceptor(context);
  error_code error;
  // The family is used by nothing that follows: a local socket works as well.
  acceptor.assign(tcp::v6(), socket, error);
  if (error) {
    return Error{ErrorCode::kIo, "cannot listen on socket " + std::to_string(socket) + ": " + error.message()};
  }
  return acceptor;
}

std::string local_address(const tcp::acceptor& acceptor) {
  sockaddr_un local{};
  socklen_t size = sizeof local;
  const int socket = const_cast<tcp::acceptor&>(acceptor).native_handle();
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&local), &size) == 0 && local.sun_family == AF_UNIX) {
    return "unix:" + std::string(local.sun_path, ::strnlen(local.sun_path, sizeof local.sun_path));
  }
  error_code error;
  const tcp::endpoint endpoint = acceptor.local_endpoint(error);
  return ListenAddress{endpoint.address().to_string(), endpoint.port()}.to_string();
}

Listener::Listener(tcp::acceptor acceptor, Connections& connections)
    : acceptor_(std::move(acceptor)), retry_(acceptor_.get_executor()), connections_(connections) {}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
}

void Listener::accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (!acceptor_.is_open()) {
      return;
    }
    if (error) {
      accept_later();
      return;
    }
    accept();
    connections_.adopt(std::move(socket));
  });
}

void Listener::accept_later() {
  retry_.expires_after(kAcceptRetry);
  retry_.async_wait([this](const error_code& error) {
    if (!error && acceptor_.is_open()) {
      accept();
    }
  });
}

}  // namespace leeway
