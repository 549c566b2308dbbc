// The server with a web configuration: TLS, certificates of clients, passwords, headers, rate limit, and files that
// change.
#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>

#include "exporters/http/socket_activation.h"
#include "exporters/http/web_settings.h"
#include "tests/exporters/http/server_fixture.h"
#include "tests/exporters/http/tls_client.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPath[] = "/etc/web.yml";
constexpr char kKeys[] = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";
constexpr char kVerified[] = "  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n";
constexpr char kUsers[] = "basic_auth_users:\n  alice: $2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
constexpr char kAsAlice[] = "Authorization: Basic YWxpY2U6c2VjcmV0\r\n";
constexpr milliseconds kDeadline(200);

class TlsServerTest : public ServerTest {
 protected:
  TlsServerTest() {
    files_.write("/etc/server.crt", certificate_.certificate);
    files_.write("/etc/server.key", certificate_.private_key);
    files_.write("/etc/ca.crt", authority_.certificate);
    options_.files = &files_;
    options_.web_check_interval = milliseconds(5);
    options_.on_web_reload = [this](const auto& outcome) {
      const std::lock_guard lock(mutex_);
      reloads_.push_back(outcome ? "read" : outcome.error().to_string());
      changed_.notify_all();
    };
    options_.on_web_refusal = [this](WebRefusal refusal, const std::string& peer, const std::string& why) {
      const std::lock_guard lock(mutex_);
      EXPECT_THAT(peer, StartsWith("127.0.0.1:"));
      refusals_.emplace_back(refusal, why);
      changed_.notify_all();
    };
  }
  ~TlsServerTest() override { server_.reset(); }

  void start_with(const std::string& text) {
    files_.write(kPath, text);
    const auto settings = make_web_settings(kPath, read_web_inputs(files_, kPath), SystemClock().wall());
    ASSERT_TRUE(settings) << settings.error().to_string();
    options_.web = *settings;
    start();
  }
  std::string wait_for_reload(std::size_t count) {
    std::unique_lock lock(mutex_);
    const bool done = changed_.wait_for(lock, std::chrono::seconds(20), [&] { return reloads_.size() >= count; });
    return done ? reloads_.at(count - 1) : "not read again";
  }
  std::pair<WebRefusal, std::string> wait_for_refusal(std::size_t count = 1) {
    std::unique_lock lock(mutex_);
    const bool done = changed_.wait_for(lock, std::chrono::seconds(20), [&] { return refusals_.size() >= count; });
    return done ? refusals_.at(count - 1) : std::pair(WebRefusal::kBusy, std::string("nothing refused"));
  }
  std::string ask_tls(const std::string& request, const TlsClient::Options& options = {}) {
    TlsClient client(port(), options);
    if (!client.connected()) {
      return client.error();
    }
    client.send(request);
    const std::string answer = client.read_response();
    return answer.empty() ? client.error() : answer;
  }

  MemoryFileSystem files_;
  const TestCertificate authority_ = make_certificate({.name = "authority", .is_authority = true});
  const TestCertificate certificate_ = make_certificate({}, &authority_);
  const TestCertificate client_ =
      make_certificate({.name = "client", .alternative_names = "DNS:prometheus.example, IP:10.0.0.1"}, &authority_);
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> reloads_;
  std::vector<std::pair<WebRefusal, std::string>> refusals_;
};

TEST_F(TlsServerTest, SeveralRequestsOnOneConnection) {
  start_with(kKeys);
  TlsClient client(port());
  ASSERT_TRUE(client.connected()) << client.error();
  EXPECT_EQ(client.certificate(), certificate_.certificate);
  for (int i = 0; i < 3; ++i) {
    client.send(get("/metrics"));
    EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 200 "), HasSubstr("page for")));
  }
  client.send(get("/-/healthy", "Connection: close\r\n"));
  bool clean = false;
  EXPECT_THAT(client.read_to_end(&clean), HasSubstr("healthy"));
  EXPECT_TRUE(clean);
}

TEST_F(TlsServerTest, ALargePageArrivesWhole) {
  const std::string page(std::size_t{5} * 1024 * 1024, 'p');
  const auto shared = std::make_shared<const std::string>(page);
  renderer_ = [shared](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    return HttpPage{"text/x-test", "the end", "", shared};
  };
  start_with(kKeys);
  TlsClient client(port());
  client.send(get("/metrics", "Connection: close\r\n"));
  const std::string answer = client.read_to_end();
  EXPECT_TRUE(answer.ends_with(page + "the end"));
}

TEST_F(TlsServerTest, VersionsCiphersAndProtocols) {
  start_with(std::string(kKeys) + "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n");
  EXPECT_THAT(ask_tls(get("/-/healthy")), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask_tls(get("/-/healthy"), {.max_version = TLS1_2_VERSION}), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask_tls(get("/-/healthy"), {.max_version = TLS1_2_VERSION, .cipher = "ECDHE-ECDSA-AES128-GCM-SHA256"}),
              HasSubstr("handshake failure"));
  EXPECT_EQ(wait_for_refusal().first, WebRefusal::kHandshake);
  EXPECT_THAT(wait_for_refusal().second, HasSubstr("no shared cipher"));
  TlsClient both(port(), {.alpn = "\x02h2\x08http/1.1"});
  EXPECT_EQ(both.alpn(), "http/1.1");
  TlsClient only_http2(port(), {.alpn = "\x02h2"});
  EXPECT_FALSE(only_http2.connected());
  EXPECT_THAT(only_http2.error(), HasSubstr("no application protocol"));
}

TEST_F(TlsServerTest, CertificatesOfClients) {
  start_with(std::string(kKeys) + kVerified);
  EXPECT_THAT(ask_tls(get("/-/healthy"), {.certificate = client_}), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask_tls(get("/-/healthy")), HasSubstr("certificate required"));
  EXPECT_THAT(wait_for_refusal(1).second, HasSubstr("peer did not return a certificate"));
  const TestCertificate stranger = make_certificate({.name = "stranger"});
  EXPECT_THAT(ask_tls(get("/-/healthy"), {.certificate = stranger}), HasSubstr("unknown ca"));
  EXPECT_THAT(wait_for_refusal(2).second, HasSubstr("self-signed certificate"));
  const TestCertificate expired =
      make_certificate({.begins = -std::chrono::hours(3), .ends = -std::chrono::hours(2)}, &authority_);
  EXPECT_THAT(ask_tls(get("/-/healthy"), {.certificate = expired}), HasSubstr("certificate expired"));
  EXPECT_THAT(wait_for_refusal(3).second, HasSubstr("certificate has expired"));
}

TEST_F(TlsServerTest, NamesOfClients) {
  const std::string config = std::string(kKeys) + kVerified;
  start_with(config + "  client_allowed_sans: [prometheus.example]\n");
  EXPECT_THAT(ask_tls(get("/-/healthy"), {.certificate = client_}), StartsWith("HTTP/1.1 200 "));
  const TestCertificate other =
      make_certificate({.name = "prometheus.example", .alternative_names = "DNS:other"}, &authority_);
  EXPECT_THAT(ask_tls(get("/-/healthy"), {.certificate = other}), HasSubstr("bad certificate"));
  EXPECT_THAT(wait_for_refusal().second, HasSubstr("none of client_allowed_sans"));
  const TestCertificate none = make_certificate({.name = "prometheus.example", .alternative_names = ""}, &authority_);
  EXPECT_THAT(ask_tls(get("/-/healthy"), {.certificate = none}), HasSubstr("bad certificate"));
}

TEST_F(TlsServerTest, ACertificateThatIsNotVerified) {
  start_with(std::string(kKeys) + "  client_auth_type: RequireAnyClientCert\n");
  EXPECT_THAT(ask_tls(get("/-/healthy"), {.certificate = make_certificate({})}), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask_tls(get("/-/healthy")), HasSubstr("certificate required"));
}

TEST_F(TlsServerTest, PlainHttpIsToldSo) {
  start_with(kKeys);
  RawClient client(port());
  client.send(get("/metrics"));
  EXPECT_THAT(client.read_to_end().value_or(""), AllOf(StartsWith("HTTP/1.1 400 "), Not(HasSubstr("page for")),
                                                       HasSubstr("Client sent an HTTP request to an HTTPS server.")));
  EXPECT_EQ(wait_for_refusal().first, WebRefusal::kPlainHttp);
}

TEST_F(TlsServerTest, HandshakesThatAreNotFinishedHoldNobodyUp) {
  options_.request_deadline = std::chrono::seconds(30);
  start_with(kKeys);
  std::vector<RawClient> silent(20);
  for (RawClient& client : silent) {
    client.connect(port());
  }
  std::vector<RawClient> half(20);
  for (RawClient& client : half) {
    client.connect(port());
    client.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  }
  EXPECT_THAT(ask_tls(get("/metrics")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(TlsServerTest, AHandshakeHasADeadline) {
  options_.request_deadline = kDeadline;
  start_with(kKeys);
  RawClient silent(port());
  EXPECT_EQ(silent.read_to_end(), "");
  RawClient half(port());
  half.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_EQ(half.read_to_end(), "");
}

TEST_F(TlsServerTest, BytesThatAreNoTls) {
  start_with(kKeys);
  std::string noise;
  for (int first = 0; first < 256; ++first) {
    RawClient client(port());
    client.send(std::string(1, static_cast<char>(first)) + std::string(100, '\x01'));
    client.finish_sending();
    EXPECT_TRUE(client.read_to_end().has_value()) << first;
  }
  EXPECT_THAT(ask_tls(get("/metrics")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(TlsServerTest, AHandshakeGivesWayToANewConnection) {
  options_.max_connections = 3;
  start_with(kKeys);
  std::vector<RawClient> half(3);
  for (RawClient& client : half) {
    client.connect(port());
    client.send("\x16");
  }
  EXPECT_THAT(ask_tls(get("/metrics")), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(half.front().read_to_end(), "");
}

TEST_F(TlsServerTest, StopsDuringHandshakesAndRequests) {
  start_with(std::string(kKeys) + kUsers);
  RawClient half(port());
  half.send("\x16");
  TlsClient idle(port());
  TlsClient asking(port());
  asking.send(get("/metrics", kAsAlice));
  server_->stop();
  EXPECT_TRUE(half.read_to_end().has_value());
}

TEST_F(TlsServerTest, ARenewedCertificateIsUsedByTheNextConnection) {
  start_with(kKeys);
  TlsClient before(port());
  before.send(get("/-/healthy"));
  EXPECT_THAT(before.read_response(), HasSubstr("Connection: keep-alive"));
  const TestCertificate renewed = make_certificate({}, &authority_);
  files_.write("/etc/server.crt", renewed.certificate);
  files_.write("/etc/server.key", renewed.private_key);
  EXPECT_EQ(wait_for_reload(1), "read");
  EXPECT_EQ(TlsClient(port()).certificate(), renewed.certificate);
  // The old connection ends with its next answer.
  before.send(get("/metrics"));
  EXPECT_THAT(before.read_to_end(), AllOf(HasSubstr("page for"), HasSubstr("Connection: close")));
}

TEST_F(TlsServerTest, AWrongFileLeavesTheOldSettings) {
  start_with(kKeys);
  files_.write("/etc/server.key", authority_.private_key);
  EXPECT_THAT(wait_for_reload(1), HasSubstr("does not belong to the certificate"));
  EXPECT_EQ(TlsClient(port()).certificate(), certificate_.certificate);
  files_.write("/etc/server.key", certificate_.private_key);
  EXPECT_EQ(wait_for_reload(2), "read");
}

TEST_F(TlsServerTest, PasswordsWithoutTls) {
  start_with(kUsers);
  EXPECT_THAT(ask(get("/metrics")),
              AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("WWW-Authenticate: Basic"), Not(HasSubstr("page for"))));
  EXPECT_EQ(wait_for_refusal().first, WebRefusal::kUnauthorized);
  EXPECT_THAT(ask(get("/metrics", kAsAlice)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask(get("/metrics", std::string(kAsAlice) + kAsAlice)), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(ask(get("/-/healthy")), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(ask(get("/nowhere")), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(ask("POST /-/reload HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 401 "));
  RawClient client(port());
  for (int i = 0; i < 3; ++i) {
    client.send(get("/metrics", i == 1 ? "" : kAsAlice));
    EXPECT_THAT(client.read_response(), StartsWith(i == 1 ? "HTTP/1.1 401 " : "HTTP/1.1 200 "));
  }
}

TEST_F(TlsServerTest, PasswordsThatAreChanged) {
  start_with(kUsers);
  EXPECT_THAT(ask(get("/metrics", kAsAlice)), StartsWith("HTTP/1.1 200 "));
  files_.write(kPath, "basic_auth_users:\n  bob: $2b$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu\n");
  EXPECT_EQ(wait_for_reload(1), "read");
  EXPECT_THAT(ask(get("/metrics", kAsAlice)), StartsWith("HTTP/1.1 401 "));
}

TEST_F(TlsServerTest, ASlowPasswordHoldsNobodyUpAndHasADeadline) {
  options_.request_deadline = kDeadline;
  // Its hash takes longer than the test.
  start_with(std::string(kUsers) + "  slow: $2y$16$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n");
  EXPECT_THAT(ask(get("/metrics", kAsAlice)), StartsWith("HTTP/1.1 200 "));
  RawClient slow(port());
  slow.send(get("/metrics", "Authorization: Basic c2xvdzpzZWNyZXQ=\r\n"));
  EXPECT_THAT(ask(get("/metrics", kAsAlice)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(slow.read_to_end().value_or(""), StartsWith("HTTP/1.1 503 "));
}

TEST_F(TlsServerTest, Headers) {
  start_with("http_server_config:\n  headers:\n    X-Frame-Options: deny\n    X-Content-Type-Options: nosniff\n" +
             std::string(kUsers));
  for (const char* more : {"", kAsAlice}) {
    const std::string answer = ask(get("/metrics", more));
    EXPECT_THAT(answer, HasSubstr("\r\nX-Frame-Options: deny\r\n"));
    EXPECT_EQ(answer.find("X-Content-Type-Options"), answer.rfind("X-Content-Type-Options"));
  }
  EXPECT_THAT(ask("nonsense\r\n\r\n"), HasSubstr("X-Frame-Options: deny"));
}

TEST_F(TlsServerTest, RateLimit) {
  start_with("rate_limit: {interval: 1s, burst: 2}\n");
  RawClient client(port());
  const auto status = [&client] {
    client.send(get("/-/healthy"));
    return client.read_response().substr(9, 3);
  };
  EXPECT_EQ(status(), "200");
  EXPECT_EQ(status(), "200");
  EXPECT_EQ(status(), "429");
  EXPECT_EQ(wait_for_refusal().first, WebRefusal::kRateLimit);
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(status(), "200");
  EXPECT_EQ(status(), "429");
}

TEST_F(ServerTest, ServesOnSocketsThatListenAlready) {
  const int listening = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listening, 8), 0);
  options_.addresses.clear();
  options_.sockets = {listening};
  start();
  EXPECT_THAT(ask(get("/-/healthy")), StartsWith("HTTP/1.1 200 "));
}

TEST(SocketActivation, WhatSystemdPasses) {
  const std::string pid = std::to_string(::getpid());
  for (const auto& [listen_pid, listen_fds] :
       std::vector<std::pair<std::optional<std::string>, std::optional<std::string>>>{{std::nullopt, std::nullopt},
                                                                                      {pid, std::nullopt},
                                                                                      {std::nullopt, "1"},
                                                                                      {pid, "0"},
                                                                                      {pid, "-1"},
                                                                                      {pid, "x"},
                                                                                      {pid + "0", "1"},
                                                                                      {"", "1"},
                                                                                      {pid, "1000000"}}) {
    const auto sockets = activated_sockets(listen_pid, listen_fds);
    ASSERT_FALSE(sockets);
    EXPECT_EQ(sockets.error().code, ErrorCode::kUsage);
    EXPECT_THAT(sockets.error().message, HasSubstr(".socket unit"));
  }
}

}  // namespace
}  // namespace leeway
