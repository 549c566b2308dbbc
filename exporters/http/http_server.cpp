#include "exporters/http/http_server.h"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "exporters/http/http_connection.h"
#include "exporters/http/listen_address.h"

namespace leeway {
namespace {

using boost::asio::ip::tcp;

// Before the next attempt where no descriptor was left to accept with.
constexpr std::chrono::milliseconds kAcceptRetry{100};

std::string to_text(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

}  // namespace

HttpServer::HttpServer(HttpOptions options, SnapshotSource& source, PageRenderer renderer)
    : options_(std::move(options)), source_(source), renderer_(std::move(renderer)), retry_(context_) {}

HttpServer::~HttpServer() { stop(); }

Expected<void> HttpServer::start() {
  for (const std::string& address : options_.addresses) {
    if (const Expected<void> listening = listen(address); !listening) {
      acceptors_.clear();
      return listening;
    }
  }
  for (Acceptor& acceptor : acceptors_) {
    accept(acceptor);
  }
  thread_ = std::thread([this] { context_.run(); });
  return {};
}

void HttpServer::stop() {
  if (!thread_.joinable()) {
    return;
  }
  boost::asio::post(context_, [this] {
    retry_.cancel();
    for (Acceptor& acceptor : acceptors_) {
      boost::system::error_code ignored;
      acceptor.close(ignored);
    }
    const std::set<std::shared_ptr<HttpConnection>> open = connections_;
    for (const std::shared_ptr<HttpConnection>& connection : open) {
      connection->close();
    }
  });
  thread_.join();
}

std::vector<std::string> HttpServer::bound_addresses() const {
  std::vector<std::string> addresses;
  for (const Acceptor& acceptor : acceptors_) {
    boost::system::error_code ignored;
    addresses.push_back(to_text(acceptor.local_endpoint(ignored)));
  }
  return addresses;
}

Expected<void> HttpServer::listen(const std::string& text) {
  const Expected<ListenAddress> address = parse_listen_address(text);
  if (!address) {
    return address.error();
  }
  if (address->host.empty()) {
    return bind(*address, {tcp::v4(), address->port}, text);
  }
  boost::system::error_code error;
  tcp::resolver resolver(context_);
  const tcp::resolver::results_type found = resolver.resolve(
      address->host, std::to_string(address->port), tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    return Error{ErrorCode::kUsage, "--web.listen-address '" + text + "': no such address: " + error.message()};
  }
  return bind(*address, found.begin()->endpoint(), text);
}

Expected<void> HttpServer::bind(const ListenAddress& address, const tcp::endpoint& endpoint, const std::string& text) {
  boost::system::error_code error;
  Acceptor acceptor(context_);
  acceptor.open(endpoint.protocol(), error);
  if (!error) {
    acceptor.set_option(Acceptor::reuse_address(true), error);
  }
  if (!error) {
    acceptor.bind(endpoint, error);
  }
  if (!error) {
    acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  }
  if (!error) {
    acceptors_.push_back(std::move(acceptor));
    return {};
  }
  const bool in_use = error == boost::asio::error::address_in_use;
  return Error{in_use ? ErrorCode::kInUse : ErrorCode::kIo,
               "cannot listen on " + text + ": " + error.message() +
                   (in_use ? "; another process, perhaps another agent, serves port " + std::to_string(address.port) +
                                 "; choose a free one with --web.listen-address"
                           : "")};
}

void HttpServer::accept(Acceptor& acceptor) {
  acceptor.async_accept([this, &acceptor](const boost::system::error_code& error, tcp::socket socket) {
    if (!acceptor.is_open()) {
      return;
    }
    if (!error) {
      admit(std::move(socket));
      accept(acceptor);
      return;
    }
    // Without descriptors accept() fails at once, again and again: make room, and wait.
    close_longest_idle();
    retry_.expires_after(kAcceptRetry);
    retry_.async_wait([this, &acceptor](const boost::system::error_code& cancelled) {
      if (!cancelled && acceptor.is_open()) {
        accept(acceptor);
      }
    });
  });
}

void HttpServer::admit(tcp::socket socket) {
  if (connections_.size() >= options_.max_connections && !close_longest_idle()) {
    return;  // everyone is busy: the new one is closed
  }
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const auto connection = std::make_shared<HttpConnection>(std::move(socket), *this);
  connections_.insert(connection);
  connection->start();
}

bool HttpServer::close_longest_idle() {
  std::shared_ptr<HttpConnection> longest;
  for (const std::shared_ptr<HttpConnection>& connection : connections_) {
    if (connection->idle() && (longest == nullptr || connection->idle_since() < longest->idle_since())) {
      longest = connection;
    }
  }
  if (longest == nullptr) {
    return false;
  }
  longest->close();
  return true;
}

}  // namespace leeway
