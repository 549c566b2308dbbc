#include "exporters/http/session.h"

#include <boost/asio/buffer.hpp>
#include <string>
#include <utility>

#include "exporters/http/kernel_buffer.h"

namespace leeway {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

// How long a client that was sent "Connection: close", and has read it, has to close. Closing first, with unread bytes
// of the client, would make the kernel discard what was sent.
constexpr std::chrono::milliseconds kLingerTime(1000);

// How often a scrape that waits for slow clients looks whether there is room.
constexpr std::chrono::milliseconds kRoomCheck(20);

Response no_room(std::string_view why) {
  Response response = Response::of_text(503, why);
  response.headers.emplace_back("Retry-After", "1");  // seconds
  return response;
}

}  // namespace

Session::Session(tcp::socket socket, const Service& service, Connections& connections)
    : stream_(std::move(socket)),
      host_(stream_.peer_host()),
      deadline_(stream_.socket().get_executor()),
      service_(service),
      connections_(connections),
      reader_(RequestLimits{service.options.header_limit, service.options.body_limit}) {}

void Session::start() {
  error_code ignored;
  stream_.socket().set_option(tcp::no_delay(true), ignored);
  limit(service_.options.request_deadline);
  if (service_.gate != nullptr && service_.gate->tls() != nullptr) {
    shake_hands();
    return;
  }
  enter(Phase::kIdle);
  read();
}

void Session::shake_hands() {
  enter(Phase::kHandshaking);
  stream_.handshake(service_.gate->tls(),
                    [self = shared_from_this()](ClientStream::Handshake result, const std::string& why) {
                      if (self->phase_ != Phase::kHandshaking) {
                        return;
                      }
                      switch (result) {
                        case ClientStream::Handshake::kDone:
                          self->enter(Phase::kIdle);
                          self->limit(self->service_.options.request_deadline);
                          self->read();
                          return;
                        case ClientStream::Handshake::kPlain:
                          self->report(WebRefusal::kPlainHttp, "");
                          self->answer(Response::of_text(400, "Client sent an HTTP request to an HTTPS server."));
                          return;
                        case ClientStream::Handshake::kFailed:
                          self->report(WebRefusal::kHandshake, why);
                          self->linger();
                          return;
                        case ClientStream::Handshake::kGone:
                          self->close();
                          return;
                      }
                    });
}

void Session::close() {
  if (phase_ == Phase::kClosed) {
    return;
  }
  enter(Phase::kClosed);
  outgoing_ = nullptr;
  end_scrape();
  deadline_.cancel();
  stream_.close();
  connections_.remove(*this);
}

void Session::cut_off() {
  service_.options.on_cut_off();
  connections_.note_slow(*this);
  error_code ignored;
  stream_.socket().set_option(boost::asio::socket_base::linger(true, 0), ignored);
  close();
}

std::size_t Session::in_kernel() { return unread_bytes(descriptor()); }

std::optional<double> Session::reading_speed() {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - answered_;
  if (in_kernel() == 0 || taken < service_.options.slow_after || taken.count() <= 0) {
    return std::nullopt;
  }
  return static_cast<double>(received_bytes(descriptor()) - received_before_) / taken.count();
}

void Session::enter(Phase phase) {
  phase_ = phase;
  since_ = std::chrono::steady_clock::now();
}

void Session::limit(std::chrono::milliseconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([self = shared_from_this()](const error_code& error) {
    // A wait that ended before the deadline was extended can no longer be cancelled.
    if (!error && self->deadline_.expiry() <= std::chrono::steady_clock::now()) {
      self->on_deadline();
    }
  });
}

void Session::on_deadline() {
  if (waits_for_room() && is_patient()) {
    limit(kRoomCheck);
    connections_.serve(*this);
    return;
  }
  if (phase_ == Phase::kWaiting && scraping_) {
    answer_scrape(service_.source.latest());
    return;
  }
  Response response;
  switch (phase_) {
    case Phase::kReading:
      response = Response::of_text(408, "the request took too long");
      break;
    case Phase::kVerifying:
      response = Response::of_text(503, "checking the password takes too long; try again");
      break;
    case Phase::kWaiting:
      response = Response::of_text(202, "still reloading; leeway_config_last_reload_successful will tell");
      break;
    default:
      if (phase_ == Phase::kWriting || in_kernel() != 0) {
        cut_off();
      } else {
        close();
      }
      return;
  }
  response.close = true;
  stream_.cancel();
  answer(std::move(response));
  limit(kLingerTime);
}

void Session::read() {
  stream_.read_some(boost::asio::buffer(input_),
                    [self = shared_from_this()](const error_code& error, std::size_t size) {
                      if (self->phase_ != Phase::kIdle && self->phase_ != Phase::kReading) {
                        return;
                      }
                      if (error) {
                        self->close();
                        return;
                      }
                      self->proceed(self->reader_.feed(std::string_view(self->input_.data(), size)));
                    });
}

void Session::proceed(RequestReader::State state) {
  if (phase_ == Phase::kIdle && !reader_.is_idle()) {
    enter(Phase::kReading);
    limit(service_.options.request_deadline);
  }
  switch (state) {
    case RequestReader::State::kNeedsMore:
      read();
      return;
    case RequestReader::State::kComplete:
      request_ = reader_.request();
      admit();
      return;
    case RequestReader::State::kRefused:
      request_ = Request{};
      answer(reader_.refusal());
      return;
  }
}

void Session::admit() {
  if (service_.gate == nullptr) {
    act();
    return;
  }
  enter(Phase::kVerifying);
  service_.gate->admit(request_.authorization, [session = weak_from_this()](std::optional<Response> refusal) {
    const std::shared_ptr<Session> self = session.lock();
    if (!self || self->phase_ != Phase::kVerifying) {
      return;
    }
    if (!refusal) {
      self->act();
      return;
    }
    const unsigned status = refusal->status;
    self->report(status == 401   ? WebRefusal::kUnauthorized
                 : status == 429 ? WebRefusal::kRateLimit
                                 : WebRefusal::kBusy,
                 "");
    self->answer(std::move(*refusal));
  });
}

void Session::act() {
  Decision decision = service_.routes.decide(request_);
  switch (decision.action) {
    case Decision::Action::kAnswer:
      answer(std::move(decision.response));
      return;
    case Decision::Action::kScrape:
      scrape();
      return;
    case Decision::Action::kReload:
      reload();
      return;
  }
}

void Session::scrape() {
  if (connections_.waiting_scrapes() >= service_.options.max_scrapes) {
    service_.options.on_refused();
    answer(no_room("too many scrapes at once"));
    return;
  }
  enter(Phase::kWaiting);
  scraping_ = true;
  if (service_.asked->waiting >= service_.options.max_scrapes) {
    // The writer has not answered that many: it is waiting for something itself.
    answer_scrape(service_.source.latest());
    return;
  }
  limit(service_.options.scrape_patience);
  ++service_.asked->waiting;
  service_.source.request([mailbox = service_.mailbox, asked = service_.asked, session = weak_from_this(),
                           number = ++scrape_](std::shared_ptr<const Snapshot> snapshot) {
    mailbox->post([mailbox, asked, session, number, snapshot = std::move(snapshot)] {
      --asked->waiting;
      if (asked->answered.empty()) {
        // Behind the answers that have arrived meanwhile, so that one page is made for all of them.
        mailbox->post([asked] { answer_scrapes(*asked); });
      }
      asked->answered.push_back({session, number});
      asked->newest = snapshot;
    });
  });
}

void Session::answer_scrapes(AskedScrapes& asked) {
  const std::shared_ptr<const Snapshot> snapshot = std::exchange(asked.newest, nullptr);
  for (const AskedScrapes::Answer& answer : std::exchange(asked.answered, {})) {
    const std::shared_ptr<Session> session = answer.session.lock();
    if (session && session->phase_ == Phase::kWaiting && session->scrape_ == answer.scrape) {
      session->answer_scrape(snapshot);
    }
  }
}

void Session::answer_scrape(const std::shared_ptr<const Snapshot>& snapshot) {
  if (const std::shared_ptr<Session> other = connections_.next_without_room();
      other != nullptr && needed_ == 0 && is_patient()) {
    // No page is made before there is room.
    needed_ = other->needed_;
    limit(kRoomCheck);
    return;
  }
  Response response = metrics_response(service_.renderer, snapshot, request_);
  if (is_patient() && request_.method != Method::kHead && !connections_.make_room_for(response)) {
    needed_ = response.length();
    limit(kRoomCheck);
    return;
  }
  needed_ = 0;
  limit(service_.options.request_deadline);
  page_taken_ = snapshot->taken();
  answer(std::move(response));
}

bool Session::is_patient() const { return std::chrono::steady_clock::now() - since_ < service_.options.room_patience; }

bool Session::asks_like(const Session& other) const {
  return request_.method == other.request_.method && request_.accept == other.request_.accept &&
         request_.accept_encoding == other.request_.accept_encoding;
}

bool Session::find_room(const std::shared_ptr<const Snapshot>& snapshot) {
  if (!connections_.make_room_for(needed_)) {
    return false;
  }
  answer_scrape(snapshot);
  return !waits_for_room();
}

void Session::end_scrape() {
  if (std::exchange(scraping_, false) && connections_.scrapes() == 0) {
    service_.options.on_scrapes_done();
  }
}

void Session::reload() {
  enter(Phase::kWaiting);
  service_.source.reload([mailbox = service_.mailbox, session = weak_from_this()](Expected<void> outcome) {
    mailbox->post([session, outcome = std::move(outcome)] {
      const std::shared_ptr<Session> self = session.lock();
      if (self && self->phase_ == Phase::kWaiting) {
        self->answer(reload_response(outcome));
      }
    });
  });
}

void Session::answer(Response response) {
  if (request_.method != Method::kHead && !connections_.make_room_for(response)) {
    service_.options.on_refused();
    page_taken_ = kNoTime;
    response = no_room("too many clients read too slowly");
  }
  keep_alive_ = request_.keep_alive && !response.close;
  if (service_.gate != nullptr) {
    service_.gate->add_headers(response);
    // Clients connect again to a changed certificate, and are verified again.
    keep_alive_ = keep_alive_ && stream_.context() == service_.gate->tls().get();
  }
  std::string head = response_head(response, keep_alive_, service_.clock.wall());
  const auto outgoing = std::make_shared<const Outgoing>(Outgoing{std::move(head), std::move(response)});
  outgoing_ = outgoing;
  enter(Phase::kWriting);
  answered_ = since_;
  received_before_ = received_bytes(descriptor());
  std::array<boost::asio::const_buffer, 3> buffers = {boost::asio::buffer(outgoing->head)};
  if (request_.method != Method::kHead) {
    if (outgoing->response.shared != nullptr) {
      buffers[1] = boost::asio::buffer(*outgoing->response.shared);
    }
    buffers[2] = boost::asio::buffer(outgoing->response.body);
  }
  stream_.write(buffers, [self = shared_from_this(), outgoing](const error_code& error, std::size_t /*size*/) {
    self->go_on(Phase::kWriting, error, &Session::after_response);
  });
}

void Session::go_on(Phase phase, const error_code& error, void (Session::*next)()) {
  if (phase_ != phase) {
    return;
  }
  if (error) {
    close();
    return;
  }
  (this->*next)();
}

void Session::after_response() {
  if (scraping_ && request_.method == Method::kGet) {
    service_.options.on_page_sent(page_taken_);
  }
  outgoing_ = nullptr;
  end_scrape();
  if (!keep_alive_) {
    linger();
    return;
  }
  enter(Phase::kIdle);
  limit(service_.options.idle_timeout);
  proceed(reader_.next());
}

void Session::linger() {
  enter(Phase::kLingering);
  limit(in_kernel() == 0 ? kLingerTime : service_.options.request_deadline);
  stream_.finish([self = shared_from_this()] { self->go_on(Phase::kLingering, {}, &Session::drain); });
}

void Session::drain() {
  stream_.discard_some(boost::asio::buffer(input_),
                       [self = shared_from_this()](const error_code& error, std::size_t /*size*/) {
                         self->go_on(Phase::kLingering, error, &Session::drain);
                       });
}

void Session::report(WebRefusal refusal, const std::string& why) {
  service_.options.on_web_refusal(refusal, stream_.peer(), why);
}

}  // namespace leeway
