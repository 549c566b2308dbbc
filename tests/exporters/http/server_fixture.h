// A server on a free loopback port, a writer whose answers a test can hold back, and a client that may misbehave.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/exporter.h"
#include "agent/metrics/snapshot.h"
#include "exporters/http/http_exporter.h"
#include "tests/support/fake_clock.h"

namespace leeway {

class FakeSource final : public SnapshotSource {
 public:
  using Done = std::function<void(std::shared_ptr<const Snapshot>)>;

  FakeSource() : snapshot_(SnapshotBuilder(TimePoint{}).build()) {}

  std::shared_ptr<const Snapshot> latest() const override {
    const std::lock_guard lock(mutex_);
    return snapshot_;
  }
  // On the caller's thread, unless answers are held back.
  void request(Done done) override {
    {
      const std::lock_guard lock(mutex_);
      ++requests_;
      changed_.notify_all();
      if (held_) {
        waiting_.push_back(std::move(done));
        return;
      }
    }
    done(latest());
  }
  void reload(std::function<void(Expected<void>)> done) override {
    done(reload_error_ ? Expected<void>(*reload_error_) : Expected<void>());
  }

  void set(std::shared_ptr<const Snapshot> snapshot) {
    const std::lock_guard lock(mutex_);
    snapshot_ = std::move(snapshot);
  }
  void fail_reloads(Error error) { reload_error_ = std::move(error); }
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  // Sends the answers that were held back, on the caller's thread, after calling `before_each`; stops holding back.
  void release(const std::function<void()>& before_each = [] {}) {
    std::vector<Done> waiting;
    {
      const std::lock_guard lock(mutex_);
      held_ = false;
      waiting.swap(waiting_);
    }
    for (const Done& done : waiting) {
      before_each();
      done(latest());
    }
  }
  int requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  void wait_for_requests(int count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return requests_ >= count; }));
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<Done> waiting_;
  std::optional<Error> reload_error_;
  int requests_ = 0;
  bool held_ = false;
};

// A plain socket: the test decides what is sent. Reads give up after 20 s.
class RawClient {
 public:
  RawClient();  // not yet connected
  explicit RawClient(int port) : RawClient() { connect(port); }
  ~RawClient();
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connect(int port);
  // Whether all of it could be sent.
  bool send(std::string_view bytes);
  void finish_sending();
  // One response with a body of its Content-Length, or what arrived before the end.
  std::string read_response(bool has_body = true);
  // What arrives until the server closes, cleanly or not; nothing if it does not close.
  std::optional<std::string> read_to_end();
  // Whether the server closed, or sent something, within the time.
  bool readable_within(std::chrono::milliseconds time);
  // Disconnects without notice, like a killed process.
  void vanish();

 private:
  int fd_ = -1;
};

inline std::string get(std::string_view path, std::string_view more_headers = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(more_headers) + "\r\n";
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() { options_.addresses = {"127.0.0.1:0"}; }

  std::unique_ptr<HttpExporter> make(HttpOptions options) {
    return std::make_unique<HttpExporter>(std::move(options), source_, renderer_, clock_);
  }
  void start() {
    server_ = make(options_);
    const Expected<void> started = server_->start();
    ASSERT_TRUE(started) << started.error().to_string();
  }
  // The client of a scrape that waits until source_.release().
  RawClient start_with_a_waiting_scrape() {
    source_.hold();
    start();
    RawClient client(port());
    client.send(get("/metrics"));
    source_.wait_for_requests(1);
    return client;
  }
  static int port_of(const HttpExporter& server, std::size_t index = 0) {
    const std::string address = server.bound_addresses().at(index);
    return std::stoi(address.substr(address.rfind(':') + 1));
  }
  int port() const { return port_of(*server_); }
  std::string ask(std::string_view request) {
    RawClient client(port());
    client.send(request);
    return client.read_response();
  }

  HttpOptions options_;
  FakeSource source_;
  FakeClock clock_{TimePoint(std::chrono::seconds(784111777))};
  PageRenderer renderer_ = [](const std::shared_ptr<const Snapshot>&, std::string_view accept,
                              std::string_view accept_encoding) {
    return HttpPage{"text/x-test", "page for " + std::string(accept) + "|" + std::string(accept_encoding) + "\n", ""};
  };
  std::unique_ptr<HttpExporter> server_;
};

}  // namespace leeway
