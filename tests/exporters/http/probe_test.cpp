#include "exporters/http/probe.h"

#include <gmock/gmock.h>

#include "tests/exporters/http/server_fixture.h"

namespace leeway {
namespace {

using ::testing::HasSubstr;

class ProbeTest : public ServerTest {
 protected:
  std::string address() const { return "http://127.0.0.1:" + std::to_string(port()); }
  static std::string error_of(const std::string& url, int patience_ms = 5000) {
    const Expected<void> healthy = probe(url, std::chrono::milliseconds(patience_ms));
    return healthy ? "" : healthy.error().message;
  }
};

TEST_F(ProbeTest, AsksWhetherTheAgentIsHealthyOrWhatItIsTold) {
  start();
  EXPECT_EQ(error_of(address()), "");
  EXPECT_EQ(error_of("127.0.0.1:" + std::to_string(port())), "");
  EXPECT_EQ(error_of(address() + "/"), "");
  EXPECT_EQ(error_of(address() + "/metrics"), "");
  EXPECT_THAT(error_of(address() + "/-/ready"), HasSubstr(": 503 not ready: a source has not been read to its end"));
  EXPECT_THAT(error_of(address() + "/nowhere"), HasSubstr(": 404 not found"));
}

TEST_F(ProbeTest, SaysWhyThereIsNoAnswer) {
  EXPECT_THAT(error_of("http://127.0.0.1:1"), HasSubstr("Connection refused"));
  start();
  source_.hold();
  EXPECT_THAT(error_of(address() + "/metrics", 50), HasSubstr("timed out"));
  source_.release();
}

TEST_F(ProbeTest, RefusesWhatIsNoUrl) {
  for (const char* url : {"", "localhost", "ftp://localhost", "http://", "http://:9464", "http://a:b", "http://a/ b"}) {
    const Expected<void> healthy = probe(url, std::chrono::seconds(1));
    ASSERT_FALSE(healthy) << url;
    EXPECT_EQ(healthy.error().code, ErrorCode::kUsage) << url;
    EXPECT_THAT(healthy.error().message, HasSubstr("expected http://HOST:PORT")) << url;
  }
}

}  // namespace
}  // namespace leeway
