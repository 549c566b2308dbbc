// The file of --web.config.file: what a correct one means, and each error with its position.
#include "exporters/web_config/web_config.h"

#include <gmock/gmock.h>

#include <chrono>

namespace leeway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr char kHash[] = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
constexpr char kKeys[] = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";

struct Parsed {
  explicit Parsed(const std::string& text) : config(parse_web_config(text, "/etc/leeway/web.yml", diagnostics)) {}

  Diagnostics diagnostics;  // initialised first: parsing fills it
  WebConfig config;
};

TEST(WebConfig, NothingIsAsked) {
  for (const char* text : {"", "# nothing\n", "---\n", "{}\n", "tls_server_config:\nhttp_server_config:\n",
                           "tls_server_config: {}\nbasic_auth_users:\nrate_limit:\n", "rate_limit:\n  interval: 0\n",
                           "rate_limit: {interval: 0s, burst: 0}"}) {
    const Parsed parsed(text);
    EXPECT_EQ(parsed.diagnostics.to_string(), "") << text;
    EXPECT_FALSE(parsed.config.tls) << text;
    EXPECT_THAT(parsed.config.users, IsEmpty()) << text;
    EXPECT_FALSE(parsed.config.rate_limit) << text;
  }
}

TEST(WebConfig, DefaultsOfTls) {
  const Parsed parsed(kKeys);
  EXPECT_EQ(parsed.diagnostics.to_string(), "");
  ASSERT_TRUE(parsed.config.tls);
  const TlsConfig& tls = *parsed.config.tls;
  EXPECT_EQ(tls.certificate.path, "/etc/leeway/server.crt");
  EXPECT_EQ(tls.private_key.path, "/etc/leeway/server.key");
  EXPECT_EQ(tls.private_key.position.to_string(), "/etc/leeway/web.yml:3:13");
  EXPECT_FALSE(tls.client_ca.given());
  EXPECT_EQ(tls.client_auth, ClientAuth::kNone);
  EXPECT_EQ(tls.min_version, TlsVersion::kTls12);
  EXPECT_EQ(tls.max_version, TlsVersion::kTls13);
  EXPECT_TRUE(tls.prefer_server_ciphers);
  EXPECT_EQ(tls.ciphers.size(), 10U);
  EXPECT_THAT(tls.curves, IsEmpty());
}

TEST(WebConfig, EveryKey) {
  const Parsed parsed(R"(
tls_server_config:
  cert: |
    -----BEGIN CERTIFICATE-----
  key: |
    -----BEGIN PRIVATE KEY-----
  client_ca_file: /pki/ca.pem
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans:
    - prometheus.example
    - 10.0.0.1
  min_version: TLS10
  max_version: TLS12
  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]
  prefer_server_cipher_suites: no
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: false
  headers:
    X-Frame-Options: deny
    X-XSS-Protection: 1
    Strict-Transport-Security: max-age=31536000; includeSubDomains
    Content-Security-Policy: ""
basic_auth_users:
  alice: )" + std::string(kHash) +
                      R"(
  007: ')" + kHash + R"('
rate_limit:
  interval: 1m30s
  burst: 20
)");
  EXPECT_EQ(parsed.diagnostics.to_string(), "");
  const TlsConfig& tls = parsed.config.tls.value();
  EXPECT_EQ(tls.certificate.text, "-----BEGIN CERTIFICATE-----\n");
  EXPECT_EQ(tls.certificate.path, "");
  EXPECT_EQ(tls.client_ca.path, "/pki/ca.pem");
  EXPECT_EQ(tls.client_auth, ClientAuth::kRequireAndVerify);
  EXPECT_THAT(tls.client_allowed_sans, ElementsAre("prometheus.example", "10.0.0.1"));
  EXPECT_EQ(tls.min_version, TlsVersion::kTls10);
  EXPECT_EQ(tls.max_version, TlsVersion::kTls12);
  EXPECT_THAT(tls.ciphers, ElementsAre("ECDHE-RSA-AES256-GCM-SHA384"));
  EXPECT_FALSE(tls.prefer_server_ciphers);
  EXPECT_THAT(tls.curves, ElementsAre("X25519", "P-256"));
  EXPECT_THAT(parsed.config.headers,
              ElementsAre(Pair("X-Frame-Options", "deny"), Pair("X-XSS-Protection", "1"),
                          Pair("Strict-Transport-Security", "max-age=31536000; includeSubDomains")));
  EXPECT_THAT(parsed.config.users, ElementsAre(Pair("007", kHash), Pair("alice", kHash)));
  EXPECT_EQ(parsed.config.rate_limit, (RateLimit{std::chrono::seconds(90), 20}));
}

TEST(WebConfig, ARelativePathBeginsAtTheFile) {
  Diagnostics diagnostics;
  const WebConfig config = parse_web_config(kKeys, "web.yml", diagnostics);
  EXPECT_EQ(config.tls.value().certificate.path, "server.crt");
}

TEST(WebConfig, CiphersOfTls13AloneTurnTheOthersOff) {
  const Parsed parsed(std::string(kKeys) + "  cipher_suites: [TLS_AES_256_GCM_SHA384]\n");
  EXPECT_EQ(parsed.diagnostics.to_string(), "");
  EXPECT_EQ(parsed.config.tls.value().min_version, TlsVersion::kTls13);
}

TEST(WebConfig, EachNameOfClientAuthType) {
  const auto type = [](const std::string& name) {
    const Parsed parsed(std::string(kKeys) + "  client_ca_file: ca.pem\n  client_auth_type: " + name + "\n");
    EXPECT_FALSE(parsed.diagnostics.has_errors()) << parsed.diagnostics.to_string();
    return parsed.config.tls.value().client_auth;
  };
  EXPECT_EQ(type("RequestClientCert"), ClientAuth::kRequest);
  EXPECT_EQ(type("RequireAnyClientCert"), ClientAuth::kRequireAny);
  EXPECT_EQ(type("RequireClientCert"), ClientAuth::kRequireAny);
  EXPECT_EQ(type("VerifyClientCertIfGiven"), ClientAuth::kVerifyIfGiven);
  EXPECT_EQ(type("RequireAndVerifyClientCert"), ClientAuth::kRequireAndVerify);
}

TEST(WebConfig, AnAliasStandsForWhatItNames) {
  const Parsed parsed("basic_auth_users: {alice: &hash " + std::string(kHash) + ", bob: *hash}\n");
  EXPECT_EQ(parsed.diagnostics.to_string(), "");
  EXPECT_EQ(parsed.config.users.at("bob"), kHash);
}

TEST(WebConfig, Warnings) {
  EXPECT_THAT(Parsed(std::string(kKeys) + "  client_auth_type: RequireAndVerifyClientCert\n").diagnostics.to_string(),
              AllOf(StartsWith("/etc/leeway/web.yml:4:21: warning: "), HasSubstr("any authority")));
  EXPECT_THAT(Parsed(std::string(kKeys) + "  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: [a]\n")
                  .diagnostics.to_string(),
              AllOf(StartsWith("/etc/leeway/web.yml:5:24: warning: "), HasSubstr("not verified")));
  EXPECT_THAT(Parsed("basic_auth_users: {}\n").diagnostics.to_string(), HasSubstr("no password is asked for"));
}

struct Wrong {
  const char* name;
  std::string text;
  const char* where;  // line and column
  std::vector<std::string> parts;
};

class WrongWebConfig : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongWebConfig, SaysWhereWhatAndWhatWasExpected) {
  const Parsed parsed(GetParam().text);
  ASSERT_TRUE(parsed.diagnostics.has_errors());
  const std::string first = parsed.diagnostics.errors().front().to_string();
  EXPECT_THAT(first, StartsWith(std::string("/etc/leeway/web.yml:") + GetParam().where + ": "));
  for (const std::string& part : GetParam().parts) {
    EXPECT_THAT(first, HasSubstr(part));
  }
}

std::string tls(const std::string& line) { return kKeys + line + "\n"; }

INSTANTIATE_TEST_SUITE_P(
    All, WrongWebConfig,
    ::testing::Values(
        Wrong{"NoMapping", "hWkNKCp3fvIx\nTuEjdwNS8A2v\n", "1:1", {"is not a mapping"}},
        Wrong{"List", "- tls_server_config\n", "1:1", {"is not a mapping"}},
        Wrong{"NoYaml", "tls_server_config: [\n", "2:1", {"this is not YAML"}},
        Wrong{"Tab", "tls_server_config:\n\tcert_file: x\n", "2:11", {"this is not YAML"}},
        Wrong{"TwoDocuments", "http_server_config:\n---\nrate_limit:\n", "2:1", {"second document"}},
        Wrong{"UnknownAlias", "rate_limit: *x\n", "1:13", {"this is not YAML"}},
        Wrong{"UnknownSection",
              "tls_config:\n  cert_file: a\n",
              "1:1",
              {"unknown key 'tls_config'", "\"basic_auth_users\", \"http_server_config\""}},
        Wrong{"MisspeltSection", "basic_auth_user: {}\n", "1:1", {"did you mean 'basic_auth_users'?"}},
        Wrong{"MisspeltKey", "tls_server_config:\n  cert_filse: server.crt\n", "2:3", {"did you mean 'cert_file'?"}},
        Wrong{"Twice", "rate_limit:\n  burst: 1\n  burst: 2\n", "3:3", {"key 'burst' is given twice"}},
        Wrong{"SectionIsText", "tls_server_config: on\n", "1:20", {"is a string", "expected a table"}},
        Wrong{"ValueIsTable",
              "tls_server_config:\n  key_file: b\n  cert_file: {a: b}\n",
              "3:14",
              {"is a table", "expected a string"}},
        Wrong{"NoCertificate",
              "tls_server_config:\n  cert_file: \"\"\n  key_file: server.key\n",
              "2:14",
              {"'cert_file' is missing", "in PEM"}},
        Wrong{"NoKey", "tls_server_config:\n  cert_file: server.crt\n  key: \"\"\n", "2:3", {"'key_file' is missing"}},
        Wrong{"OnlyAVersion", "tls_server_config:\n  min_version: TLS13\n", "2:3", {"'cert_file' is missing"}},
        Wrong{"BothCertificates", tls("  cert: PEM"), "2:14", {"both 'cert' and 'cert_file'"}},
        Wrong{"BothKeys", tls("  key: PEM"), "3:13", {"both 'key' and 'key_file'"}},
        Wrong{"ClientCaWithoutType",
              tls("  client_ca_file: ca.pem"),
              "4:19",
              {"no effect", "client_auth_type: RequireAndVerifyClientCert"}},
        Wrong{"SansWithoutType", tls("  client_allowed_sans: [a]"), "4:24", {"no effect"}},
        Wrong{"NoSans",
              tls("  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: []"),
              "5:24",
              {"no client could connect"}},
        Wrong{"ClientAuthType",
              tls("  client_auth_type: RequireAndVerifyClientCerts"),
              "4:21",
              {"expected \"NoClientCert\"", "did you mean 'RequireAndVerifyClientCert'?"}},
        Wrong{"Version", tls("  min_version: TLS111"), "4:16", {"\"TLS10\", \"TLS11\"", "did you mean 'TLS11'?"}},
        Wrong{"VersionOfOpenssl", tls("  max_version: TLSv1.3"), "4:16", {"did you mean 'TLS13'?"}},
        Wrong{"VersionsCrossed", tls("  min_version: TLS13\n  max_version: TLS12"), "4:16", {"above 'max_version'"}},
        Wrong{"Cipher",
              tls("  cipher_suites:\n  - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\n  - "
                  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA2"),
              "6:5",
              {"unknown name", "did you mean 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'?"}},
        Wrong{"InsecureCipher", tls("  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]"), "4:19", {"unknown name"}},
        Wrong{"OnlyCiphersOfTls13",
              tls("  max_version: TLS12\n  cipher_suites: [TLS_AES_128_GCM_SHA256]"),
              "5:18",
              {"no cipher of 'max_version'"}},
        Wrong{"Curve", tls("  curve_preferences: [CurveP257]"), "4:23", {"did you mean 'CurveP256'?"}},
        Wrong{"Flag", tls("  prefer_server_cipher_suites: maybe"), "4:32", {"expected true or false"}},
        Wrong{"Http2", "http_server_config:\n  http2: 2\n", "2:10", {"expected true or false"}},
        Wrong{"Header",
              "http_server_config:\n  headers:\n    Content-Type: foo\n",
              "3:5",
              {"unknown key 'Content-Type'", "\"X-Frame-Options\""}},
        Wrong{"FrameOptions",
              "http_server_config:\n  headers:\n    X-Frame-Options: sameorigins\n",
              "3:22",
              {"did you mean 'sameorigin'?"}},
        Wrong{"ContentTypeOptions",
              "http_server_config:\n  headers:\n    X-Content-Type-Options: sniff\n",
              "3:29",
              {"expected \"nosniff\""}},
        Wrong{"HeaderOfTwoLines",
              "http_server_config:\n  headers:\n    X-XSS-Protection: \"1\\r\\nX: y\"\n",
              "3:23",
              {"a header cannot have"}},
        Wrong{
            "Password", "basic_auth_users:\n  john: doe\n", "2:9", {"'john'", "not a bcrypt hash", "htpasswd -nBC 10"}},
        Wrong{"NoPassword", "basic_auth_users:\n  john:\n", "2:3", {"not a bcrypt hash"}},
        Wrong{"Sha512", "basic_auth_users:\n  john: $6$abc$def\n", "2:9", {"not a bcrypt hash"}},
        Wrong{"CutHash",
              "basic_auth_users:\n  john: " + std::string(kHash).substr(0, 59) + "\n",
              "2:9",
              {"not a bcrypt hash"}},
        Wrong{"CostTooLow",
              "basic_auth_users:\n  john: $2y$03" + std::string(kHash).substr(6) + "\n",
              "2:9",
              {"not a bcrypt hash"}},
        Wrong{"UserWithColon", "basic_auth_users:\n  \"a:b\": " + std::string(kHash) + "\n", "2:3", {"contain ':'"}},
        Wrong{"Interval", "rate_limit:\n  interval: 1\n  burst: 1\n", "2:13", {"expected a duration", "such as 1s"}},
        Wrong{"LongInterval", "rate_limit:\n  interval: 2h\n  burst: 1\n", "2:13", {"up to 1h"}},
        Wrong{"Burst", "rate_limit:\n  interval: 1s\n  burst: many\n", "3:10", {"expected an integer"}},
        Wrong{"NoBurst", "rate_limit:\n  interval: 1s\n", "2:3", {"every request would be refused"}}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(WebConfig, APasswordIsNotRepeated) {
  EXPECT_THAT(Parsed("basic_auth_users:\n  john: tiger\n").diagnostics.to_string(), Not(HasSubstr("tiger")));
}

TEST(WebConfig, AllErrorsAtOnce) {
  const Parsed parsed("tls_server_config:\n  cert: a\n  kee: b\nrate_limit:\n  burst: x\nbasic_auth_users:\n  a: b\n");
  EXPECT_EQ(parsed.diagnostics.errors().size(), 4U) << parsed.diagnostics.to_string();
}

TEST(WebConfig, AliasesDoNotMultiply) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) {
      text += ", " + before;
    }
    text += "]\n";
  }
  EXPECT_THAT(Parsed(text).diagnostics.to_string(), HasSubstr("more than 10000 values"));
}

TEST(WebConfig, WhatContainsItselfIsAnError) {
  EXPECT_THAT(Parsed("rate_limit: &a [*a]\n").diagnostics.to_string(),
              HasSubstr("web.yml:1:17: error: an alias of something that is not complete"));
  EXPECT_TRUE(Parsed("&a *a: b\n").diagnostics.has_errors());
  EXPECT_TRUE(Parsed("rate_limit: &a {interval: *a}\n").diagnostics.has_errors());
}

TEST(WebConfig, KeysThatAreNoNames) {
  EXPECT_THAT(Parsed("[a, b]: c\n").diagnostics.to_string(), HasSubstr("web.yml:1:1: error: a key is not a scalar"));
  EXPECT_THAT(Parsed("? {a: b}\n: c\n").diagnostics.to_string(), HasSubstr("a key is not a scalar"));
  EXPECT_THAT(Parsed("a: &a [b]\n*a : c\n").diagnostics.to_string(), HasSubstr("web.yml:2:1: error: a key is not"));
  const Parsed parsed("basic_auth_users: {&a alice: " + std::string(kHash) + ", bob: " + kHash + "}\n");
  EXPECT_EQ(parsed.diagnostics.to_string(), "");
  EXPECT_EQ(parsed.config.users.size(), 2U);
}

TEST(WebConfig, DeepNestingIsAnError) {
  EXPECT_TRUE(Parsed(std::string(100'000, '[')).diagnostics.has_errors());
  EXPECT_TRUE(Parsed("rate_limit: " + std::string(400, '[') + std::string(400, ']') + "\n").diagnostics.has_errors());
}

}  // namespace
}  // namespace leeway
