// Late answers, clients that disconnect early, and a server that stops in between.
#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "tests/exporters/http/server_fixture.h"

namespace leeway {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::chrono::milliseconds kPatience = std::chrono::seconds(20);

TEST_F(ServerTest, AClientMayVanishWhileItsScrapeWaits) {
  RawClient client = start_with_a_waiting_scrape();
  client.vanish();
  source_.release();
  EXPECT_THAT(ask(get("/metrics")), HasSubstr("page for"));
}

TEST_F(ServerTest, PagesAreDoneWhenTheOnlyClientVanishes) {
  std::promise<void> done;
  options_.on_scrapes_done = [&done] { done.set_value(); };
  RawClient client = start_with_a_waiting_scrape();
  client.vanish();
  source_.release();
  EXPECT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST_F(ServerTest, OtherRequestsAreAnsweredWhileAScrapeWaits) {
  RawClient client = start_with_a_waiting_scrape();
  EXPECT_THAT(ask(get("/-/healthy")), StartsWith("HTTP/1.1 200 "));
  source_.release();
  EXPECT_THAT(client.read_response(), HasSubstr("page for"));
}

TEST_F(ServerTest, StopsWhileAScrapeWaits) {
  RawClient client = start_with_a_waiting_scrape();
  server_->stop();
  EXPECT_EQ(client.read_to_end(), "");
  source_.release();
  server_->stop();
}

TEST_F(ServerTest, AnAnswerMayComeAfterTheServerIsGone) {
  RawClient client = start_with_a_waiting_scrape();
  server_.reset();
  source_.release();
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(ServerTest, AnswersRaceWithTheEndOfTheServer) {
  for (int round = 0; round < 20; ++round) {
    source_.hold();
    start();
    RawClient client(port());
    client.send(get("/metrics"));
    source_.wait_for_requests(round + 1);
    std::thread writer([this] { source_.release(); });
    server_.reset();
    writer.join();
    EXPECT_TRUE(client.read_to_end());
  }
}

TEST_F(ServerTest, StopsWithClientsInEveryPhase) {
  start();
  RawClient silent(port());
  RawClient reading(port());
  reading.send("GET /metr");
  RawClient idle(port());
  idle.send(get("/-/healthy"));
  idle.read_response();
  server_->stop();
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(reading.read_to_end(), "");
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_FALSE(RawClient().connect(port()));
}

TEST_F(ServerTest, MayBeDestroyedWithoutAStart) {
  server_ = make(options_);
  EXPECT_TRUE(server_->bound_addresses().empty());
  server_->stop();
}

// More bytes than the sockets' buffers hold: all pages are being sent before the first client reads.
TEST_F(ServerTest, ScrapesAtOnceSendTheSameBytes) {
  constexpr std::size_t kScrapers = 4;
  const auto shared = std::make_shared<const std::string>(std::size_t{16} << 20, 'p');
  renderer_ = [&shared](const std::shared_ptr<const Snapshot>&, std::string_view accept, std::string_view) {
    return HttpPage{"text/plain", "for " + std::string(accept), "", shared};
  };
  std::promise<void> done;
  options_.on_scrapes_done = [&done] { done.set_value(); };  // a second call would throw
  source_.hold();
  start();
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < kScrapers; ++i) {
    clients.emplace_back(port()).send(get("/metrics", "Connection: close\r\nAccept: " + std::to_string(i) + "\r\n"));
  }
  source_.wait_for_requests(kScrapers);
  source_.release();
  for (RawClient& client : clients) {
    ASSERT_TRUE(client.readable_within(kPatience));
  }
  EXPECT_EQ(static_cast<std::size_t>(shared.use_count()), 1 + kScrapers);
  for (std::size_t i = 0; i < kScrapers; ++i) {
    const std::string answer = clients[i].read_to_end().value_or("");
    EXPECT_TRUE(answer.ends_with("pfor " + std::to_string(i))) << answer.substr(0, 200);
    EXPECT_EQ(answer.size() - answer.find("\r\n\r\n"), 4 + shared->size() + 5);
  }
  EXPECT_EQ(done.get_future().wait_for(kPatience), std::future_status::ready);
}

// The writer gives each of them a snapshot of its own; the first page takes until all have theirs.
TEST_F(ServerTest, AnswersThatArriveWhileAPageIsMadeShareTheNextOne) {
  std::promise<void> answered;
  const std::shared_future<void> all_answered = answered.get_future().share();
  std::set<std::shared_ptr<const Snapshot>> rendered;
  renderer_ = [&](const std::shared_ptr<const Snapshot>& snapshot, std::string_view, std::string_view) {
    all_answered.wait();
    rendered.insert(snapshot);
    return HttpPage{"text/plain", "page", ""};
  };
  source_.hold();
  start();
  std::vector<RawClient> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back(port()).send(get("/metrics"));
  }
  source_.wait_for_requests(8);
  source_.release([this, taken = 0]() mutable { source_.set(SnapshotBuilder(TimePoint(Duration(++taken))).build()); });
  answered.set_value();
  for (RawClient& client : clients) {
    EXPECT_THAT(client.read_response(), EndsWith("page"));
  }
  server_->stop();
  EXPECT_LE(rendered.size(), 2U);
  EXPECT_TRUE(rendered.contains(source_.latest()));
}

// The first page takes until the writer has answered all, the last one until a client has read the page before it.
TEST_F(ServerTest, APageIsSentWhileTheNextOneIsMade) {
  std::promise<void> answered;
  std::promise<void> read;
  int pages = 0;
  renderer_ = [&](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    ++pages;
    if (pages != 2) {
      (pages == 1 ? answered : read).get_future().wait();
    }
    return HttpPage{"text/plain", std::string(200'000, 'p') + std::to_string(pages), ""};
  };
  source_.hold();
  start();
  std::vector<RawClient> clients;
  for (int i = 1; i <= 3; ++i) {
    clients.emplace_back(port()).send(get("/metrics"));
    source_.wait_for_requests(i);
  }
  source_.release();
  answered.set_value();
  EXPECT_TRUE(clients[1].read_response().ends_with("p2"));
  read.set_value();
  EXPECT_TRUE(clients[2].read_response().ends_with("p3"));
}

TEST_F(ServerTest, ScrapesAtOnceAreAllAnswered) {
  start();
  constexpr int kThreads = 8;
  constexpr int kScrapes = 20;
  std::atomic<int> answered = 0;
  std::vector<std::thread> scrapers;
  for (int i = 0; i < kThreads; ++i) {
    scrapers.emplace_back([this, i, &answered] {
      RawClient client(port());
      for (int scrape = 0; scrape < kScrapes; ++scrape) {
        client.send(get("/metrics", "Accept: " + std::to_string(i) + "\r\n"));
        answered += client.read_response().ends_with("page for " + std::to_string(i) + "|\n") ? 1 : 0;
      }
    });
  }
  for (std::thread& scraper : scrapers) {
    scraper.join();
  }
  EXPECT_EQ(answered, kThreads * kScrapes);
}

}  // namespace
}  // namespace leeway
