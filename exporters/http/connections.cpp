#include "exporters/http/connections.h"

#include <algorithm>
#include <utility>

#include "exporters/http/session.h"

namespace leeway {

Connections::Connections(const Service& service) : service_(service) {}

Connections::~Connections() = default;

void Connections::adopt(boost::asio::ip::tcp::socket socket) {
  if (sessions_.size() >= service_.options.max_connections && !make_room()) {
    return;
  }
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
