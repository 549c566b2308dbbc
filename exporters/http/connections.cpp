#include "exporters/http/connections.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "exporters/http/kernel_buffer.h"
#include "exporters/http/session.h"

namespace leeway {
namespace {

// At least so many of the largest answers may be held, with what the kernel takes of them.
constexpr std::size_t kPages = 2;

// Smaller answers, such as those of probes and errors, are sent in any case.
constexpr std::size_t kSmall = 16 * 1024;

}  // namespace

Connections::Connections(const Service& service) : service_(service) {}

Connections::~Connections() = default;

void Connections::adopt(boost::asio::ip::tcp::socket socket) {
  if (sessions_.size() >= service_.options.max_connections && !make_room()) {
    return;
  }
  limit_unsent(socket.native_handle());
  sessions_.push_back(std::make_shared<Session>(std::move(socket), service_, *this));
  sessions_.back()->start();
}

void Connections::remove(const Session& session) {
  std::erase_if(sessions_, [&session](const std::shared_ptr<Session>& other) { return other.get() == &session; });
}

void Connections::close_all() {
  const std::vector<std::shared_ptr<Session>> open = std::exchange(sessions_, {});
  for (const std::shared_ptr<Session>& session : open) {
    session->close();
  }
}

std::size_t Connections::scrapes() const {
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(),
                    [](const std::shared_ptr<Session>& session) { return session->is_scraping(); }));
}

std::size_t Connections::waiting_scrapes() const {
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(), [](const std::shared_ptr<Session>& session) {
        return session->is_scraping() && session->phase() == Session::Phase::kWaiting;
      }));
}

bool Connections::make_room_for(const Response& response) {
  const std::size_t in_kernel = std::min<std::size_t>(response.length(), kMostUnsent);
  return response.length() <= kSmall ||
         make_room_for(response.body.size() + in_kernel, response.shared, response.length());
}

bool Connections::make_room_for(std::size_t page) {
  return make_room_for(page + std::min<std::size_t>(page, kMostUnsent), nullptr, page);
}

bool Connections::make_room_for(std::size_t own, const std::shared_ptr<const std::string>& shared, std::size_t length) {
  const std::size_t budget = std::max(service_.options.answers_budget, kPages * (length + 2 * kMostUnsent));
  do {
    std::set<const std::string*> texts;
    std::size_t bytes = own;
    const auto add = [&](const std::shared_ptr<const std::string>& text) {
      bytes += text != nullptr && texts.insert(text.get()).second ? text->size() : 0;
    };
    add(shared);
    for (const std::shared_ptr<Session>& session : sessions_) {
      bytes += session->in_kernel();
      if (const Response* const sending = session->sending()) {
        bytes += sending->body.size();
        add(sending->shared);
      }
    }
    if (bytes <= budget) {
      return true;
    }
  } while (close_slowest());
  return false;
}

std::shared_ptr<Session> Connections::next_without_room() const {
  const auto now = std::chrono::steady_clock::now();
  std::shared_ptr<Session> next;
  bool slow = false;
  for (const std::shared_ptr<Session>& session : sessions_) {
    if (!session->waits_for_room()) {
      continue;
    }
    const bool of_slow = slow_hosts_.contains(session->host(), now);
    if (next == nullptr || (slow && !of_slow) || (slow == of_slow && session->since() > next->since())) {
      next = session;
      slow = of_slow;
    }
  }
  return next;
}

void Connections::note_slow(const Session& session) {
  slow_hosts_.add(session.host(), std::chrono::steady_clock::now());
}

void Connections::serve(Session& waiting) {
  const std::shared_ptr<const Snapshot> snapshot = service_.source.latest();
  if (next_without_room().get() != &waiting || !waiting.find_room(snapshot)) {
    return;
  }
  share_page(waiting, snapshot);
  // Not here: what those that were closed held is free once their operations have ended.
  if (const std::shared_ptr<Session> next = next_without_room()) {
    next->look_for_room();
  }
}

// The latest first. Each needs only what the kernel holds for it.
void Connections::share_page(const Session& answered, const std::shared_ptr<const Snapshot>& snapshot) {
  std::vector<std::shared_ptr<Session>> others;
  std::copy_if(sessions_.begin(), sessions_.end(), std::back_inserter(others),
               [&](const auto& session) { return session->waits_for_room() && session->asks_like(answered); });
  std::sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return a->since() > b->since(); });
  for (const std::shared_ptr<Session>& other : others) {
    other->answer_scrape(snapshot);
    if (other->waits_for_room()) {
      return;
    }
  }
}

bool Connections::close_slowest() {
  std::shared_ptr<Session> slowest;
  double least = 0;
  for (const std::shared_ptr<Session>& session : sessions_) {
    const std::optional<double> speed = session->reading_speed();
    if (speed && *speed < service_.options.fast_enough && (slowest == nullptr || *speed < least)) {
      slowest = session;
      least = *speed;
    }
  }
  if (slowest == nullptr) {
    return false;
  }
  slowest->cut_off();
  return true;
}

bool Connections::make_room() {
  const auto victim = std::min_element(sessions_.begin(), sessions_.end(),
                                       [](const std::shared_ptr<Session>& a, const std::shared_ptr<Session>& b) {
                                         return std::pair(a->phase(), a->since()) < std::pair(b->phase(), b->since());
                                       });
  if (victim == sessions_.end() || (*victim)->phase() >= Session::Phase::kWaiting) {
    return false;
  }
  const std::shared_ptr<Session> session = *victim;
  session->close();
  return true;
}

}  // namespace leeway
