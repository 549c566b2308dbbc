// A web configuration with its files: what is wrong with them, and when they count as changed.
#include "exporters/http/web_settings.h"

#include <gmock/gmock.h>

#include "exporters/http/web_file_watch.h"
#include "tests/exporters/http/test_certificates.h"
#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kWebFile[] = "/etc/web.yml";
constexpr char kServerKeys[] = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n";
constexpr char kClients[] = "  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n";

TimePoint now() { return SystemClock().wall(); }

class WebSettingsTest : public ::testing::Test {
 protected:
  WebSettingsTest() {
    put("server.crt", server_.certificate);
    put("server.key", server_.private_key);
    put("ca.crt", authority_.certificate);
    put("web.yml", std::string(kServerKeys) + kClients);
  }

  void put(const std::string& name, std::string_view text) { files_.write("/etc/" + name, text); }
  Expected<std::shared_ptr<const WebSettings>> read() {
    return make_web_settings(kWebFile, read_web_inputs(files_, kWebFile), now());
  }
  // "" if there is none.
  std::string error() {
    const auto settings = read();
    return settings ? "" : settings.error().to_string();
  }

  MemoryFileSystem files_;
  const TestCertificate authority_ = make_certificate({.name = "authority", .is_authority = true});
  const TestCertificate server_ = make_certificate({}, &authority_);
};

TEST_F(WebSettingsTest, CorrectFiles) {
  const auto settings = read();
  ASSERT_TRUE(settings) << settings.error().to_string();
  EXPECT_NE((*settings)->tls, nullptr);
  EXPECT_THAT((*settings)->warnings, IsEmpty());
  const Duration left = (*settings)->certificate_not_after() - now();
  EXPECT_GT(left, std::chrono::minutes(50));
  EXPECT_LE(left, std::chrono::hours(1));
}

TEST_F(WebSettingsTest, TheFirstCertificateOfTheChainToExpireCounts) {
  const TestCertificate between =
      make_certificate({.name = "between", .ends = std::chrono::minutes(5), .is_authority = true}, &authority_);
  const TestCertificate server = make_certificate({}, &between);
  put("server.crt", server.certificate + between.certificate);
  put("server.key", server.private_key);
  const auto settings = read();
  ASSERT_TRUE(settings) << settings.error().to_string();
  EXPECT_LE((*settings)->certificate_not_after() - now(), std::chrono::minutes(5));
}

TEST_F(WebSettingsTest, WithoutTlsNothingExpires) {
  put("web.yml", "");
  const auto settings = read();
  ASSERT_TRUE(settings) << settings.error().to_string();
  EXPECT_EQ((*settings)->tls, nullptr);
  EXPECT_EQ((*settings)->certificate_not_after(), kNoTime);
}

TEST_F(WebSettingsTest, AnExpiredCertificateIsAWarning) {
  const TestCertificate expired =
      make_certificate({.begins = -std::chrono::hours(3), .ends = -std::chrono::hours(2)}, &authority_);
  put("server.crt", expired.certificate);
  put("server.key", expired.private_key);
  const auto settings = read();
  ASSERT_TRUE(settings) << settings.error().to_string();
  EXPECT_THAT((*settings)->warnings, ElementsAre(AllOf(StartsWith("/etc/web.yml:2:14: cert_file: the certificate has "
                                                                  "expired on "),
                                                       HasSubstr("expected a renewed one"))));
}

TEST_F(WebSettingsTest, WhatIsWrongWithAFile) {
  const std::string encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
  std::string damaged = server_.certificate;
  damaged.erase(100, 65);
  std::string cut = server_.private_key;
  cut.resize(100);
  struct Case {
    const char* name;
    std::string text;
    const char* where;
    const char* what;
  };
  for (const Case& wrong : {
           Case{"server.crt", "", "2:14", "cert_file '/etc/server.crt': it holds no certificate; expected PEM"},
           Case{"server.crt", "hello", "2:14", "it holds no certificate"},
           Case{"server.crt", server_.private_key, "2:14", "it holds a private key; expected a certificate"},
           Case{"server.crt", damaged, "2:14", "certificate 1 is damaged"},
           Case{"server.crt", server_.certificate + damaged, "2:14", "certificate 2 is damaged"},
           Case{"server.crt", authority_.certificate + server_.certificate, "3:13", "must come first in its file"},
           Case{"server.key", authority_.private_key, "3:13", "does not belong to the certificate of 'cert_file'"},
           Case{"server.key", server_.certificate, "3:13", "it holds a certificate and no private key"},
           Case{"server.key", "", "3:13", "it holds no private key; expected PEM"},
           Case{"server.key", encrypted, "3:13", "the key is encrypted"},
           Case{"server.key", cut, "3:13", "the key is damaged"},
           Case{"ca.crt", "", "4:19", "client_ca_file '/etc/ca.crt': it holds no certificate"},
       }) {
    const std::string before = files_.content(std::string("/etc/") + wrong.name);
    put(wrong.name, wrong.text);
    EXPECT_THAT(error(), AllOf(StartsWith(std::string("/etc/web.yml:") + wrong.where + ": "), HasSubstr(wrong.what)));
    put(wrong.name, before);
  }
  EXPECT_EQ(error(), "");
}

TEST_F(WebSettingsTest, AFileThatCannotBeRead) {
  files_.set_readable("/etc/server.key", false);
  EXPECT_THAT(error(), AllOf(StartsWith("/etc/web.yml:3:13: key_file: "), HasSubstr("/etc/server.key"),
                             HasSubstr("expected a file that the user of this process may read")));
  files_.set_readable("/etc/server.key", true);
  put("web.yml", "tls_server_config:\n  cert_file: servr.crt\n  key_file: servr.key\n");
  // Both are reported.
  EXPECT_THAT(error(), AllOf(HasSubstr("web.yml:2:14: cert_file: "), HasSubstr("\n/etc/web.yml:3:13: key_file: "),
                             HasSubstr("relative to the web configuration")));
  ASSERT_TRUE(files_.remove(kWebFile));
  EXPECT_THAT(error(), AllOf(StartsWith("--web.config.file: "), HasSubstr(kWebFile)));
}

TEST_F(WebSettingsTest, InlineCertificates) {
  const auto indented = [](std::string text) {
    for (std::size_t at = text.find('\n'); at + 1 < text.size(); at = text.find('\n', at + 1)) {
      text.insert(at + 1, "    ");
    }
    return "|\n    " + text;
  };
  put("web.yml",
      "tls_server_config:\n  cert: " + indented(server_.certificate) + "  key: " + indented(server_.private_key));
  EXPECT_EQ(error(), "");
  put("web.yml", "tls_server_config:\n  cert: abc\n  key: " + indented(server_.private_key));
  EXPECT_THAT(error(), StartsWith("/etc/web.yml:2:9: cert: it holds no certificate"));
}

TEST_F(WebSettingsTest, AllErrorsOfTheFileAtOnce) {
  put("web.yml", std::string(kServerKeys) + "  kee: a\nrate_limits: {}\n");
  EXPECT_THAT(error(), AllOf(HasSubstr(":4:3: "), HasSubstr("\n/etc/web.yml:5:1: ")));
}

class WebFileWatchTest : public WebSettingsTest {
 protected:
  WebFileWatchTest() : watch_(files_, *read()) {}

  std::optional<WebFileWatch::Outcome> check() { return watch_.check(now()); }

  WebFileWatch watch_;
};

TEST_F(WebFileWatchTest, AChangeCountsOnceItIsComplete) {
  EXPECT_FALSE(check());
  const TestCertificate renewed = make_certificate({}, &authority_);
  put("server.crt", renewed.certificate);
  EXPECT_FALSE(check());
  put("server.key", renewed.private_key);
  EXPECT_FALSE(check());
  const auto outcome = check();
  ASSERT_TRUE(outcome);
  ASSERT_TRUE(*outcome) << outcome->error().to_string();
  EXPECT_EQ((**outcome)->inputs.at("/etc/server.key").content, renewed.private_key);
  EXPECT_FALSE(check());
  EXPECT_FALSE(check());
}

TEST_F(WebFileWatchTest, AnErrorIsReportedOnceUntilItIsCorrected) {
  put("server.key", authority_.private_key);
  EXPECT_FALSE(check());
  const auto outcome = check();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(*outcome);
  EXPECT_FALSE(check());
  EXPECT_FALSE(check());
  // As it was: in use all the time.
  put("server.key", server_.private_key);
  const auto corrected = check();
  ASSERT_TRUE(corrected);
  ASSERT_TRUE(*corrected);
  EXPECT_FALSE(check());
}

TEST_F(WebFileWatchTest, PermissionsThatAreCorrected) {
  put("web.yml", std::string(kServerKeys) + kClients + "http_server_config: {http2: false}\n");
  files_.set_readable("/etc/server.key", false);
  EXPECT_FALSE(check());
  const auto outcome = check();
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(*outcome);
  files_.set_readable("/etc/server.key", true);
  EXPECT_FALSE(check());
  const auto corrected = check();
  ASSERT_TRUE(corrected);
  EXPECT_TRUE(*corrected);
}

TEST_F(WebFileWatchTest, TlsIsNotTurnedOff) {
  put("web.yml", "");
  EXPECT_FALSE(check());
  const auto outcome = check();
  ASSERT_TRUE(outcome);
  ASSERT_FALSE(*outcome);
  EXPECT_THAT(outcome->error().to_string(), HasSubstr("cannot be turned on or off"));
}

// A file that is being written anew, or a template without a value, must not open what was closed.
TEST_F(WebFileWatchTest, TheLastPasswordIsNotTakenAway) {
  const std::string user = "basic_auth_users:\n  alice: $2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW\n";
  put("web.yml", std::string(kServerKeys) + user);
  EXPECT_FALSE(check());
  const auto added = check();
  ASSERT_TRUE(added && *added);
  put("web.yml", kServerKeys);
  EXPECT_FALSE(check());
  const auto outcome = check();
  ASSERT_TRUE(outcome);
  ASSERT_FALSE(*outcome);
  EXPECT_THAT(outcome->error().to_string(), HasSubstr("the last password cannot be taken away"));
}

TEST_F(WebFileWatchTest, AFileThatIsNamedNowIsReadAsWell) {
  put("other.crt", authority_.certificate);
  put("web.yml",
      std::string(kServerKeys) + "  client_ca_file: other.crt\n  client_auth_type: VerifyClientCertIfGiven\n");
  EXPECT_FALSE(check());
  const auto outcome = check();
  ASSERT_TRUE(outcome);
  ASSERT_TRUE(*outcome) << outcome->error().to_string();
  EXPECT_TRUE((**outcome)->inputs.contains("/etc/other.crt"));
  EXPECT_FALSE((**outcome)->inputs.contains("/etc/ca.crt"));
}

}  // namespace
}  // namespace leeway
