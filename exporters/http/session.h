// One connection: requests are read, answered and written one after the other. Used by Connections.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporters/http/client_stream.h"
#include "exporters/http/connections.h"
#include "exporters/http/http_exporter.h"
#include "exporters/http/mailbox.h"
#include "exporters/http/request_reader.h"
#include "exporters/http/routes.h"
#include "exporters/http/web_gate.h"

namespace leeway {

// Server's thread only.
struct AskedScrapes {
  struct Answer {
    std::weak_ptr<Session> session;
    std::uint64_t scrape = 0;  // its number in the session
  };
  std::size_t waiting = 0;                 // questions to the writer that it has not answered
  std::vector<Answer> answered;            // those it has answered, without a page yet
  std::shared_ptr<const Snapshot> newest;  // its last answer
};

// What all sessions share.
struct Service {
  HttpOptions options;
  SnapshotSource& source;
  PageRenderer renderer;
  const Clock& clock;
  std::shared_ptr<Mailbox> mailbox;
  const Routes& routes;
  WebGate* gate = nullptr;  // null: everybody is admitted
  std::shared_ptr<AskedScrapes> asked = std::make_shared<AskedScrapes>();
};

// Server's thread only. Lives as long as a pending operation or Connections holds it; its destructor touches only its
// own socket.
class Session : public std::enable_shared_from_this<Session> {
 public:
  // In the order in which they are closed for a new connection; those from kWaiting on are not.
  enum class Phase : std::uint8_t {
    kIdle,       // no byte of a request received
    kLingering,  // everything is sent; waits for the client to close
    kHandshaking,
    kReading,    // a request is received in part
    kVerifying,  // its password is being checked
    kWaiting,    // for the writer
    kWriting,
    kClosed,
  };
  using Time = std::chrono::steady_clock::time_point;

  Session(boost::asio::ip::tcp::socket socket, const Service& service, Connections& connections);

  void start();
  // Idempotent. Removes the session from Connections.
  void close();
  // Likewise, and drops what the client has not read, which the kernel would otherwise keep for minutes.
  void cut_off();

  const std::string& host() const { return host_; }  // of the client; "" if it is not known
  Phase phase() const { return phase_; }
  Time since() const { return since_; }  // when the phase began
  bool is_scraping() const { return scraping_; }
  // Has a page to send for which memory is short.
  bool waits_for_room() const { return phase_ == Phase::kWaiting && needed_ != 0; }
  void look_for_room() { limit(std::chrono::milliseconds(0)); }
  // Whether both want the same page.
  bool asks_like(const Session& other) const;
  // Answers it with the page of `snapshot` if there is room for another page now. Whether it waits no longer.
  bool find_room(const std::shared_ptr<const Snapshot>& snapshot);
  // Likewise, if there is room or no more patience; a page that another one is sent needs little.
  void answer_scrape(const std::shared_ptr<const Snapshot>& snapshot);
  // Bytes of answers that the client has not read.
  std::size_t in_kernel();
  // Bytes per second of the last answer; none if the client has read all that the kernel has, or it began less than
  // `slow_after` ago.
  std::optional<double> reading_speed();
  // The answer that is being sent, or null.
  const Response* sending() const { return phase_ == Phase::kWriting ? &outgoing_->response : nullptr; }

 private:
  struct Outgoing {
    std::string head;
    Response response;
  };

  void enter(Phase phase);
  bool is_patient() const;
  int descriptor() { return stream_.socket().native_handle(); }
  void limit(std::chrono::milliseconds time);
  void on_deadline();

  void shake_hands();
  void read();
  void proceed(RequestReader::State state);
  void admit();
  void act();
  void scrape();
  static void answer_scrapes(AskedScrapes& asked);
  void end_scrape();
  void reload();
  void answer(Response response);
  // After an operation of `phase`: does nothing if the session has left it in the meantime.
  void go_on(Phase phase, const boost::system::error_code& error, void (Session::*next)());
  void after_response();
  void linger();
  void drain();
  void report(WebRefusal refusal, const std::string& why);

  ClientStream stream_;
  const std::string host_;
  boost::asio::steady_timer deadline_;
  const Service& service_;
  Connections& connections_;

  static constexpr std::size_t kReadSize = 4096;  // bytes; a request of Prometheus has about 400
  std::array<char, kReadSize> input_{};
  RequestReader reader_;
  Request request_;
  Phase phase_ = Phase::kIdle;
  Time since_{};
  bool scraping_ = false;
  TimePoint page_taken_{};    // of the page that is being sent
  std::uint64_t scrape_ = 0;  // number of the last one that asked the writer
  bool keep_alive_ = false;
  std::shared_ptr<const Outgoing> outgoing_;  // being sent
  std::size_t needed_ = 0;                    // bytes of the page that waits for room
  Time answered_{};                           // when the last answer began
  std::uint64_t received_before_ = 0;         // bytes, by the client
};

}  // namespace leeway
