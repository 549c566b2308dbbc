// The HTTP server of `leeway run`: metrics, health, reload and status. One thread of its own, asynchronous, with a
// limit on everything that a client can make it hold. Independent of exposition formats: it is given a PageRenderer.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/configuration_status.h"
#include "agent/core/exporter.h"
#include "agent/core/file_system.h"
#include "agent/metrics/snapshot.h"

namespace leeway {

struct WebSettings;

// Why a connection or a request was turned away by what the web configuration says.
enum class WebRefusal : std::uint8_t {
  kHandshake,     // TLS failed: no common version or cipher, or the client's certificate
  kPlainHttp,     // http:// to a port of TLS
  kUnauthorized,  // no password, or a wrong one
  kBusy,          // too many passwords to check
  kRateLimit,
};

// The page of HTML at /, for people. Called on the server's thread.
using FirstPage = std::function<std::string(const Snapshot& snapshot, TimePoint now)>;
inline std::string no_first_page(const Snapshot& /*snapshot*/, TimePoint /*now*/) { return ""; }

// Whether the configuration in use is that of the file. Called on the server's thread.
using ConfigurationSource = std::function<ConfigurationStatus()>;

struct HttpOptions {
  std::vector<std::string> addresses;  // "127.0.0.1:9464", "[::1]:9464", "localhost:9464", ":9464"; port 0: any
  std::vector<int> sockets;            // that listen already, in addition; they are owned by the exporter
  bool enable_lifecycle = false;       // whether POST /-/reload is allowed

  FirstPage first_page = no_first_page;
  ConfigurationSource configuration = [] { return ConfigurationStatus{}; };

  // One request: header, body, answer and write together.
  std::chrono::milliseconds request_deadline = std::chrono::seconds(10);
  // A connection between two requests.
  std::chrono::milliseconds idle_timeout = std::chrono::minutes(2);
  // How long a scrape waits for a fresh snapshot; then it is answered from the last one.
  std::chrono::milliseconds scrape_patience = std::chrono::seconds(1);
  std::size_t header_limit = std::size_t{8} * 1024;   // bytes
  std::size_t body_limit = std::size_t{1024} * 1024;  // bytes; a body is read and discarded
  std::size_t max_connections = 512;  // one more closes the oldest idle one, or else the oldest still being read
  std::size_t max_scrapes = 512;      // pages requested and not yet made; one more is answered with 503
  // What all answers that are being sent hold of memory, a text that several of them share counted once. Two of the
  // largest if that is more. Beyond it, the client that reads most slowly is cut off, once it has had `slow_after` and
  // unless it is `fast_enough`. A scrape waits for that for `room_patience`; then the answer is 503.
  std::size_t answers_budget = std::size_t{8} * 1024 * 1024;  // bytes
  std::chrono::milliseconds slow_after = std::chrono::milliseconds(100);
  double fast_enough = 128.0 * 1024;  // bytes per second
  std::chrono::milliseconds room_patience = std::chrono::seconds(5);

  // TLS, passwords, headers, rate limit; null: none of them. Its files are read again by `files`, which must outlive
  // the exporter and a disk that does not answer.
  std::shared_ptr<const WebSettings> web;
  FileSystem* files = nullptr;
  std::chrono::milliseconds web_check_interval = std::chrono::seconds(1);
  // Each reading of changed files; after an error the old settings stay in use. On the server's thread.
  std::function<void(const Expected<std::shared_ptr<const WebSettings>>& outcome)> on_web_reload = [](const auto&) {};
  // `peer`: "10.0.0.3:41822"; `why` may be "". On the server's thread.
  std::function<void(WebRefusal refusal, const std::string& peer, const std::string& why)> on_web_refusal =
      [](WebRefusal, const std::string&, const std::string&) {};

  // An answer was 503 for want of room, or a client was cut off that did not read its answer in time. On the server's
  // thread.
  std::function<void()> on_refused = [] {};
  std::function<void()> on_cut_off = [] {};
  // Called whenever no page is requested or being sent any more: what is shared by pages may be freed. On the server's
  // thread.
  std::function<void()> on_scrapes_done = [] {};
  // Called when a page of the snapshot that was taken at this time was sent to the end. On the server's thread.
  std::function<void(TimePoint taken)> on_page_sent = [](TimePoint) {};
};

struct HttpPage {
  std::string content_type;
  std::string body;
  std::string content_encoding;                         // "gzip", or "" for none
  std::shared_ptr<const std::string> shared = nullptr;  // sent before `body`, not copied for a client; null for none
};

// Renders /metrics for a request's Accept and Accept-Encoding ("" if it has none). Called on the server's thread.
using PageRenderer = std::function<HttpPage(const std::shared_ptr<const Snapshot>& snapshot, std::string_view accept,
                                            std::string_view accept_encoding)>;

class HttpExporter final : public Exporter {
 public:
  // `source` and `clock` must outlive the exporter. Callbacks that `source` still holds after that do nothing.
  HttpExporter(HttpOptions options, SnapshotSource& source, PageRenderer renderer, const Clock& clock);
  ~HttpExporter() override;

  // Binds every address or none, and listens on the sockets. kUsage: malformed address; kInUse: another process listens
  // there. Call it once.
  Expected<void> start() override;
  // Answers that are not yet sent are cut off. Not from the server's own thread.
  void stop() override;

  // The addresses with their real ports, those of sockets ("unix:/run/x.sock" for local ones) last, in the order of the
  // options; none before start(). Same thread as start().
  const std::vector<std::string>& bound_addresses() const { return bound_addresses_; }

 private:
  class Server;
  std::unique_ptr<Server> server_;
  std::vector<std::string> bound_addresses_;
};

}  // namespace leeway
