// The presets: each reads its sample, and lines that the programs wrote. The expected values were written by hand from
// the lines and the programs' documentation.
#include "collectors/text/presets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "agent/core/rfc3339.h"
#include "collectors/text/template_pattern.h"
#include "tests/collectors/text/text_lines.h"

namespace leeway {
namespace {

template <std::size_t... kRows>
ReadFormat preset_function(std::string_view name, std::index_sequence<kRows...> /*rows*/) {
  ReadFormat found = nullptr;
  ((kTextPresets[kRows].name == name ? void(found = read_preset_format<kRows>) : void()), ...);
  return found;
}

ReadFormat preset(std::string_view name) {
  return preset_function(name, std::make_index_sequence<kTextPresets.size()>());
}

std::string sample_of(std::string_view name) {
  const auto* const row =
      std::find_if(kTextPresets.begin(), kTextPresets.end(), [&](const TextPreset& one) { return one.name == name; });
  return std::string(row->sample);
}

std::string read_line(std::string_view name, const std::vector<std::string>& fields, const std::string& line) {
  return TextLines(preset(name), "", fields).read(line);
}

const std::vector<std::string> kRequest = {"client",    "user",   "method", "path",    "query", "protocol",
                                           "malformed", "status", "bytes",  "referer", "agent"};

// The text of all fields but those of a request that say the same again.
std::string all_fields(std::string_view name) {
  const auto* const row =
      std::find_if(kTextPresets.begin(), kTextPresets.end(), [&](const TextPreset& one) { return one.name == name; });
  const TemplatePattern pattern = TemplatePattern::compile(row->pattern).value();
  std::vector<std::string> fields;
  for (const FieldPath& field : pattern.fields()) {
    if (field.to_string() != "request" && field.to_string() != "time") {
      fields.push_back(field.to_string());
    }
  }
  return read_line(name, fields, sample_of(name));
}

TEST(Presets, EachReadsItsSample) {
  for (const TextPreset& one : kTextPresets) {
    TextLines lines(preset(one.name), "", {"status"});
    EXPECT_THAT(lines.read(std::string(one.sample)), ::testing::MatchesRegex("status=int [0-9]+")) << one.name;
    if (!one.time_format.empty()) {
      EXPECT_EQ(format_rfc3339(lines.time()).substr(0, 19), "2026-11-28T04:25:02") << one.name;
    }
    EXPECT_EQ(read_keys(preset(one.name), "").has_time, !one.time_format.empty()) << one.name;
  }
}

TEST(Presets, TheSamplesValues) {
  const std::string get =
      "path=string /items, query=null, method=string GET, protocol=string HTTP/1.1, malformed=false";
  EXPECT_EQ(
      all_fields("access"),
      "client=string 203.0.113.7, user=string ann, path=string /items/42, query=string x=1, method=string GET, "
      "protocol=string HTTP/1.1, malformed=false, status=int 404, bytes=int 153, referer=null, agent=string curl/8.0");
  EXPECT_EQ(all_fields("common"),
            "client=string 203.0.113.7, user=null, path=string /items/42, query=string x=1, method=string GET, "
            "protocol=string HTTP/1.1, malformed=false, status=int 200, bytes=int 153");
  EXPECT_EQ(
      all_fields("combined"),
      "client=string 203.0.113.7, user=null, path=string /items/42, query=null, method=string GET, "
      "protocol=string HTTP/2, malformed=false, status=int 200, bytes=int 153, referer=null, agent=string curl/8.0");
  EXPECT_EQ(all_fields("nginx"), "client=string 203.0.113.7, user=null, " + get +
                                     ", status=int 404, bytes=int 153, referer=null, agent=string curl/8.0, "
                                     "forwarded=string 203.0.113.9, 10.0.0.1, duration=double 0.0030000000000000001, "
                                     "upstream_duration=double 0.0030000000000000001, upstream_status=int 404");
  EXPECT_EQ(all_fields("apache"), "client=string 203.0.113.7, user=null, " + get +
                                      ", status=int 404, bytes=int 416, referer=null, agent=string curl/8.0, "
                                      "duration=double 0.00042299999999999998");
  EXPECT_EQ(all_fields("gunicorn"), "client=string 203.0.113.7, user=null, " + get +
                                        ", status=int 200, bytes=int 15, referer=null, agent=string curl/8.0");
  EXPECT_EQ(all_fields("uvicorn"),
            "level=string INFO, client=string 203.0.113.7, port=int 41702, path=string /items/42, query=string x=1, "
            "method=string GET, protocol=string HTTP/1.1, malformed=false, status=int 404, reason=string Not Found");
  EXPECT_EQ(all_fields("werkzeug"),
            "client=string 203.0.113.7, user=null, path=string /items, query=string q=\"a b\", method=string GET, "
            "protocol=string HTTP/1.1, malformed=false, status=int 200, bytes=null");
  EXPECT_EQ(all_fields("django"), get + ", status=int 200, bytes=int 2");
  EXPECT_EQ(all_fields("traefik"), "client=string 203.0.113.7, user=null, " + get +
                                       ", status=int 200, bytes=int 15, referer=null, agent=string curl/8.0, "
                                       "requests=int 17, router=string items@docker, server=string http://10.0.0.3:80, "
                                       "duration=double 0.012");
  EXPECT_EQ(all_fields("envoy"),
            "path=string /items, query=null, method=string GET, protocol=string HTTP/2, malformed=false, "
            "status=int 200, flags=null, received=int 0, bytes=int 135, duration=double 0.012, "
            "upstream_duration=double 0.010999999999999999, forwarded=string 203.0.113.7, agent=string curl/8.0, "
            "request_id=string c4f5, host=string shop.example, server=string 10.0.0.3:80");
  EXPECT_EQ(all_fields("haproxy"),
            "client=string 203.0.113.7, port=int 605, frontend=string web~, backend=string items, server=string s1, "
            "queue_duration=double 0, connect_duration=double 0.0070000000000000001, "
            "upstream_duration=double 1.4570000000000001, duration=double 1.4870000000000001, status=int 404, "
            "bytes=int 283, termination=string ----, " +
                get);
  EXPECT_EQ(all_fields("morgan"),
            "method=string GET, target=string /items?x=1, path=string /items, query=string x=1, status=int 304, "
            "duration=double 0.0034120000000000001, bytes=null");
}

// Lines of /items and the like were written by nginx 1.22 for requests as described beside them.
TEST(Presets, RequestsThatAreNotHttp) {
  const std::vector<std::string> fields = {"request", "method", "path", "protocol", "malformed", "status"};
  const std::string head = "203.0.113.7 - - [28/Nov/2026:04:27:39 +0000] ";
  const auto read = [&](const std::string& rest) { return read_line("access", fields, head + rest); };
  EXPECT_EQ(read(R"("GARBAGE" 400 157 "-" "-")"),
            "request=string GARBAGE, method=null, path=string GARBAGE, protocol=null, malformed=true, status=int 400");
  // The beginning of TLS; \xFF is not UTF-8.
  EXPECT_EQ(read(R"("\x16\x03\x01\xFF\x22q" 400 157 "-" "-")"),
            "request=string \x16\x03\x01\xEF\xBF\xBD\"q, method=null, path=string \x16\x03\x01\xEF\xBF\xBD\"q, "
            "protocol=null, malformed=true, status=int 400, invalid_utf8 2");
  EXPECT_EQ(read(R"("" 400 0 "-" "-")"),
            "request=string , method=null, path=string , protocol=null, malformed=true, status=int 400");
  EXPECT_EQ(read(R"("-" 408 0 "-" "-")"),
            "request=null, method=null, path=string -, protocol=null, malformed=true, status=int 408");
  EXPECT_EQ(read(R"("GET /a b\"c\\d" 400 448)"),
            "request=string GET /a b\"c\\d, method=null, path=string GET /a b\"c\\d, protocol=null, malformed=true, "
            "status=int 400");
}

// A client that went away before there was an answer.
TEST(Presets, EnvoyWritesAStatusOfZero) {
  EXPECT_EQ(
      read_line("envoy", {"path", "status", "flags", "agent"},
                R"([2026-11-28T04:25:02.123Z] "GET /a HTTP/1.1" 0 DC 0 0 3 - "-" "curl/8" "c4f5" "a.example" "b:80")"),
      "path=string /a, status=int 0, flags=string DC, agent=string curl/8");
}

TEST(Presets, TargetsOfRequests) {
  const std::vector<std::string> fields = {"method", "path", "query", "protocol"};
  const std::string head = "203.0.113.7 - - [28/Nov/2026:04:27:39 +0000] ";
  const auto read = [&](const std::string& rest) { return read_line("access", fields, head + rest); };
  EXPECT_EQ(read(R"("GET http://abs.example/x?y HTTP/1.0" 404 153)"),
            "method=string GET, path=string /x, query=string y, protocol=string HTTP/1.0");
  EXPECT_EQ(read(R"("GET http://abs.example HTTP/1.0" 404 153)"),
            "method=string GET, path=string /, query=null, protocol=string HTTP/1.0");
  EXPECT_EQ(read(R"("CONNECT a.example:443 HTTP/1.1" 400 157)"),
            "method=string CONNECT, path=string a.example:443, query=null, protocol=string HTTP/1.1");
  EXPECT_EQ(read(R"("OPTIONS * HTTP/1.1" 200 -)"),
            "method=string OPTIONS, path=string *, query=null, protocol=string HTTP/1.1");
  EXPECT_EQ(read(R"("GET /a b\x22c\x5Cd HTTP/1.1" 400 157)"),
            "method=string GET, path=string /a b\"c\\d, query=null, protocol=string HTTP/1.1");
  EXPECT_EQ(read(R"("GET /redirect/http://b/c? HTTP/3.0" 200 1)"),
            "method=string GET, path=string /redirect/http://b/c, query=string , protocol=string HTTP/3");
}

TEST(Presets, AccessReadsWhateverFollows) {
  const std::vector<std::string> fields = {"client", "user", "status", "bytes", "referer", "agent"};
  const auto read = [&](const std::string& line) { return read_line("access", fields, line); };
  EXPECT_EQ(
      read(R"(2001:db8::1 - a b [28/Nov/2026:04:27:42 +0000] "GET / HTTP/1.1" 404 - "\xC3\xA9" "a\x22b\x5Cc\x09t")"),
      "client=string 2001:db8::1, user=string a b, status=int 404, bytes=null, referer=string \xC3\xA9, "
      "agent=string a\"b\\c\tt");
  EXPECT_EQ(read(R"(::1 - - [28/Nov/2026:04:27:42 +0000] "GET / HTTP/1.1" 404 1 "-" "x" 89 0 266)"),
            "client=string ::1, user=null, status=int 404, bytes=int 1, referer=null, agent=string x");
  EXPECT_EQ(read(R"(::1 - - [28/Nov/2026:04:27:42 +0000] "GET / HTTP/1.1" 404 1 0.001 - x)"),
            "client=string ::1, user=null, status=int 404, bytes=int 1");
  EXPECT_EQ(read("INFO:     Started server process [20227]"), "no_match");
  EXPECT_EQ(read(R"(::1 - - [28/Nov/2026:04:27:42 +0000] "GET / HTTP/1.1)"), "no_match");
}

TEST(Presets, OfHaproxyBehindSyslogAndWithoutAServer) {
  const std::vector<std::string> fields = {"client", "server", "duration", "upstream_duration",
                                           "status", "bytes",  "request"};
  EXPECT_EQ(read_line("haproxy", fields,
                      "Nov 28 04:27:48 lb haproxy[9]: 203.0.113.7:605 [28/Nov/2026:04:27:48.459] fe fe/<NOSRV> "
                      "-1/-1/-1/-1/+12 400 +0 - - PR-- 1/1/0/0/0 0/0 \"<BADREQ>\""),
            "client=string 203.0.113.7, server=string <NOSRV>, duration=double 0.012, upstream_duration=null, "
            "status=int 400, bytes=int 0, request=string <BADREQ>");
}

TEST(Presets, KeysOfTheSourceOverrideTheTimeOfAPreset) {
  const std::string line = R"([28/Nov/2026 04:25:02] "GET / HTTP/1.1" 200 2)";
  TextLines berlin(preset("django"), "time_zone = 'Europe/Berlin'", {"status"});
  EXPECT_EQ(berlin.read(line), "status=int 200");
  EXPECT_EQ(format_rfc3339(berlin.time()), "2026-11-28T03:25:02Z");
  TextLines named(preset("django"), "time = 'time'", {"status"});
  EXPECT_EQ(named.read(line), "status=int 200");
  TextLines other(preset("django"), "time = 'bytes'\ntime_format = 'unix'", {"status"});
  EXPECT_EQ(other.read(line), "status=int 200");
  EXPECT_EQ(format_rfc3339(other.time()), "1970-01-01T00:00:02Z");
}

}  // namespace
}  // namespace leeway
