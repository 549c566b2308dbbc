// What the server does about answers that clients do not read: their memory, those that wait for it, who is cut off.
#include <gmock/gmock.h>

#include <atomic>

#include "tests/exporters/http/server_fixture.h"

namespace leeway {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::size_t kPage =
    std::size_t{4} * 1024 * 1024;  // more than the kernel takes for a client that does not read
const std::string kOnce = get("/metrics", "Connection: close\r\n");

class LazyClients {
 public:
  // Each asks for the page and reads nothing of it, after the answer to the one before has begun.
  LazyClients(int port, int count) {
    for (int client = 0; client < count; ++client) {
      clients_.push_back(std::make_unique<RawClient>(port));
      clients_.back()->send(kOnce);
      EXPECT_TRUE(clients_.back()->readable_within(milliseconds(5000)));
    }
  }
  std::string read(std::size_t client) { return clients_[client]->read_to_end().value_or(""); }

 private:
  std::vector<std::unique_ptr<RawClient>> clients_;
};

TEST_F(ServerTest, PagesThatAreNotReadKeepWithinTheirBudget) {
  renderer_ = [](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    return HttpPage{"text/plain", "", "", std::make_shared<const std::string>(kPage, 'p')};
  };
  std::atomic<int> cut_off = 0;
  options_.on_cut_off = [&cut_off] { ++cut_off; };
  options_.slow_after = milliseconds(0);
  options_.fast_enough = 1e18;
  options_.answers_budget = 0;  // two pages are always allowed
  start();
  LazyClients lazy(port(), 10);
  EXPECT_EQ(cut_off, 8);  // two are left
  // One that reads gets its page.
  RawClient client(port());
  client.send(kOnce);
  EXPECT_THAT(client.read_to_end().value_or(""), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("pppp")));
  EXPECT_EQ(cut_off, 9);
  int whole = 0;
  for (std::size_t each = 0; each < 10; ++each) {
    whole += lazy.read(each).size() > kPage ? 1 : 0;
  }
  EXPECT_EQ(whole, 1);
}

TEST_F(ServerTest, APageThatManyHoldCountsOnce) {
  const auto page = std::make_shared<const std::string>(kPage, 'p');
  renderer_ = [&page](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    return HttpPage{"text/plain", "", "", page};
  };
  std::atomic<int> troubles = 0;
  options_.on_cut_off = options_.on_refused = [&troubles] { ++troubles; };
  options_.slow_after = milliseconds(0);
  options_.fast_enough = 1e18;
  options_.answers_budget = 0;
  start();
  LazyClients lazy(port(), 10);
  for (std::size_t client = 0; client < 10; ++client) {
    EXPECT_THAT(lazy.read(client), EndsWith("pppp"));
  }
  EXPECT_EQ(troubles, 0);
}

TEST_F(ServerTest, WithoutRoomAndWithoutASlowClientTheAnswerIsToComeBack) {
  const std::string page(kPage, 'p');
  renderer_ = [&page](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    return HttpPage{"text/plain", page, ""};
  };
  std::atomic<int> refused = 0;
  options_.on_refused = [&refused] { ++refused; };
  options_.slow_after = std::chrono::hours(1);
  options_.answers_budget = 0;
  options_.room_patience = milliseconds(200);
  start();
  LazyClients lazy(port(), 2);
  EXPECT_THAT(ask(get("/metrics")), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("\r\nRetry-After: 1\r\n")));
  EXPECT_EQ(refused, 1);
  EXPECT_THAT(ask(get("/-/healthy")), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(lazy.read(0), EndsWith("pppp"));
  RawClient client(port());
  client.send(kOnce);
  EXPECT_THAT(client.read_to_end().value_or(""), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, AScrapeWaitsUntilThereIsRoom) {
  renderer_ = [](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    return HttpPage{"text/plain", "", "", std::make_shared<const std::string>(kPage, 'p')};
  };
  options_.slow_after = milliseconds(200);
  options_.fast_enough = 1e18;
  options_.answers_budget = 0;
  start();
  const LazyClients lazy(port(), 5);  // each of the last three once one is cut off
  RawClient client(port());
  client.send(kOnce);
  EXPECT_THAT(client.read_to_end().value_or(""), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("pppp")));
}

TEST_F(ServerTest, ScrapesThatWaitForRoomShareAPage) {
  std::atomic<int> pages = 0;
  std::shared_ptr<const std::string> page;
  std::weak_ptr<const Snapshot> rendered;
  renderer_ = [&](const std::shared_ptr<const Snapshot>& snapshot, std::string_view, std::string_view) {
    if (rendered.lock() != snapshot) {
      rendered = snapshot;
      page = std::make_shared<const std::string>(kPage, 'p');
      ++pages;
    }
    source_.set(SnapshotBuilder(TimePoint{}).build());  // the next one who asks gets another page
    return HttpPage{"text/plain", "", "", page};
  };
  options_.slow_after = options_.room_patience = options_.scrape_patience = options_.request_deadline =
      std::chrono::hours(1);
  options_.answers_budget = 2 * kPage + kPage / 2;
  start();
  LazyClients lazy(port(), 2);
  source_.hold();
  std::vector<RawClient> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back(port());
    clients.back().send(kOnce);
  }
  source_.wait_for_requests(2 + 4);
  source_.release();
  EXPECT_THAT(ask(get("/-/healthy")), StartsWith("HTTP/1.1 200 "));  // the server has found no room for the four
  EXPECT_EQ(pages, 2 + 1);
  EXPECT_THAT(lazy.read(0), EndsWith("pppp"));
  for (RawClient& client : clients) {
    EXPECT_THAT(client.read_to_end().value_or(""), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("pppp")));
  }
  EXPECT_EQ(pages, 2 + 1 + 1);
}

}  // namespace
}  // namespace leeway
