// The answers of each route to a well-behaved client.
#include <gmock/gmock.h>
#include <httplib.h>

#include <future>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/exporters/http/server_fixture.h"

namespace leeway {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Null, and a failure, without an answer.
nlohmann::json json_page(int port, const std::string& path) {
  const httplib::Result result = httplib::Client("127.0.0.1", port).Get(path);
  EXPECT_TRUE(result);
  EXPECT_EQ(result ? result->get_header_value("Content-Type") : "", "application/json");
  return result ? nlohmann::json::parse(result->body) : nlohmann::json();
}

TEST_F(ServerTest, FirstPageIsHtmlThatLoadsNothing) {
  options_.first_page = [](const Snapshot& /*snapshot*/, TimePoint /*now*/) { return "<p>well</p>"; };
  start();
  const httplib::Result result = httplib::Client("127.0.0.1", port()).Get("/");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->get_header_value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_THAT(result->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(result->body, "<p>well</p>");
}

TEST_F(ServerTest, SaysWhichPageWasSent) {
  std::promise<TimePoint> sent;
  options_.on_page_sent = [&sent](TimePoint taken) { sent.set_value(taken); };
  source_.set(SnapshotBuilder(TimePoint(std::chrono::seconds(7))).build());
  start();
  httplib::Client client("127.0.0.1", port());
  ASSERT_TRUE(client.Get("/-/healthy"));
  ASSERT_TRUE(client.Head("/metrics"));
  ASSERT_TRUE(client.Get("/metrics"));
  EXPECT_EQ(sent.get_future().get(), TimePoint(std::chrono::seconds(7)));
}

TEST_F(ServerTest, MetricsAreRenderedForWhatTheClientAccepts) {
  start();
  const httplib::Result result =
      httplib::Client("127.0.0.1", port())
          .Get("/metrics?debug=1", {{"Accept", "application/openmetrics-text"}, {"Accept-Encoding", "gzip"}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->body, "page for application/openmetrics-text|gzip\n");
  EXPECT_EQ(result->get_header_value("Content-Type"), "text/x-test");
  EXPECT_EQ(result->get_header_value("Vary"), "Accept, Accept-Encoding");
  EXPECT_FALSE(result->has_header("Content-Encoding"));
}

TEST_F(ServerTest, MetricsNameTheirEncoding) {
  renderer_ = [](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    return HttpPage{"text/plain", "zzz", "gzip"};
  };
  start();
  EXPECT_THAT(ask(get("/metrics")), HasSubstr("\r\nContent-Encoding: gzip\r\n"));
}

TEST_F(ServerTest, MetricsMayBeginWithASharedPiece) {
  renderer_ = [](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) {
    return HttpPage{"text/plain", "end\n", "", std::make_shared<const std::string>("beginning\n")};
  };
  start();
  RawClient client(port());
  client.send(get("/metrics") + "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n" + get("/-/healthy"));
  EXPECT_THAT(client.read_response(),
              AllOf(HasSubstr("\r\nContent-Length: 14\r\n"), EndsWith("\r\n\r\nbeginning\nend\n")));
  EXPECT_THAT(client.read_response(false), AllOf(HasSubstr("\r\nContent-Length: 14\r\n"), EndsWith("\r\n\r\n")));
  EXPECT_THAT(client.read_response(), EndsWith("healthy\n"));
}

TEST_F(ServerTest, MetricsThatCannotBeRenderedAreAnError) {
  renderer_ = [](const std::shared_ptr<const Snapshot>&, std::string_view, std::string_view) -> HttpPage {
    throw std::runtime_error("why");
  };
  start();
  EXPECT_THAT(ask(get("/metrics")), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(ask(get("/-/healthy")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, HealthyAsLongAsItRuns) {
  start();
  EXPECT_THAT(ask(get("/-/healthy")), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, ReadyOnceTheSnapshotSaysSo) {
  start();
  EXPECT_THAT(ask(get("/-/ready")), StartsWith("HTTP/1.1 503 "));
  SnapshotBuilder builder{TimePoint{}};
  builder.status().ready = true;
  source_.set(builder.build());
  EXPECT_THAT(ask(get("/-/ready")), StartsWith("HTTP/1.1 200 "));
}

// A restart would bring no file, so it is no reason for one; but it is said.
TEST_F(ServerTest, ReadyThoughASourceHasNoFileWhichItSays) {
  SnapshotBuilder builder{TimePoint{}};
  builder.status().ready = true;
  SourceStatus& source = builder.status().sources.emplace_back();
  source.name = "app";
  source.matching_files = 0;
  source.paths = "'/x.log'";
  source_.set(builder.build());
  start();
  const std::string answer = ask(get("/-/ready"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("source 'app': no file has matched '/x.log' so far"));
  EXPECT_EQ(json_page(port(), "/api/v1/status").at("sources").at(0).at("trouble"),
            "no file has matched '/x.log' so far");
}

TEST_F(ServerTest, StatusTellsEverything) {
  SnapshotBuilder builder{TimePoint(std::chrono::seconds(5))};
  AgentStatus& status = builder.status();
  SourceStatus& source = status.sources.emplace_back();
  source.name = "app";
  source.lag_bytes = 7;
  source.rejects["syntax"] = 3;
  source.lost_bytes["gone"] = 11;
  source.last_record = TimePoint(std::chrono::milliseconds(1500));
  source.files.push_back({"/var/log/\xff.log", 100, 107, "open", ""});
  MetricStatus& metric = status.metrics.emplace_back();
  metric.name = "requests_total";
  metric.series = 2;
  metric.series_limit = 1000;
  metric.skipped["no_field"] = 4;
  status.checkpoint.enabled = true;
  status.checkpoint.generation = 9;
  status.checkpoint.last_duration = std::chrono::milliseconds(250);
  source_.set(builder.build());
  start();

  const nlohmann::json json = json_page(port(), "/api/v1/status");
  EXPECT_EQ(json.at("ready"), false);
  const nlohmann::json& app = json.at("sources").at(0);
  EXPECT_EQ(app.at("name"), "app");
  EXPECT_EQ(app.at("lag_bytes"), 7);
  EXPECT_EQ(app.at("rejects").at("syntax"), 3);
  EXPECT_EQ(app.at("lost_bytes").at("gone"), 11);
  EXPECT_EQ(app.at("last_record"), "1970-01-01T00:00:01.500Z");
  EXPECT_EQ(app.at("files").at(0).at("path"), "/var/log/\xEF\xBF\xBD.log");
  EXPECT_EQ(app.at("files").at(0).at("offset"), 100);
  EXPECT_EQ(app.at("files").at(0).at("state"), "open");
  EXPECT_EQ(json.at("metrics").at(0).at("series_limit"), 1000);
  EXPECT_EQ(json.at("metrics").at(0).at("skipped").at("no_field"), 4);
  EXPECT_EQ(json.at("checkpoint").at("generation"), 9);
  EXPECT_EQ(json.at("checkpoint").at("last_duration_seconds"), 0.25);
  EXPECT_TRUE(json.at("checkpoint").at("last_success").is_null());
}

TEST_F(ServerTest, UnmatchedShowsTheLastRejectedLines) {
  SnapshotBuilder builder{TimePoint(std::chrono::seconds(5))};
  SourceStatus& source = builder.status().sources.emplace_back();
  source.name = "app";
  source.records = 20;
  source.rejects = {{"syntax", 3}, {"too_long", 2}, {"truncated", 0}};
  source.reject_examples["syntax"] = {{"/log/\xff.log", "{\"a\":}\x1b", false}, {"/log/b.log", "{\"b", true}};
  builder.status().sources.emplace_back().name = "other";
  source_.set(builder.build());
  start();

  const nlohmann::json json = json_page(port(), "/api/v1/unmatched");
  EXPECT_EQ(json.at("snapshot_taken"), "1970-01-01T00:00:05Z");
  const nlohmann::json expected_reasons = nlohmann::json::parse(R"([
      {"reason": "syntax", "count": 3, "examples": [
        {"file": "/log/\ufffd.log", "text": "{\"a\":}\u001b", "cut": false},
        {"file": "/log/b.log", "text": "{\"b", "cut": true}]},
      {"reason": "too_long", "count": 2, "examples": []}])");
  const nlohmann::json& sources = json.at("sources");
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources.at(0).at("name"), "app");
  EXPECT_EQ(sources.at(0).at("records"), 20);
  EXPECT_EQ(sources.at(0).at("rejected"), 5);
  EXPECT_EQ(sources.at(0).at("reasons"), expected_reasons);
  EXPECT_EQ(sources.at(1).at("rejected"), 0);
  EXPECT_EQ(sources.at(1).at("reasons"), nlohmann::json::array());
}

TEST_F(ServerTest, ReloadIsForbiddenUnlessEnabled) {
  start();
  const httplib::Result result = httplib::Client("127.0.0.1", port()).Post("/-/reload");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 403);
  EXPECT_THAT(result->body, HasSubstr("--web.enable-lifecycle"));
}

TEST_F(ServerTest, ReloadTellsItsOutcome) {
  options_.enable_lifecycle = true;
  start();
  httplib::Client client("127.0.0.1", port());
  httplib::Result result = client.Post("/-/reload");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 200);

  source_.fail_reloads(Error{ErrorCode::kConfiguration, "unknown key 'x'", {"a.toml", 3, 1}});
  result = client.Post("/-/reload");
  ASSERT_TRUE(result);
  EXPECT_GE(result->status, 400);
  EXPECT_THAT(result->body, HasSubstr("a.toml:3:1: unknown key 'x'"));
}

TEST_F(ServerTest, RoutesMatchExactly) {
  start();
  for (const char* path :
       {"/metrics/", "/Metrics", "//metrics", "/metrics%20", "/-/", "/api/v1", "/favicon.ico", "*"}) {
    EXPECT_THAT(ask(get(path)), StartsWith("HTTP/1.1 404 ")) << path;
  }
  EXPECT_THAT(ask(get("/-/healthy?verbose=1")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ServerTest, OtherMethodsAreToldWhatIsAllowed) {
  start();
  const std::string rest = " HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const char* start : {"POST /metrics", "DELETE /", "PUT /-/healthy", "OPTIONS /api/v1/status", "BREW /-/ready"}) {
    const std::string answer = ask(start + rest);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 ")) << start;
    EXPECT_THAT(answer, HasSubstr("\r\nAllow: GET, HEAD\r\n")) << start;
  }
  EXPECT_THAT(ask(get("/-/reload")), HasSubstr("\r\nAllow: POST\r\n"));
}

TEST_F(ServerTest, HeadHasTheLengthAndNoBody) {
  start();
  RawClient client(port());
  client.send("HEAD /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n" + get("/-/ready"));
  const std::string head = client.read_response(false);
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 8\r\n"));
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 503 "));
}

TEST_F(ServerTest, ConnectionsAreKeptAsTheClientWishes) {
  start();
  RawClient client(port());
  client.send(get("/-/healthy"));
  EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 200 "));
  client.send(get("/-/healthy", "Connection: close\r\n"));
  EXPECT_THAT(client.read_to_end().value_or(""), HasSubstr("\r\nConnection: close\r\n"));

  RawClient old(port());
  old.send("GET /-/healthy HTTP/1.0\r\n\r\n");
  EXPECT_THAT(old.read_to_end().value_or(""), HasSubstr("200 OK"));
}

TEST_F(ServerTest, RequestsInOnePacketAreAnsweredInOrder) {
  start();
  RawClient client(port());
  client.send(get("/-/healthy") + get("/metrics", "Accept: a\r\n") + get("/nowhere"));
  EXPECT_THAT(client.read_response(), HasSubstr("healthy"));
  EXPECT_THAT(client.read_response(), HasSubstr("page for a|"));
  EXPECT_THAT(client.read_response(), HasSubstr("404"));
}

TEST_F(ServerTest, SeveralAcceptLinesAreOneList) {
  start();
  EXPECT_THAT(ask(get("/metrics", "Accept: a\r\nAccept: b\r\n")), HasSubstr("page for a, b|"));
}

TEST_F(ServerTest, ListensOnEveryAddress) {
  options_.addresses = {"127.0.0.1:0", "localhost:0", ":0"};
  start();
  ASSERT_EQ(server_->bound_addresses().size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    RawClient client(port_of(*server_, i));
    client.send(get("/-/healthy"));
    EXPECT_THAT(client.read_response(), StartsWith("HTTP/1.1 200 ")) << server_->bound_addresses()[i];
  }
}

TEST_F(ServerTest, PortInUseIsAnErrorThatNamesIt) {
  start();
  HttpOptions options = options_;
  options.addresses = server_->bound_addresses();
  const std::unique_ptr<HttpExporter> second = make(options);
  const Expected<void> started = second->start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kInUse);
  EXPECT_THAT(started.error().message, StartsWith("cannot listen on " + options.addresses[0] + ": "));
  EXPECT_THAT(started.error().message, HasSubstr("another agent"));
  EXPECT_THAT(started.error().message, HasSubstr("--web.listen-address"));
}

TEST_F(ServerTest, BindsAllAddressesOrNone) {
  start();
  const std::string taken = server_->bound_addresses()[0];
  const std::unique_ptr<HttpExporter> other = make(options_);
  ASSERT_TRUE(other->start());
  const std::string freed = other->bound_addresses()[0];
  other->stop();

  HttpOptions options = options_;
  options.addresses = {freed, taken};
  const std::unique_ptr<HttpExporter> both = make(options);
  ASSERT_FALSE(both->start());
  options.addresses = {freed};
  const std::unique_ptr<HttpExporter> alone = make(options);
  EXPECT_TRUE(alone->start());
}

TEST_F(ServerTest, MalformedAddressesAreUsageErrors) {
  for (const char* address :
       {"", "9464", "127.0.0.1", "127.0.0.1:", ":x", ":65536", ":-1", "::1:9464", "[::1]", "[::1]9464"}) {
    HttpOptions options = options_;
    options.addresses = {address};
    const Expected<void> started = make(options)->start();
    ASSERT_FALSE(started) << address;
    EXPECT_EQ(started.error().code, ErrorCode::kUsage) << address;
    EXPECT_THAT(started.error().message, HasSubstr("--web.listen-address")) << address;
  }
}

}  // namespace
}  // namespace leeway
