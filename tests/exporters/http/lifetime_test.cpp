// Late answers, clients that disconnect early, and a server that stops in between.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/exporters/http/server_fixture.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(ServerTest, AClientMayVanishWhileItsScrapeWaits) {
  source_.hold();
  start();
  RawClient client(port());
  client.send(get("/metrics"));
  source_.wait_for_requests(1);
  client.vanish();
  source_.release();
  EXPECT_THAT(ask(get("/metrics")), HasSubstr("page for"));
}

TEST_F(ServerTest, OtherRequestsAreAnsweredWhileAScrapeWaits) {
  source_.hold();
  start();
  RawClient client(port());
  client.send(get("/metrics"));
  source_.wait_for_requests(1);
  EXPECT_THAT(ask(get("/-/healthy")), StartsWith("HTTP/1.1 200 "));
  source_.release();
  EXPECT_THAT(client.read_response(), HasSubstr("page for"));
}

TEST_F(ServerTest, StopsWhileAScrapeWaits) {
  source_.hold();
  start();
  RawClient client(port());
  client.send(get("/metrics"));
  source_.wait_for_requests(1);
  server_->stop();
  EXPECT_EQ(client.read_to_end(), "");
  source_.release();
  server_->stop();
}

TEST_F(ServerTest, AnAnswerMayComeAfterTheServerIsGone) {
  source_.hold();
  start();
  RawClient client(port());
  client.send(get("/metrics"));
  source_.wait_for_requests(1);
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
