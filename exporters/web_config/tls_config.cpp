#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "agent/core/nearest_word.h"
#include "exporters/web_config/tls_names.h"
#include "exporters/web_config/web_keys.h"

namespace leeway {
namespace {

PemSource pem_source(TableReader& reader, const std::string& inline_key, const std::string& path) {
  const std::string file_key = inline_key + "_file";
  const std::optional<std::string> text = text_of(reader, inline_key);
  const std::optional<std::string> file = text_of(reader, file_key);
  if (text && file) {
    reader.error(file_key, "both '" + inline_key + "' and '" + file_key + "' are given; expected one of them");
  }
  if (file) {
    const std::filesystem::path directory = std::filesystem::path(path).parent_path();
    return {file_key, (directory / *file).string(), "", reader.position(file_key)};
  }
  return text ? PemSource{inline_key, "", *text, reader.position(inline_key)} : PemSource{};
}

ClientAuth client_auth(TableReader& reader) {
  static constexpr std::array<ClientAuth, 6> kValues = {
      ClientAuth::kNone,          ClientAuth::kRequest,          ClientAuth::kRequireAny,
      ClientAuth::kVerifyIfGiven, ClientAuth::kRequireAndVerify, ClientAuth::kRequireAny};
  // The last is an older name that exporter-toolkit still accepts.
  static const std::vector<std::string> kNames = {"NoClientCert",
                                                  "RequestClientCert",
                                                  "RequireAnyClientCert",
                                                  "VerifyClientCertIfGiven",
                                                  "RequireAndVerifyClientCert",
                                                  "RequireClientCert"};
  if (is_text(reader.value("client_auth_type", KeyType::kText), "")) {
    return ClientAuth::kNone;
  }
  const std::optional<std::string> name = reader.choice("client_auth_type", kNames);
  const auto found = std::find(kNames.begin(), kNames.end(), name.value_or(kNames[0]));
  return kValues.at(static_cast<std::size_t>(found - kNames.begin()));
}

TlsVersion version(TableReader& reader, std::string_view key, TlsVersion fallback) {
  static const std::vector<std::string> kNames = {"TLS10", "TLS11", "TLS12", "TLS13"};
  if (is_text(reader.value(key, KeyType::kText), "")) {
    return fallback;
  }
  const std::optional<std::string> name = reader.choice(key, kNames);
  const auto found = std::find(kNames.begin(), kNames.end(), name.value_or(""));
  return found == kNames.end() ? fallback : static_cast<TlsVersion>(found - kNames.begin());
}

// OpenSSL's names of those in the list of `key`; nothing where it has none.
std::optional<std::vector<std::string>> known_names(TableReader& reader, std::string_view key,
                                                    std::span<const TlsName> names,
                                                    std::span<const TlsName> ignored = {}) {
  const std::vector<ListedText> listed = list_of(reader, key);
  if (listed.empty()) {
    return std::nullopt;
  }
  std::vector<std::string> found;
  std::vector<std::string> known = go_names(names);
  const std::vector<std::string> more = go_names(ignored);
  known.insert(known.end(), more.begin(), more.end());
  for (const auto& [name, position] : listed) {
    if (std::string openssl = openssl_name(names, name); !openssl.empty()) {
      found.push_back(std::move(openssl));
    } else if (openssl_name(ignored, name).empty()) {
      reader.diagnostics().error(position, reader.what() + ": unknown name '" + name + "' in '" + std::string(key) +
                                               "'; expected " + quoted_words(known, "or") + did_you_mean(name, known));
    }
  }
  return found;
}

void read_ciphers(TableReader& reader, TlsConfig& tls) {
  const std::optional<std::vector<std::string>> listed =
      known_names(reader, "cipher_suites", tls_ciphers(), tls13_ciphers());
  if (!listed) {
    for (const TlsName& cipher : tls_ciphers()) {
      tls.ciphers.emplace_back(cipher.openssl);
    }
    return;
  }
  tls.ciphers = *listed;
  if (!tls.ciphers.empty() || tls.min_version == TlsVersion::kTls13) {
    return;
  }
  if (tls.max_version < TlsVersion::kTls13) {
    reader.error("cipher_suites",
                 "the list has no cipher of 'max_version'; expected " + quoted_words(go_names(tls_ciphers()), "or"));
  }
  tls.min_version = TlsVersion::kTls13;
}

void read_clients(TableReader& reader, const std::string& path, TlsConfig& tls) {
  tls.client_auth = client_auth(reader);
  tls.client_ca = pem_source(reader, "client_ca", path);
  const bool has_sans = reader.has("client_allowed_sans");
  for (ListedText& name : list_of(reader, "client_allowed_sans")) {
    tls.client_allowed_sans.push_back(std::move(name.text));
  }
  if (has_sans && tls.client_allowed_sans.empty()) {
    reader.error("client_allowed_sans",
                 "'client_allowed_sans' is empty, so no client could connect; expected the "
                 "names of clients, or leave it out");
  }
  static const std::string kWanted = "; expected 'client_auth_type: RequireAndVerifyClientCert'";
  if (tls.client_auth == ClientAuth::kNone && tls.client_ca.given()) {
    reader.error(tls.client_ca.key,
                 "no client is asked for a certificate, so '" + tls.client_ca.key + "' would have no effect" + kWanted);
  }
  if (tls.client_auth == ClientAuth::kNone && has_sans) {
    reader.error("client_allowed_sans",
                 "no client is asked for a certificate, so 'client_allowed_sans' would have no effect" + kWanted);
  }
  const bool verifies =
      tls.client_auth == ClientAuth::kVerifyIfGiven || tls.client_auth == ClientAuth::kRequireAndVerify;
  if (verifies && !tls.client_ca.given()) {
    reader.diagnostics().warning(reader.position("client_auth_type"),
                                 "without 'client_ca_file' a client may have a certificate of any authority that this "
                                 "machine trusts");
  }
  if (!verifies && has_sans) {
    reader.diagnostics().warning(reader.position("client_allowed_sans"),
                                 "certificates of clients are not verified, so that anyone can make one with an "
                                 "allowed name" +
                                     kWanted);
  }
}

}  // namespace

std::optional<TlsConfig> read_tls_config(TableReader& reader, const std::string& path) {
  TlsConfig tls;
  tls.certificate = pem_source(reader, "cert", path);
  tls.private_key = pem_source(reader, "key", path);
  tls.min_version = version(reader, "min_version", TlsVersion::kTls12);
  tls.max_version = version(reader, "max_version", TlsVersion::kTls13);
  if (tls.min_version > tls.max_version) {
    reader.error("min_version", "'min_version' is above 'max_version', so no client could connect");
  }
  read_clients(reader, path, tls);
  read_ciphers(reader, tls);
  tls.curves = known_names(reader, "curve_preferences", tls_curves()).value_or(std::vector<std::string>());
  tls.prefer_server_ciphers = flag_of(reader, "prefer_server_cipher_suites", true);
  reader.report_unused_keys();
  if (reader.table().entries().empty()) {
    return std::nullopt;
  }
  if (!tls.certificate.given()) {
    reader.missing("cert_file", "the path of the server's certificate, in PEM");
  }
  if (!tls.private_key.given()) {
    reader.missing("key_file", "the path of the private key of that certificate, in PEM");
  }
  return tls;
}

}  // namespace leeway
