#include "exporters/http/http_exporter.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <thread>
#include <utility>

#include "exporters/http/connections.h"
#include "exporters/http/listener.h"
#include "exporters/http/mailbox.h"
#include "exporters/http/session.h"
#include "exporters/http/web_gate.h"
#include "exporters/http/web_reload.h"

namespace leeway {

class HttpExporter::Server {
 public:
  Server(HttpOptions options, SnapshotSource& source, PageRenderer renderer, const Clock& clock)
      : mailbox_(std::make_shared<Mailbox>(context_)),
        routes_(options.enable_lifecycle, source, clock, options.first_page, options.configuration),
        service_{std::move(options), source, std::move(renderer), clock, mailbox_, routes_},
        connections_(service_) {
    if (service_.options.web != nullptr) {
      gate_ = std::make_unique<WebGate>(service_.options.web, mailbox_, clock);
      service_.gate = gate_.get();
      reload_ = std::make_unique<WebReload>(context_, service_.options, mailbox_, *gate_, clock);
    }
  }

  Expected<std::vector<std::string>> start() {
    std::vector<std::string> bound;
    const auto add = [&](Expected<boost::asio::ip::tcp::acceptor> acceptor) -> Expected<void> {
      if (!acceptor) {
        listeners_.clear();
        return std::move(acceptor).error();
      }
      bound.push_back(local_address(*acceptor));
      listeners_.push_back(std::make_unique<Listener>(std::move(*acceptor), connections_));
      return {};
    };
    for (const std::string& address : service_.options.addresses) {
      if (Expected<void> added = add(open_acceptor(context_, address)); !added) {
        return std::move(added).error();
      }
    }
    for (const int socket : service_.options.sockets) {
      if (Expected<void> added = add(adopt_acceptor(context_, socket)); !added) {
        return std::move(added).error();
      }
    }
    if (reload_ != nullptr) {
      reload_->start();
    }
    for (const std::unique_ptr<Listener>& listener : listeners_) {
      listener->start();
    }
    thread_ = std::thread([this] { run(); });
    return bound;
  }

  void stop() {
    mailbox_->close();
    if (!thread_.joinable()) {
      return;
    }
    boost::asio::post(context_, [this] {
      for (const std::unique_ptr<Listener>& listener : listeners_) {
        listener->close();
      }
      connections_.close_all();
      context_.stop();
    });
    thread_.join();
  }

 private:
  void run() {
    while (!context_.stopped()) {
      try {
        context_.run();
      } catch (const std::exception&) {
        // Out of memory for one connection: its deadline closes it, the others continue.
      }
    }
  }

  // First: handlers and sockets must not outlive it.
  boost::asio::io_context context_{1};
  std::shared_ptr<Mailbox> mailbox_;
  Routes routes_;
  Service service_;
  std::unique_ptr<WebGate> gate_;  // null without a web configuration
  std::unique_ptr<WebReload> reload_;
  Connections connections_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::thread thread_;
};

HttpExporter::HttpExporter(HttpOptions options, SnapshotSource& source, PageRenderer renderer, const Clock& clock)
    : server_(std::make_unique<Server>(std::move(options), source, std::move(renderer), clock)) {}

HttpExporter::~HttpExporter() { server_->stop(); }

Expected<void> HttpExporter::start() {
  Expected<std::vector<std::string>> bound = server_->start();
  if (!bound) {
    return std::move(bound).error();
  }
  bound_addresses_ = std::move(*bound);
  return {};
}

void HttpExporter::stop() { server_->stop(); }

}  // namespace leeway
