// The agent's HTTP server: /metrics, health, status and reload. Asynchronous on one thread of its own, so that slow and
// idle clients cost a socket each and nothing else. Used by `leeway run`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/exporter.h"

namespace leeway {

struct HttpOptions {
  // "127.0.0.1:9464", "[::1]:9464", "localhost:9464", ":9464" (all addresses); port 0 takes a free one.
  std::vector<std::string> addresses;
  bool enable_lifecycle = false;  // whether POST /-/reload works

  std::chrono::milliseconds request_deadline{10'000};  // from the first byte of a request to the last of its answer
  std::chrono::milliseconds idle_timeout{60'000};      // of a connection between requests
  std::chrono::milliseconds scrape_patience{2'000};    // for the writer to commit what is new
  std::uint32_t header_limit = 8 * 1024;               // bytes
  std::uint64_t body_limit = 1 << 20;                  // bytes
  std::size_t max_connections = 512;                   // one more closes the one that was idle for longest
};

struct HttpPage {
  std::string content_type;
  std::string body;
  std::string content_encoding;  // "" for none
};

// Writes the page /metrics for the values of the headers Accept and Accept-Encoding. Called on the server's thread.
using PageRenderer =
    std::function<HttpPage(const Snapshot& snapshot, std::string_view accept, std::string_view accept_encoding)>;

class HttpServer;

class HttpExporter final : public Exporter {
 public:
  // `source` must outlive the exporter.
  HttpExporter(HttpOptions options, SnapshotSource& source, PageRenderer renderer);
  ~HttpExporter() override;

  // Listens on all addresses or on none. kUsage for a malformed address, kInUse where another process has the port.
  Expected<void> start() override;
  void stop() override;

  // With the real ports, in the order of the options; after start().
  std::vector<std::string> bound_addresses() const;

 private:
  std::shared_ptr<HttpServer> server_;
};

}  // namespace leeway
