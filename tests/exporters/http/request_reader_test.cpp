#include "exporters/http/request_reader.h"

#include <gmock/gmock.h>

#include "exporters/http/address.h"

namespace leeway {
namespace {

using State = RequestReader::State;

constexpr RequestLimits kLimits{8192, 1024};

Request read_one(std::string_view bytes) {
  RequestReader reader(kLimits);
  EXPECT_EQ(reader.feed(bytes), State::kComplete) << bytes;
  return reader.request();
}

TEST(RequestReader, HowTheBytesAreCutDoesNotMatter) {
  const std::string bytes =
      "POST /-/reload?now HTTP/1.1\r\nHost: x\r\nAccept: a\r\nContent-Length: 3\r\n\r\n"
      "abc"
      "GET /metrics HTTP/1.0\r\n\r\n";
  for (std::size_t cut = 1; cut <= bytes.size(); ++cut) {
    RequestReader reader(kLimits);
    std::vector<Request> requests;
    EXPECT_TRUE(reader.is_idle());
    for (std::size_t at = 0; at < bytes.size(); at += cut) {
      State state = reader.feed(std::string_view(bytes).substr(at, cut));
      while (state == State::kComplete) {
        requests.push_back(reader.request());
        state = reader.next();
      }
      ASSERT_EQ(state, State::kNeedsMore) << cut;
    }
    ASSERT_EQ(requests.size(), 2U) << cut;
    EXPECT_EQ(requests[0].method, Method::kPost);
    EXPECT_EQ(requests[0].path, "/-/reload");
    EXPECT_EQ(requests[0].accept, "a");
    EXPECT_TRUE(requests[0].keep_alive);
    EXPECT_EQ(requests[1].method, Method::kGet);
    EXPECT_EQ(requests[1].path, "/metrics");
    EXPECT_FALSE(requests[1].keep_alive);
    EXPECT_TRUE(reader.is_idle());
  }
}

TEST(RequestReader, UnderstandsTargetsWithAHost) {
  EXPECT_EQ(read_one("GET http://a:1/metrics?x HTTP/1.1\r\nHost: a\r\n\r\n").path, "/metrics");
  EXPECT_EQ(read_one("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n").path, "/");
}

TEST(RequestReader, KnowsOnlyHttpOne) {
  RequestReader reader(kLimits);
  EXPECT_EQ(reader.feed("GET / HTTP/2.0\r\n\r\n"), State::kRefused);
  EXPECT_EQ(reader.refusal().status, 505U);
  EXPECT_TRUE(reader.refusal().close);
}

TEST(RequestReader, TheBodyLimitIsExact) {
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ";
  read_one(head + "1024\r\n\r\n" + std::string(1024, 'b'));
  RequestReader reader(kLimits);
  EXPECT_EQ(reader.feed(head + "1025\r\n\r\n"), State::kRefused);
  EXPECT_EQ(reader.refusal().status, 413U);
}

TEST(ResponseHead, HasWhatEveryAnswerNeeds) {
  Response response = Response::of_text(405, "no");
  response.headers.emplace_back("Allow", "POST");
  EXPECT_EQ(response_head(response, true, TimePoint(std::chrono::seconds(784111777))),
            "HTTP/1.1 405 Method Not Allowed\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\nX-Content-Type-Options: nosniff\r\n"
            "Connection: keep-alive\r\nAllow: POST\r\n\r\n");
}

TEST(ListenAddress, KeepsHostAndPort) {
  for (const char* text : {"127.0.0.1:9464", "localhost:0", "[::1]:65535", ":80"}) {
    const Expected<ListenAddress> address = parse_listen_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), text);
  }
}

}  // namespace
}  // namespace leeway
