// What clients cannot do to the server: hold it, fill it, confuse it.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <random>

#include "tests/exporters/http/server_fixture.h"

namespace leeway {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr milliseconds kShort(200);

// Makes every new file descriptor of the process fail with EMFILE.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(STDERR_FILENO);
    ::close(next);
    const rlimit full{static_cast<rlim_t>(next), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &full);
  }
  ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptorsLeft(const NoDescriptorsLeft&) = delete;
  NoDescriptorsLeft& operator=(const NoDescriptorsLeft&) = delete;

 private:
  rlimit before_{};
};

TEST_F(ServerTest, HeaderTooLong) {
  start();
  const std::string fits = get("/-/healthy", "X: " + std::string(8000, 'x') + "\r\n");
  EXPECT_THAT(ask(fits), StartsWith("HTTP/1.1 200 "));
  RawClient client(port());
  client.send(get("/-/healthy", "X: " + std::string(9000, 'x') + "\r\n"));
  EXPECT_THAT(client.read_to_end().value_or(""), StartsWith("HTTP/1.1 431 "));
  RawClient endless(port());
  endless.send("GET /" + std::string(100'000, 'x'));
  EXPECT_THAT(endless.read_to_end().value_or(""), StartsWith("HTTP/1.1 431 "));
}

TEST_F(ServerTest, BodyTooLong) {
  options_.enable_lifecycle = true;
  start();
  const std::string post = "POST /-/reload HTTP/1.1\r\nHost: x\r\n";
  EXPECT_THAT(ask(post + "Content-Length: 1048577\r\n\r\n"), StartsWith("HTTP/1.1 413 "));

  const std::string body(std::size_t{1024} * 1024, 'b');
  RawClient client(port());
  client.send(post + "Content-Length: 1048576\r\n\r\n" + body);
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 200 "));
  client.send(post + "\r\n");
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, AClientThatSendsBeforeItReadsStillGetsTheRefusal) {
  start();
  RawClient client(port());
  const std::string body(std::size_t{2} * 1024 * 1024, 'b');
  EXPECT_TRUE(
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
  EXPECT_THAT(client.read_to_end().value_or(""), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ServerTest, MalformedRequestsAreRefusedAndTheConnectionCloses) {
  start();
  for (const char* request :
       {"\r\n\r\n\r\n\r\n", "GET\r\n\r\n", "GET /-/healthy\r\n\r\n", "GET /-/healthy HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    RawClient client(port());
    client.send(request);
    EXPECT_THAT(client.read_to_end().value_or(""), StartsWith("HTTP/1.1 400 ")) << request;
  }
}

// A second request must never be hidden in what one side takes for a body.
TEST_F(ServerTest, OnlyBodiesOfKnownLengthAreTaken) {
  start();
  for (const char* encoding : {"chunked", "gzip", "chunked, gzip", "xchunked"}) {
    RawClient client(port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + std::string(encoding) + "\r\n\r\n" +
                get("/-/healthy"));
    const std::string answer = client.read_to_end().value_or("");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 411 ")) << encoding;
    EXPECT_EQ(answer.find("healthy"), std::string::npos) << encoding;
  }
}

TEST_F(ServerTest, HttpElevenNeedsAHost) {
  start();
  EXPECT_THAT(ask("GET /-/healthy HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("GET /-/healthy HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(ServerTest, RandomBytesHarmNoOneElse) {
  start();
  for (unsigned seed = 0; seed < 64; ++seed) {
    std::mt19937 random(seed);
    std::string bytes = seed % 2 == 0 ? "" : "POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (unsigned length = random() % 4096; length > 0; --length) {
      bytes += static_cast<char>(random());
    }
    RawClient client(port());
    client.send(bytes);
    client.finish_sending();
    EXPECT_TRUE(client.read_to_end()) << seed;
  }
  EXPECT_THAT(ask(get("/-/healthy")), StartsWith("HTTP/1.1 200 "));
}

// Each byte arrives soon after the previous one: only a deadline for the whole request ends this.
TEST_F(ServerTest, DrippingHeaderAndBodyEndAtTheDeadline) {
  options_.request_deadline = kShort;
  start();
  for (const char* begin :
       {"GET /-/healthy HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n"}) {
    RawClient client(port());
    client.send(begin);
    int drips = 0;
    while (drips < 1000 && !client.readable_within(milliseconds(10))) {
      client.send("x");
      ++drips;
    }
    EXPECT_LT(drips, 1000);
    EXPECT_TRUE(client.read_to_end()) << begin;
  }
}

TEST_F(ServerTest, ASlowRequestIsToldSo) {
  options_.request_deadline = kShort;
  start();
  RawClient client(port());
  client.send("GET /-/hea");
  EXPECT_THAT(client.read_to_end().value_or(""), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ServerTest, AConnectionWithoutARequestEnds) {
  options_.request_deadline = kShort;
  options_.idle_timeout = kShort;
  start();
  RawClient silent(port());
  EXPECT_EQ(silent.read_to_end(), "");
  RawClient once(port());
  once.send(get("/-/healthy"));
  EXPECT_THAT(once.read_to_end().value_or(""), EndsWith("healthy\n"));
}

TEST_F(ServerTest, AClientThatDoesNotReadIsCutOffAtTheDeadline) {
  const std::string page(std::size_t{64} * 1024 * 1024, 'p');
  renderer_ = [&page](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    return HttpPage{"text/plain", page, ""};
  };
  options_.request_deadline = kShort;
  options_.max_connections = 1;
  std::atomic<int> cut_off = 0;
  options_.on_cut_off = [&cut_off] { ++cut_off; };
  start();
  RawClient lazy(port());
  lazy.send(get("/metrics"));
  source_.wait_for_requests(1);
  // There is no room for other connections until it is cut off.
  std::string answer;
  for (int attempt = 0; attempt < 10'000 && answer.empty(); ++attempt) {
    RawClient other(port());
    other.send(get("/-/healthy"));
    answer = other.read_response();
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_LT(lazy.read_to_end().value_or(page).size(), page.size());
  EXPECT_EQ(cut_off, 1);
}

TEST_F(ServerTest, AWriterThatDoesNotAnswerLeavesTheLastPage) {
  options_.scrape_patience = kShort;
  renderer_ = [](const std::shared_ptr<const Snapshot>& snapshot, std::string_view, std::string_view) {
    return HttpPage{"text/plain", "taken " + std::to_string(snapshot->taken().time_since_epoch().count()), ""};
  };
  source_.set(SnapshotBuilder(TimePoint(Duration(7))).build());
  source_.hold();
  start();
  RawClient client(port());
  for (int scrape = 0; scrape < 3; ++scrape) {
    client.send(get("/metrics"));
    EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 200 "), EndsWith("taken 7")));
  }
  // Answers that come too late are not taken for those to another request.
  source_.set(SnapshotBuilder(TimePoint(Duration(8))).build());
  source_.release();
  client.send(get("/metrics"));
  EXPECT_THAT(client.read_response(), EndsWith("taken 8"));
}

TEST_F(ServerTest, QuestionsToAWriterThatDoesNotAnswerAreBounded) {
  options_.scrape_patience = kShort;
  options_.max_scrapes = 2;
  source_.hold();
  start();
  for (int scrape = 0; scrape < 5; ++scrape) {
    EXPECT_THAT(ask(get("/metrics")), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_EQ(source_.requests(), 2);
  source_.release();
}

TEST_F(ServerTest, OneConnectionTooManyClosesTheOldestIdleOne) {
  options_.max_connections = 2;
  start();
  RawClient first(port());
  RawClient second(port());
  for (RawClient* client : {&first, &second, &first}) {  // so that the second one is idle longer
    client->send(get("/-/healthy"));
    EXPECT_THAT(client->read_response(), StartsWith("HTTP/1.1 200 "));
  }
  RawClient third(port());
  third.send(get("/-/healthy"));
  EXPECT_THAT(third.read_response(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(second.read_to_end(), "");
  first.send(get("/-/healthy"));
  EXPECT_THAT(first.read_response(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, DrippingClientsDoNotShutOutAScrape) {
  options_.max_connections = 2;
  start();
  RawClient first(port());
  RawClient second(port());
  for (RawClient* client : {&first, &second}) {
    client->send(get("/-/healthy") + "GET /metr");
    EXPECT_THAT(client->read_response(), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_THAT(ask(get("/metrics")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, ARequestUnderWayIsNotGivenUpForANewcomer) {
  options_.max_connections = 1;
  RawClient scraper = start_with_a_waiting_scrape();
  RawClient newcomer(port());
  newcomer.send(get("/-/healthy"));
  EXPECT_EQ(newcomer.read_to_end(), "");
  source_.release();
  EXPECT_THAT(scraper.read_response(), HasSubstr("page for"));
}

TEST_F(ServerTest, OneScrapeTooManyIsTurnedAway) {
  options_.max_scrapes = 1;
  RawClient first = start_with_a_waiting_scrape();
  EXPECT_THAT(ask(get("/metrics")), StartsWith("HTTP/1.1 503 "));
  source_.release();
  EXPECT_THAT(first.read_response(), HasSubstr("page for"));
  EXPECT_THAT(ask(get("/metrics")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, AcceptsAgainOnceThereAreDescriptors) {
  options_.addresses = {"127.0.0.1:0", "127.0.0.1:0"};
  start();
  RawClient first;
  RawClient second;
  {
    const NoDescriptorsLeft none;
    ASSERT_TRUE(first.connect(port_of(*server_, 0)));
    ASSERT_TRUE(second.connect(port_of(*server_, 1)));
    first.send(get("/-/healthy"));
    second.send(get("/-/healthy"));
    EXPECT_FALSE(first.readable_within(kShort));
  }
  EXPECT_THAT(first.read_response(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(second.read_response(), StartsWith("HTTP/1.1 200 "));
}

}  // namespace
}  // namespace leeway
